"""A watch, on clocks, pages and a journal that are told what to do."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.cases import Case, Expectation
from harness.checker.record import Record
from harness.drivers.browser.look import Look, Proof
from harness.errors import DriverError, PageUnreadable
from harness.runner import observe
from harness.runner.observe import CaseCloud, TimeScaleTooHigh, Watch, carried_scale
from harness.store.evidence import Mishap
from harness.vocabulary.rows import parse_row

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SCALE = 600.0
"""A refresh is a second."""


class World:
    """A server, a cloud and a machine whose clock moves only when somebody waits."""

    def __init__(self, rows: Sequence[tuple[float, str]]) -> None:
        self.rows, self.now, self.slept = rows, 0.0, 0.0
        self.entries: list[tuple[float, dict[str, Any]]] = []
        self.looks, self.takes = 0, 0.05
        self.stopped: tuple[float, float] = (-1.0, -1.0)
        self.unreadable: Iterator[str] = iter(())

    def clock(self) -> float:
        return self.now

    def wall(self) -> float:
        return NOON.timestamp() + self.now + self.slept

    def journal(self, since: int, wait: float = 0) -> tuple[list[dict[str, Any]], int]:
        """As the cloud's control: what came since, or what comes within the wait."""
        came = [each for at, each in self.entries if at <= self.now and each["seq"] >= since]
        if not came and wait:
            coming = [at for at, each in self.entries if at > self.now and each["seq"] >= since]
            self.now = min([self.now + wait, *coming])
            return self.journal(since)
        return came, since + len(came)

    def look(
        self, page: object, key: str, account: object = None, app_names: tuple[str, ...] = ()
    ) -> Look:
        began, stop = self.now, self.stopped
        self.now += self.takes
        if stop[0] <= self.now < stop[1]:
            self.now = stop[1]
        self.looks += 1
        if seen := next(self.unreadable, None):
            raise PageUnreadable("reading the row", "http-error", seen)
        row = [row for at, row in self.rows if at <= began][-1]
        server = NOON + timedelta(seconds=(self.now + self.slept) * SCALE)
        return Look(parse_row(row), server, Proof("http://c/plan", "plan-1", None, "admin"))

    def polls(self, *times: float) -> None:
        path = "/server/v1/migrations/f5648333-737c-4b0f-8f49-b37c3dfd55ba/progress"
        made = {"id": "f5648333-737c-4b0f-8f49-b37c3dfd55ba", "plan_id": "plan-1"}
        self.entry(-0.1, "POST", "/server/v1/migrations", "created", changes=[{"migration": made}])
        for time in times:
            self.entry(time, "GET", path, "polled")

    def entry(self, at: float, method: str, path: str, effect: str, **more: Any) -> None:
        wall = datetime.fromtimestamp(NOON.timestamp() + at, UTC).isoformat()
        entry = {
            "seq": len(self.entries) + 1,
            "wall_time": wall,
            "platform_time": wall,
            "caller": "server",
            "direction": "in",
            "method": method,
            "path": path,
            "route": path,
            "status": 200,
            "effect": effect,
            "reason": "",
        }
        self.entries.append((at, entry | more))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World([(0.0, "READY")])
    monkeypatch.setattr(observe, "look", world.look)
    monkeypatch.setattr(observe, "pause", lambda _: None)
    monkeypatch.setattr(observe, "plan_status", lambda _: "FINISHED")
    return world


def case(**expected: Any) -> Case:
    expectation = Expectation.model_validate({"source": "x", **expected})
    return Case("a", Path("app"), {}, {}, None, None, expectation, None)


def watch(world: World, case: Case, **more: Any) -> Watch:
    cloud = CaseCloud(
        SimpleNamespace(journal=world.journal),  # type: ignore[arg-type]
        1,
        Record("plan-1", "my.app"),
        world.clock,
        world.wall,
    )
    page = SimpleNamespace(url="http://c/plan?planId=plan-1")
    return Watch(
        page,  # type: ignore[arg-type]
        "my.app",
        case,
        cloud,
        SCALE,
        NOON,
        clock=world.clock,
        wall=world.wall,
        **more,
    )


def test_a_row_is_watched_until_a_poll_and_two_looks_have_shown_that_it_stays(
    world: World,
) -> None:
    world.polls(1.0)
    watched = watch(world, case(rows=["READY"], lasts="15m")).run()
    assert watched.verdict.name == "passed"
    poll, looks = watched.evidence.polls[0], watched.evidence.looks
    assert len([look for look in looks if look.began >= poll.known]) >= 2
    assert looks[-1].plan == "plan-1"
    assert (looks[-1].user, looks[-1].wall_time is not None) == ("admin", True)
    assert world.now < 3


