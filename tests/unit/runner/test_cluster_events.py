"""What is passed on of a cluster's events, and who began which case."""

from dataclasses import asdict

from harness.runner.cluster_events import Heard
from harness.store.events import Event

STARTED, ENDED = Event("case-started", case="a"), Event("case-finished", case="a")


def told(event: Event, worker: str) -> tuple[float, object]:
    return 0.0, {"worker": worker, "event": asdict(event)}


def test_the_end_of_a_case_is_passed_on_once() -> None:
    passed: list[Event] = []
    heard = Heard(passed.append)

    heard(told(STARTED, "one"))
    heard.pass_on(ENDED)  # its result came first
    heard(told(ENDED, "one"))

    assert passed == [STARTED, ENDED]


def test_a_case_that_a_second_worker_began_has_lost_the_first() -> None:
    heard = Heard(lambda _: None)
    heard(told(STARTED, "one"))
    assert heard.lost("a") is None

    heard(told(STARTED, "two"))

    assert heard.lost("a") == "one"


def test_a_case_that_its_worker_began_twice_has_lost_nobody() -> None:
    heard = Heard(lambda _: None)
    heard(told(STARTED, "one"))
    heard(told(STARTED, "one"))

    assert heard.lost("a") is None
