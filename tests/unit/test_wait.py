import pytest

from harness.errors import ServiceDied, WaitTimedOut
from harness.wait import NotYet, wait_for


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_what_is_found_is_returned_without_sleeping():
    clock = Clock()
    assert wait_for("it", lambda: "there", within=1, clock=clock, sleep=clock.sleep) == "there"
    assert clock.slept == []


def test_falsy_values_count_as_found():
    clock = Clock()
    assert wait_for("it", lambda: 0, within=1, clock=clock, sleep=clock.sleep) == 0


def test_it_looks_until_found():
    clock = Clock()
    looks = iter([None, NotYet("half of it"), "there"])
    found = wait_for(
        "it", lambda: next(looks), within=1, every=0.25, clock=clock, sleep=clock.sleep
    )
    assert found == "there"
    assert clock.slept == [0.25, 0.25]


def test_the_bound_holds_and_the_error_says_what_was_last_seen():
    clock = Clock()
    looks = iter([NotYet("STARTING"), None, NotYet("FIRST_RUN"), None])
    with pytest.raises(WaitTimedOut) as caught:
        wait_for(
            "RUNNING",
            lambda: next(looks),
            within=0.5,
            every=0.2,
            log_tail=lambda: "the end of the log",
            clock=clock,
            sleep=clock.sleep,
        )
    assert clock.slept == pytest.approx([0.2, 0.2, 0.1])
    assert (caught.value.step, caught.value.seconds) == ("RUNNING", 0.5)
    assert caught.value.last_seen == "FIRST_RUN"
    assert caught.value.log_tail == "the end of the log"


def test_there_is_a_last_look_at_the_bound_itself():
    clock = Clock()
    assert wait_for(
        "it",
        lambda: "there" if clock.now >= 101 else None,
        within=1,
        every=10,
        clock=clock,
        sleep=clock.sleep,
    )


def test_a_dead_service_ends_the_wait_before_the_next_look():
    clock = Clock()
    looked: list[float] = []

    def look() -> None:
        looked.append(clock.now)

    with pytest.raises(ServiceDied) as caught:
        wait_for(
            "RUNNING",
            look,
            within=900,
            every=1,
            alive=lambda: "exited with code 1" if clock.now >= 102 else None,
            log_tail=lambda: "OutOfMemoryError",
            service="confluence",
            clock=clock,
            sleep=clock.sleep,
        )
    assert looked == [100, 101]
    assert caught.value.state == "exited with code 1"
    assert "confluence exited with code 1 while waiting for RUNNING" in str(caught.value)
    assert "OutOfMemoryError" in str(caught.value)