def test_a_stopped_server_is_watched_on_until_its_poll_came(world: World) -> None:
    """It stands still for six seconds, an hour by its clock, and polls only then."""
    world.rows = [(0.0, "RUNNING 0"), (7.3, "COMPLETE 100")]
    world.polls(7.2)
    world.stopped = (0.5, 6.5)
    watched = watch(world, case(rows=["RUNNING 0"], lasts="15m")).run()
    assert watched.verdict.name == "failed"
    (still,) = watched.evidence.pauses
    assert (still.who, round(still.seconds)) == ("Confluence", 6)


def test_a_watch_without_a_poll_ends_as_too_little(world: World) -> None:
    world.polls()
    watched = watch(world, case(rows=["READY"], lasts="15m")).run()
    assert watched.verdict.name == "error"
    assert not watched.verdict.is_open
    assert "1 answered poll of this migration; 0 came" in watched.verdict.reason
    assert 8 < world.now < 12  # six refreshes, two to spare, and the quarter of an hour


def test_what_went_wrong_is_asked_once_at_the_end(world: World) -> None:
    world.polls(1.0)
    asked: list[Record] = []

    def at_the_end(record: Record) -> list[Mishap]:
        asked.append(record)
        return [Mishap("disk-full", "the disk is full", "server log")]

    found = watch(world, case(rows=["READY"], lasts="15m"), at_the_end=at_the_end).run()
    assert (found.verdict.name, len(asked)) == ("error", 1)
    assert "the disk is full [server log]" in found.verdict.reason


def test_a_page_that_cannot_be_read_is_looked_at_again(world: World) -> None:
    world.polls(1.0)
    world.unreadable = iter(["HTTP 503", "HTTP 503"])
    watched = watch(world, case(rows=["READY"], lasts="15m")).run()
    assert watched.verdict.name == "passed"
    assert [look.row for look in watched.evidence.looks[:2]] == [None, None]
    assert "HTTP 503" in watched.evidence.looks[0].saw


def test_a_machine_that_slept_is_noticed(world: World) -> None:
    world.polls(4.0)
    running = watch(world, case(rows=["READY"], lasts="15m"))
    running._look()
    world.slept += 30
    running._look()
    (still,) = running.evidence.pauses
    assert (still.who, round(still.seconds)) == ("this machine", 30)


def test_a_cloud_that_stands_still_is_a_mishap(world: World) -> None:
    running = watch(world, case(rows=["ABSENT"], lasts="10m"))

    def late(since: int, wait: float = 0) -> tuple[list[dict[str, Any]], int]:
        world.now += wait + 4
        return [], since

    running.cloud.cloud = SimpleNamespace(journal=late)  # type: ignore[assignment]
    running.cloud.update(wait=1)
    assert [each.kind for each in running.evidence.mishaps] == ["cloud-stood-still"]
    assert [each.who for each in running.evidence.pauses] == ["the cloud"]


def test_a_cloud_that_does_not_answer_ends_the_watch(world: World) -> None:
    running = watch(world, case(rows=["ABSENT"], lasts="10m"))

    def gone(*_: object, **__: object) -> Any:
        raise DriverError("GET journal", "no answer")

    running.cloud.cloud = SimpleNamespace(journal=gone)  # type: ignore[assignment]
    with pytest.raises(DriverError):
        running.run()
    assert len(running.evidence.looks) == 1  # what was seen is kept


def test_an_entry_happened_after_what_was_read_before_it(world: World) -> None:
    """Whatever the journal's wall clock says."""
    running = watch(world, case(rows=["READY"], lasts="15m"))
    world.polls(1.0)
    world.entries[1][1]["wall_time"] = "2020-01-01T00:00:00+00:00"
    world.now = 0.5
    running.cloud.update()
    world.now = 2.0
    running.cloud.update()
    (poll,) = running.cloud.record.polls
    assert (poll.happened, poll.known) == (0.5, 2.0)


def test_a_scale_that_looks_cannot_follow_is_refused(world: World) -> None:
    world.polls(*range(1, 60))
    world.takes = 1.1
    with pytest.raises(TimeScaleTooHigh, match="--time-scale 272 or less"):
        watch(world, case(rows=["COMPLETE 100"])).run()
    assert carried_scale(1.0) == 300
