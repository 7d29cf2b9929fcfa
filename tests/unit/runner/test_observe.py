"""A watch, on clocks, pages and a journal that are told what to do."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.cases import Case, Expectation
from harness.checker.record import Declared, Record
from harness.drivers.browser.look import Look, Proof
from harness.errors import DriverError, HarnessError, PageUnreadable
from harness.runner import observe
from harness.runner.observe import CaseCloud, TimeScaleTooHigh, Watch, carried_scale
from harness.store.evidence import Mishap, Pause, Poll
from harness.vocabulary.rows import parse_row

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MIGRATION = "f5648333-737c-4b0f-8f49-b37c3dfd55ba"
SCALE = 600.0
"""A refresh is a second."""


class World:
    """A server, a cloud and a machine whose clock moves only when somebody waits."""

    def __init__(self, rows: Sequence[tuple[float, str]]) -> None:
        self.rows, self.now, self.slept, self.scale = rows, 0.0, 0.0, SCALE
        self.entries: list[tuple[float, dict[str, Any]]] = []
        self.looks, self.takes, self.patience = 0, 0.05, 0.0
        self.stopped: tuple[float, float] = (-1.0, -1.0)
        self.unreadable: Iterator[str] = iter(())
        self.away: set[int] = set()
        self.pauses = 0

    def pause(self, _: object) -> None:
        self.pauses += 1

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
        self.now += self.takes + self.patience
        if stop[0] <= self.now < stop[1]:
            self.now = stop[1]
        self.looks += 1
        if seen := next(self.unreadable, None):
            state = "unavailable" if "HTTP 502" in seen else "http-error"
            was_away = state == "unavailable"
            raise PageUnreadable("reading the row", state, seen, was_away=was_away)
        row = [row for at, row in self.rows if at <= began][-1]
        server = NOON + timedelta(seconds=(self.now + self.slept) * self.scale)
        proof = Proof("http://c/plan", "plan-1", None, "admin")
        was_away = self.looks in self.away
        return Look(parse_row(row), server, proof, patience=self.patience, was_away=was_away)

    def polls(self, *times: float) -> None:
        path = f"/server/v1/migrations/{MIGRATION}/progress"
        made = {"id": MIGRATION, "plan_id": "plan-1"}
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
    monkeypatch.setattr(observe, "pause", world.pause)
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
    assert (looks[-1].plan, looks[-1].url) == ("plan-1", "http://c/plan")
    assert (looks[-1].user, looks[-1].wall_time is not None) == ("admin", True)
    assert world.now < 3
    # Between two looks it waits for the journal, and lets the page work off its events.
    assert len(looks) < 12
    assert world.pauses == len(looks) - 1


def test_what_came_during_a_look_is_known_when_it_is_judged(world: World) -> None:
    """The row is to be seen before a poll, and one came while it was read."""
    transfer = "e0c74c91-aebb-3a2f-b0cf-48f3419c61ef"
    world.polls()
    made = {"id": transfer, "migration_id": MIGRATION, "server_key": "my.app", "linked": True}
    world.entry(-0.1, "POST", "/transfers", "created", changes=[{"transfer": made}])
    world.entry(
        *(0.1, "POST", "/progress", "settled"),
        transfer_id=transfer,
        detail={"status": "SUCCESS", "percent": 100},
    )
    world.entry(0.12, "GET", f"/server/v1/migrations/{MIGRATION}/progress", "polled")
    found = watch(world, case(rows=["READY"], before_refresh=True)).run()
    assert found.verdict.reason.startswith("too little was seen: a poll came before")


def test_a_look_may_log_in_again_and_finds_the_app_by_its_names(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, Any]] = []

    def look(page: Any, key: str, **more: Any) -> Look:
        given.append({"page": page, "key": key, **more})
        return world.look(page, key)

    monkeypatch.setattr(observe, "look", look)
    account: Any = object()
    running = watch(world, case(rows=["READY"], lasts="15m"), account=account, app_names=("My",))
    running._look()
    assert given == [
        {"page": running.page, "key": "my.app", "account": account, "app_names": ("My",)}
    ]


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
    assert watched.evidence.looks[0].url == "http://c/plan?planId=plan-1"


def test_a_machine_that_slept_is_noticed(world: World) -> None:
    world.polls(4.0)
    running = watch(world, case(rows=["READY"], lasts="15m"))
    running._look()
    world.slept += 30
    running._look()
    (still,) = running.evidence.pauses
    assert (still.who, round(still.seconds)) == ("this machine", 30)


def test_a_look_s_own_patience_is_neither_a_pause_nor_the_machine_s_speed(world: World) -> None:
    """A page drawn by script is watched for seconds before it counts as having no row."""
    running = watch(world, case(rows=["READY"], lasts="15m"))
    world.patience = 6.0
    for _ in range(3):
        running._look()
    running._check_scale(looks=3)
    assert running.evidence.pauses == ()
    world.takes = 3.1
    running._look()
    (still,) = running.evidence.pauses
    assert (still.who, round(still.seconds, 1)) == ("Confluence", 3.1)


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
    assert world.looks == 3  # no hope is waited out
    assert carried_scale(1.0) == 300


def test_a_watch_whose_time_ran_away_says_so(world: World) -> None:
    """Two hours are gone with one look; that too little was seen would be half the truth."""
    world.polls()
    world.takes, world.scale = 2.0, 3600.0
    running = watch(world, case(rows=["READY"], lasts="10m"))
    running.scale = world.scale
    with pytest.raises(TimeScaleTooHigh, match="--time-scale 150 or less"):
        running.run()
    assert len(running.evidence.looks) == 1


def test_a_scale_that_is_too_high_is_told_with_what_it_would_take() -> None:
    error = TimeScaleTooHigh(600, 1.1)
    assert error.carries == 272
    assert (
        "600 is more than this machine carries: in one look, which takes 1.10 s, "
        "11.0 min of server time pass"
    ) in str(error)
    assert "the row may change every 10.0 min" in str(error)
    assert TimeScaleTooHigh(600, 1000).carries == 1


def test_a_scale_is_judged_by_the_usual_look(world: World) -> None:
    """Three looks are enough; a slow one among them is not usual."""
    running = watch(world, case(rows=["READY"], lasts="15m"))
    world.takes = 0.5
    running._look()
    world.takes = 2.0
    running._look()
    running._check_scale(looks=3)
    world.takes = 0.5
    running._look()
    running._check_scale(looks=3)  # exactly what the machine carries
    world.takes = 0.6
    running._look()
    running._look()
    with pytest.raises(TimeScaleTooHigh):
        running._check_scale(looks=3)


def test_three_looks_tell_how_long_a_look_takes(world: World) -> None:
    running = watch(world, case(rows=["READY"], lasts="15m"))
    world.takes = 0.6
    for _ in range(2):
        running._look()
        running._check_scale(looks=3)
    running._look()
    with pytest.raises(TimeScaleTooHigh):
        running._check_scale(looks=3)


def test_an_entry_happened_as_long_ago_as_the_clocks_say(world: World) -> None:
    running = watch(world, case(rows=["READY"], lasts="15m"))
    world.polls(1.0, 99.0)
    world.entries[2] = (1.5, world.entries[2][1])  # its clock is ahead
    world.now = 2.0
    running.cloud.update()
    one, two = running.cloud.record.polls
    assert (round(one.happened, 3), one.known, two.happened) == (1.0, 2.0, 2.0)
    (made,) = running.cloud.record.changes
    assert round(made.happened, 3) == -0.1  # before the watch began


def test_a_cloud_that_is_a_little_late_stands_not_still(world: World) -> None:
    running = watch(world, case(rows=["ABSENT"], lasts="10m"))
    late = [3.0, 3.1]

    def journal(since: int, wait: float = 0) -> tuple[list[dict[str, Any]], int]:
        world.now += wait + late.pop(0)
        return [], since

    running.cloud.cloud = SimpleNamespace(journal=journal)  # type: ignore[assignment]
    running.cloud.update(wait=1)
    assert running.evidence.pauses == ()
    running.cloud.record.declared = Declared(kinds=frozenset({"cloud-stood-still"}))
    running.cloud.update(wait=1)
    (still,) = running.evidence.pauses
    assert (still.who, still.began, round(still.seconds, 3)) == ("the cloud", 4.0, 3.1)
    (mishap,) = running.evidence.mishaps
    assert (mishap.declared, mishap.says) == (
        True,
        "the cloud did not answer for 3.1 s of wall time",
    )


@pytest.mark.parametrize(("moved", "noticed"), [(3.0, []), (3.5, [3.5]), (-3.0, []), (-3.5, [0.0])])
def test_a_clock_that_moved_is_noticed(world: World, moved: float, noticed: list[float]) -> None:
    """Forwards the machine may have slept; backwards nobody lost time."""
    world.takes = 0.0
    running = watch(world, case(rows=["READY"], lasts="15m"))
    running._look()
    world.slept += moved
    running._look()
    running._look()  # once only
    assert [round(each.seconds, 3) for each in running.evidence.pauses] == noticed


def test_a_look_that_takes_long_is_a_server_that_stood_still(world: World) -> None:
    running = watch(world, case(rows=["READY"], lasts="15m"))
    world.takes = 3.0
    running._look()
    assert running.evidence.pauses == ()
    world.takes = 3.5
    running._look()
    (still,) = running.evidence.pauses
    assert (still.who, still.began, still.seconds) == ("Confluence", 3.0, 3.5)


def test_a_plans_status_is_read_until_it_has_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses = iter(["RUNNING", "FINISHED"])
    monkeypatch.setattr(observe, "plan_status", lambda _: next(statuses))
    running = watch(world, case(rows=["READY"], lasts="15m"))
    for _ in range(4):
        running._look()
    looks = running.evidence.looks
    assert [each.plan_status for each in looks] == ["RUNNING", "FINISHED", "FINISHED", "FINISHED"]
    assert running.evidence.looked == 4


def test_what_had_to_be_done_to_read_a_page_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(*given: Any, **more: Any) -> Look:
        return replace(world.look(*given, **more), remarks=("logged in again", "a dialog closed"))

    monkeypatch.setattr(observe, "look", found)
    running = watch(world, case(rows=["READY"], lasts="15m"))
    running._look()
    assert running.evidence.looks[0].saw == "logged in again; a dialog closed"


def test_pauses_are_told_in_their_order(world: World) -> None:
    running = watch(world, case(rows=["READY"], lasts="15m"))
    running._stood_still("Confluence", 5.0, 4.0)
    running.cloud.stood_still.append(Pause("the cloud", 2.0, 4.0))
    assert [each.began for each in running.evidence.pauses] == [2.0, 5.0]


def test_the_next_look_waits_for_the_journal_but_not_for_long(world: World) -> None:
    running = watch(world, case(rows=["READY"], lasts="15m"))
    running._look()
    # A third of a refresh from look to look, of which the look itself takes a part.
    assert running._silence() == pytest.approx(1 / 3 - running._took[0])
    running.scale = 60.0
    assert running._silence() == 2.0
    # A look comes half a second after a poll, when it counts.
    running.cloud.record.polls.append(Poll(0, NOON, 0.0, world.now - 0.4))
    assert running._silence() == pytest.approx(0.11)
    running.cloud.record.polls.append(Poll(1, NOON, 0.0, world.now - 0.2))
    assert running._silence() == pytest.approx(0.31)
    world.now = 2.0
    running.cloud.record.polls.append(Poll(2, NOON, 0.0, 1.5))
    assert running._silence() == 2.0


def test_a_look_comes_when_time_may_decide(world: World) -> None:
    """A server second after it, since the answer's Date has no fractions."""
    running = watch(world, case(rows=["READY"], lasts="10m"))
    running._look()
    world.now = 0.9
    running._look()  # at 0.95 s, which is 9.5 minutes
    assert running._silence() == pytest.approx(31 / SCALE)


def test_a_watch_ends_in_wall_time_where_no_server_time_comes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice the time for everything, and a minute."""
    monkeypatch.setattr(observe, "look", unreadable(world))
    world.now = 7.0
    watched = watch(world, case(rows=["READY"], lasts="10m")).run()
    assert watched.verdict.name == "error"
    assert 87 < world.now < 87.5


def test_a_pause_makes_that_longer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observe, "look", unreadable(world))
    running = watch(world, case(rows=["READY"], lasts="10m"))
    running._stood_still("Confluence", 0.0, 9.0)
    running.run()
    assert 89 < world.now < 89.5


def test_a_browser_that_is_never_let_in_is_soon_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observe, "look", unreadable(world, "logged-out"))
    watched = watch(world, case(rows=["READY"], lasts="10m")).run()
    assert watched.verdict.name == "error"
    assert [each.met for each in watched.evidence.looks] == 3 * ["logged-out"]


def test_a_session_that_ends_now_and_then_is_not_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, seen = unreadable(world, "logged-out"), world.look
    kinds = iter([refused] * 2 + [seen] + [refused] * 2)
    monkeypatch.setattr(observe, "look", lambda *a, **k: next(kinds, seen)(*a, **k))
    world.polls(1.0)
    assert watch(world, case(rows=["READY"], lasts="15m")).run().verdict.name == "passed"


@pytest.mark.parametrize(
    ("state", "seen"), [("not-the-plan", "the dashboard"), ("http-error", "HTTP 404, a page")]
)
def test_a_plan_that_somebody_deleted_ends_the_watch_soon(
    world: World, monkeypatch: pytest.MonkeyPatch, state: str, seen: str
) -> None:
    monkeypatch.setattr(observe, "look", unreadable(world, state, seen))
    running = watch(world, case(rows=["READY"], lasts="10m"), is_listed=lambda: False)
    with pytest.raises(DriverError, match=f"plan plan-1 is gone: 3 looks.*{seen}.*deleted it"):
        running.run()
    assert len(running.looks) == 3


@pytest.mark.parametrize(
    ("state", "seen", "is_listed"),
    [("not-the-plan", "x", True), ("http-error", "HTTP 503", False), ("drawing", "x", False)],
)
def test_a_page_that_is_only_not_served_is_watched_on(
    world: World, monkeypatch: pytest.MonkeyPatch, state: str, seen: str, is_listed: bool
) -> None:
    kinds = iter([unreadable(world, state, seen)] * 7)
    monkeypatch.setattr(observe, "look", lambda *a, **k: next(kinds, world.look)(*a, **k))
    world.polls(1.0, 2.0)
    running = watch(world, case(rows=["READY"], lasts="15m"), is_listed=lambda: is_listed)
    assert running.run().verdict.name == "passed"


def unreadable(world: World, state: str = "http-error", seen: str = "HTTP 503") -> Any:
    def look(*_: object, **__: object) -> Look:
        world.now += 0.05
        raise PageUnreadable("reading the row", state, seen)

    return look


def test_a_server_that_is_down_is_not_taken_for_a_slow_one(world: World) -> None:
    world.takes = 5.0
    world.unreadable = (f"HTTP 502, look {n}" for n in range(1000))
    with pytest.raises(DriverError, match=r"not served for 30\d s .*HTTP 502"):
        watch(world, case(rows=["COMPLETE 100 %"])).run()


def test_a_server_that_is_there_again_in_time_is_watched_on(world: World) -> None:
    world.unreadable = (f"HTTP 502, look {n}" for n in range(20))
    world.polls(2.0)
    watched = watch(world, case(rows=["READY"], lasts="15m")).run()
    looks = [each.row is None for each in watched.evidence.looks]
    assert looks[:21] == [True] * 20 + [False]
    assert [each.was_away for each in watched.evidence.looks[:21]] == looks[:21]


def test_a_look_that_had_to_wait_for_the_server_says_so(world: World) -> None:
    world.away = {2}
    world.polls(2.0)
    watched = watch(world, case(rows=["READY"], lasts="15m")).run()
    assert [each.was_away for each in watched.evidence.looks[:4]] == [False, True, False, False]


def test_another_page_is_no_sign_that_the_server_was_away(world: World) -> None:
    world.unreadable = iter(["HTTP 404"])
    world.polls(2.0)
    watched = watch(world, case(rows=["READY"], lasts="15m")).run()
    assert not any(each.was_away for each in watched.evidence.looks)


def test_a_case_that_somebody_disturbs_ends_with_that_look(world: World) -> None:
    def flipped() -> None:
        raise HarnessError("somebody flipped it")

    with pytest.raises(HarnessError, match="flipped"):
        watch(world, case(rows=["COMPLETE 100 %"]), is_undisturbed=flipped).run()
    assert world.looks == 1
