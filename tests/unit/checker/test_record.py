"""What the journal says of one case's migration, and what belongs to another."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harness.cases import load
from harness.checker.record import (
    Declared,
    Record,
    declared_by,
    faults_in_force,
    idle_faults,
    mishaps_in_log,
    platform_time,
)

MIGRATION, OTHER = "f5648333-737c-4b0f-8f49-b37c3dfd55ba", "aaaa8333-737c-4b0f-8f49-b37c3dfd55ba"
TRANSFER, LATE = "e0c74c91-aebb-3a2f-b0cf-48f3419c61ef", "bbbb4c91-aebb-3a2f-b0cf-48f3419c61ef"
POLL_ROUTE = "/server/v1/migrations/{migrationId}/progress"
POST_ROUTE = "/wiki/rest/atlassian-connect/1/migration/progress/{transferId}"
MATRIX = Path(__file__).parents[3] / "fixtures" / "cases" / "matrix.yaml"


class Told:
    """A record that is told entries one by one, each a second after the one before."""

    def __init__(self, declared: Declared = Declared()) -> None:  # noqa: B008 - it is frozen
        self.record = Record("plan-1", "my.app", declared)
        self.seq = 0

    def entry(self, method: str, path: str, status: int | None, effect: str, **more: Any) -> "Told":
        self.seq += 1
        at = f"2026-01-01T10:00:{self.seq:02}+00:00"
        entry = {
            "seq": self.seq,
            "wall_time": at,
            "platform_time": at,
            "caller": "server",
            "direction": "in",
            "method": method,
            "path": path,
            "route": path,
            "status": status,
            "effect": effect,
            "reason": "",
            "transfer_id": None,
        }
        self.record.take(entry | more, self.seq - 0.5, self.seq)
        return self

    def migration(self, id_: str = MIGRATION, plan: str = "plan-1") -> "Told":
        made = [{"kind": "migration-created", "migration": {"id": id_, "plan_id": plan}}]
        return self.entry("POST", "/server/v1/migrations", 201, "created", changes=made)

    def transfer(
        self, id_: str = TRANSFER, of: str = MIGRATION, key: str = "my.app", *, linked: bool = True
    ) -> "Told":
        made = {"id": id_, "migration_id": of, "server_key": key, "linked": linked}
        return self.entry(
            "POST",
            f"/server/v1/migrations/{of}/transfers",
            201,
            "created",
            changes=[{"kind": "transfer-created", "transfer": made}],
            transfer_id=id_,
        )

    def post(self, effect: str, status: str, percent: int, of: str = TRANSFER) -> "Told":
        return self.entry(
            "POST",
            POST_ROUTE.replace("{transferId}", of),
            200,
            effect,
            transfer_id=of,
            caller="app",
            detail={"status": status, "percent": percent},
        )

    def poll(self, of: str = MIGRATION, status: int = 200, effect: str = "polled", **more: Any):
        path = POLL_ROUTE.replace("{migrationId}", of)
        return self.entry("GET", path, status, effect, route=POLL_ROUTE, **more)


def begun(declared: Declared = Declared()) -> Told:  # noqa: B008 - it is frozen
    return Told(declared).migration().transfer()


def test_a_migration_becomes_changes_and_polls_in_their_order() -> None:
    told = begun().entry("POST", f"/server/v1/transfers/{TRANSFER}/triggered", 202, "triggered")
    told.post("recorded", "IN_PROGRESS", 0).poll().post("settled", "SUCCESS", 100).poll()
    record = told.record
    assert [change.what for change in record.changes] == [
        "migration made",
        "transfer made",
        "listener called",
        "recorded",
        "settled",
    ]
    last = record.changes[-1]
    assert (last.status, last.percent, last.transfer, last.seq) == ("SUCCESS", 100, TRANSFER, 6)
    assert [(poll.seq, poll.outcome, poll.happened, poll.known) for poll in record.polls] == [
        (5, "answered", 4.5, 5),
        (7, "answered", 6.5, 7),
    ]
    assert record.mishaps == []


@pytest.mark.parametrize(
    ("effect", "status"), [("timed out", "TIMED_OUT"), ("cancelled", "CANCELLED")]
)
def test_what_the_platform_settles_itself_is_settled(effect: str, status: str) -> None:
    told = begun().entry("", "", None, effect, transfer_id=TRANSFER, direction="internal")
    assert (told.record.changes[-1].what, told.record.changes[-1].status) == ("settled", status)


@pytest.mark.parametrize(
    ("path", "effect"),
    [
        (f"/app/migration/forge/v1/message/{TRANSFER}/status", "settled"),
        (f"/server/v1/transfers/{TRANSFER}/export-completed", "export completed"),
    ],
)
def test_a_forge_apps_transfer_settles_with_whichever_comes_last(path: str, effect: str) -> None:
    """Its last acknowledgement, or the end of the export; the platform makes the percent."""
    own = [{"kind": "settled-by-platform", "transfer_id": TRANSFER, "status": "SUCCESS"}]
    told = begun().entry("POST", path, 200, effect, transfer_id=TRANSFER, changes=own)
    last = told.record.changes[-1]
    assert (last.what, last.status, last.percent) == ("settled", "SUCCESS", 100)


def test_what_belongs_to_another_is_no_evidence() -> None:
    """A late post and a poll of the case before, and the transfer of another app."""
    told = begun().post("settled", "SUCCESS", 100, of=LATE).poll(OTHER)
    told.migration(OTHER, plan="plan-0").transfer(LATE, of=OTHER).poll(OTHER)
    told.transfer(LATE, key="another.app").post("settled", "SUCCESS", 100, of=LATE)
    told.poll(OTHER, 404, "not found")
    assert [change.what for change in told.record.changes] == ["migration made", "transfer made"]
    assert told.record.polls == []
    assert told.record.mishaps == []


@pytest.mark.parametrize("linked", [True, False])
def test_a_transfer_is_linked_that_has_a_cloud_app_behind_it(linked: bool) -> None:
    _, made = Told().migration().transfer(linked=linked).record.changes
    assert (made.transfer, made.linked) == (TRANSFER, linked)


def test_what_changes_no_state_of_the_transfer_is_no_change() -> None:
    told = begun().entry("POST", "/data", 200, "seen", transfer_id=TRANSFER)
    assert [change.what for change in told.record.changes] == ["migration made", "transfer made"]


def test_only_a_question_for_the_progress_is_a_poll() -> None:
    told = begun().entry("GET", f"/server/v1/migrations/{MIGRATION}", 200, "seen")
    told.entry("POST", POLL_ROUTE.replace("{migrationId}", MIGRATION), 200, "seen")
    assert told.record.polls == []


def test_what_went_wrong_with_another_transfer_is_not_this_cases() -> None:
    told = begun().entry("", "", None, "internal error", transfer_id=LATE, direction="internal")
    assert told.record.mishaps == []


def test_a_path_is_the_cases_own_that_names_nobody_else() -> None:
    record = begun().record
    for own in ("/x", f"/x/{MIGRATION}", f"/x/{MIGRATION}/{TRANSFER}"):
        assert record.owns(own)
    for foreign in (f"/x/{LATE}", f"/x/{MIGRATION}/{TRANSFER}/{LATE}"):
        assert not record.owns(foreign)


def test_platform_time_is_told_in_utc_whatever_zone_it_was_written_in() -> None:
    at = platform_time({"platform_time": "2026-01-01T19:00:01+09:00"})
    assert at == datetime(2026, 1, 1, 10, 0, 1, tzinfo=UTC)
    assert at.tzinfo is UTC


def test_what_the_harness_asks_and_what_is_only_read_is_no_part_of_it() -> None:
    told = begun().entry("POST", "/_harness/faults", 500, "internal error", caller="harness")
    told.entry("GET", "/server/v1/apps/x", 500, "read")
    assert told.record.mishaps == []


FAULT = {"kind": "server-error", "route": "*/progress", "method": "GET"}


@pytest.mark.parametrize(
    ("declared", "more", "outcome", "undeclared"),
    [
        (Declared(), {}, "answered", []),
        (Declared(), {"reason": "fault: latency"}, "answered", ["latency"]),
        (Declared(), {"reason": "fault: stale-poll"}, "refused", ["stale-poll"]),
        (Declared(), {"reason": "fault: server-error", "status": 503}, "refused", ["server-error"]),
        (Declared((FAULT,)), {"reason": "fault: server-error", "status": 503}, "declared", []),
        (
            Declared((FAULT,)),
            {"reason": "fault: server-error; fault: cut", "status": None},
            "refused",
            ["cut"],
        ),
        (Declared(kinds=frozenset({"cut"})), {"reason": "fault: cut"}, "declared", []),
        (Declared(), {"status": 503, "effect": "polled"}, "refused", ["internal-error"]),
        (
            Declared(),
            {"status": 401, "effect": "refused: no token"},
            "refused",
            ["platform-refused"],
        ),
        (Declared(), {"status": 404, "effect": "not found"}, "refused", ["platform-refused"]),
    ],
)
def test_a_poll_counts_where_it_brought_what_the_cloud_knew(
    declared: Declared, more: dict[str, Any], outcome: str, undeclared: list[str]
) -> None:
    told = begun(declared).poll(**more)
    assert [poll.outcome for poll in told.record.polls] == [outcome]
    assert [each.kind for each in told.record.mishaps if not each.declared] == undeclared
    assert all(each.of_a_poll for each in told.record.mishaps)


@pytest.mark.parametrize(
    ("method", "path", "status", "effect", "more", "kind"),
    [
        (
            "POST",
            "/server/v1/migrations",
            503,
            "fault",
            {"reason": "fault: server-error"},
            "server-error",
        ),
        ("POST", "/server/v1/migrations", 507, "storage full", {}, "disk-full"),
        ("POST", "/server/v1/migrations", 401, "refused: bad server token", {}, "platform-refused"),
        ("GET", "/server/v1/unheard-of", 501, "unknown route", {}, "unknown-route"),
        ("POST", f"/x/{TRANSFER}", 500, "internal error", {}, "internal-error"),
        ("POST", f"/x/{TRANSFER}", 409, "already settled", {}, None),
        ("POST", f"/server/v1/transfers/{TRANSFER}/data", 413, "too large", {}, None),
        ("POST", f"/x/{LATE}", 500, "internal error", {}, None),
        (
            "POST",
            "https://app/hook",
            None,
            "not acknowledged",
            {"direction": "out", "reason": "ConnectError: refused"},
            "unreachable",
        ),
        (  # the address is the app's own and may hold any id
            "POST",
            f"https://app/hook/{LATE}",
            None,
            "not acknowledged",
            {"direction": "out", "reason": "ConnectError: refused"},
            "unreachable",
        ),
        (
            "POST",
            "https://app/hook",
            500,
            "not acknowledged",
            {"direction": "out", "reason": "ServerError: 500"},
            None,
        ),
        (
            "POST",
            "https://app/hook",
            None,
            "not acknowledged",
            {"direction": "out", "reason": "no answer within 5 s of wall time"},
            None,
        ),
        ("POST", "https://app/hook", 500, "not acknowledged", {"direction": "out"}, None),
        (
            "POST",
            "",
            None,
            "dropped",
            {"direction": "out", "reason": "fault: the webhook was lost"},
            "webhook-lost",
        ),
    ],
)
def test_what_goes_wrong_is_noticed_where_it_is_not_the_apps_doing(
    method: str, path: str, status: int | None, effect: str, more: dict[str, Any], kind: str | None
) -> None:
    told = begun().entry(method, path, status, effect, **more)
    assert [each.kind for each in told.record.mishaps] == ([kind] if kind else [])
    if kind:
        (mishap,) = told.record.mishaps
        assert (mishap.declared, mishap.of_a_poll) == (False, False)
        assert mishap.source == "journal #3"
        told = begun(Declared(kinds=frozenset({kind}))).entry(method, path, status, effect, **more)
        assert told.record.mishaps[0].declared


def test_a_mishap_says_what_was_asked_and_what_came() -> None:
    told = begun().entry("POST", "/server/v1/migrations", 507, "storage full")
    told.entry("POST", "/server/v1/migrations", None, "fault", reason="fault: cut")
    told.entry("", "", None, "internal error", direction="internal")
    full, cut, inner = told.record.mishaps
    assert str(full) == (
        "POST /server/v1/migrations got 507 (storage full) [journal #3 at 10:00:03 server time]"
    )
    assert cut.says == "POST /server/v1/migrations got no answer (fault: cut)"
    assert inner.says == "internal error"


@pytest.mark.parametrize(
    ("fault", "kind", "route", "method", "may"),
    [
        ({"kind": "cut"}, "cut", "/a", "GET", True),
        ({"kind": "cut"}, "latency", "/a", "GET", False),
        ({"kind": "cut", "route": "/a/*"}, "cut", "/a/b", "GET", True),
        ({"kind": "cut", "route": "/a/*"}, "cut", "/b", "GET", False),
        ({"kind": "cut", "method": "GET"}, "cut", "/a", "POST", False),
        ({"kind": "cut", "method": None}, "cut", "/a", "POST", True),
        # A webhook has an address, and no route.
        ({"kind": "webhook-lost", "route": "/a"}, "webhook-lost", "https://x", "POST", True),
    ],
)
def test_a_fault_strikes_its_own_calls(
    fault: dict[str, Any], kind: str, route: str, method: str, may: bool
) -> None:
    assert Declared((fault,)).fault(kind, route, method) == may
    assert Declared((fault,), frozenset({kind})).fault(kind, route, method)


@pytest.mark.parametrize(
    ("fault", "path", "may"),
    [
        ({"kind": "cut"}, "/server/v1/attach", True),
        ({"kind": "cut", "route": POLL_ROUTE}, POLL_ROUTE.replace("{migrationId}", OTHER), True),
        ({"kind": "cut", "route": POLL_ROUTE}, "/server/v1/migrations", False),
        ({"kind": "cut", "method": "POST"}, "/server/v1/attach", False),
    ],
)
def test_a_call_may_fail_where_a_fault_strikes_it(
    fault: dict[str, Any], path: str, may: bool
) -> None:
    assert Declared((fault,)).call(path, "GET") == may


def test_a_record_without_a_plan_takes_every_migration_that_begins() -> None:
    told = Told()
    told.record.plan = None
    told.migration(plan="any").transfer()
    assert told.record.migrations == {MIGRATION}
    assert [change.what for change in told.record.changes] == ["migration made", "transfer made"]


def test_the_newest_state_is_kept_and_what_is_not_said_stays() -> None:
    told = begun().post("recorded", "IN_PROGRESS", 40)
    assert told.record.settled is None
    told.entry("POST", "/x", 200, "recorded", transfer_id=TRANSFER, detail={"percent": 60})
    assert (told.record.status, told.record.percent) == ("IN_PROGRESS", 60)
    told.entry("", "", None, "timed out", transfer_id=TRANSFER, direction="internal")
    told.post("recorded", "IN_PROGRESS", 70)
    assert told.record.settled is told.record.changes[-2]
    states = [(each.what, each.status, each.percent) for each in told.record.changes[2:]]
    assert states == [
        ("recorded", "IN_PROGRESS", 40),
        ("recorded", "IN_PROGRESS", 60),
        ("settled", "TIMED_OUT", 60),
        ("recorded", "IN_PROGRESS", 70),
    ]


@pytest.mark.parametrize(
    ("status", "core", "other"),
    [
        (399, None, None),
        (400, "platform-refused", None),
        (499, "platform-refused", None),
        (500, "internal-error", "internal-error"),
    ],
)
def test_the_assistants_own_calls_may_not_be_refused(
    status: int, core: str | None, other: str | None
) -> None:
    told = begun().entry("POST", "/server/v1/migrations", status, "seen")
    assert [each.kind for each in told.record.mishaps] == ([core] if core else [])
    told = begun().entry("POST", f"/server/v1/transfers/{TRANSFER}/data", status, "seen")
    assert [each.kind for each in told.record.mishaps] == ([other] if other else [])


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (399, "platform-refused"),
        (400, None),
        (499, None),
        (500, "platform-refused"),
        (503, "platform-refused"),
    ],
)
def test_what_the_app_asks_for_may_be_refused_and_has_to_be_answered(
    status: int, kind: str | None
) -> None:
    text = f"x: POST http://c/server/v1/transfers/{TRANSFER}/data was answered {status} y"
    found = list(mishaps_in_log([("ERROR", text, None)], begun().record))
    assert [each.kind for each in found] == ([kind] if kind else [])
    if found:
        assert found[0].says == f"POST /server/v1/transfers/{{id}}/data was answered {status}"


def test_a_case_declares_the_faults_of_its_axes() -> None:
    with_fault = next(case for case in load(MATRIX) if case.axes["fault"] == "polls-fail")
    declared = declared_by(with_fault)
    assert declared.fault("server-error", POLL_ROUTE, "GET")
    assert not declared.fault("server-error", POST_ROUTE, "POST")
    assert not declared.fault("server-error", "/server/v1/migrations", "GET")
    assert not declared.fault("cut", POLL_ROUTE, "GET")
    assert declared.kinds == frozenset()


def test_a_case_declares_what_its_expectation_says_may_happen() -> None:
    case = next(iter(load(MATRIX)))
    lenient = case.expectation.model_copy(update={"may_happen": ("cut", "latency")})
    assert declared_by(replace(case, expectation=lenient)).kinds == {"cut", "latency"}


def test_a_fault_that_leaves_no_trace_is_known_by_how_often_it_struck() -> None:
    late = {"kind": "webhook-late", "route": "*", "struck": 2}
    idle = {"kind": "cut", "route": "*", "struck": 0}
    (mishap,) = faults_in_force([late, idle], Declared())
    assert (mishap.kind, mishap.declared) == ("webhook-late", False)
    assert mishap.says == "the fault webhook-late is in force for * and struck 2 times"
    (anywhere,) = faults_in_force([{"kind": "cut", "struck": 1}], Declared())
    assert anywhere.says == "the fault cut is in force for * and struck 1 times"
    once = {"kind": "cut", "route": "/a", "method": "GET", "struck": 1}
    (found,) = faults_in_force([once], Declared())
    assert found.says == "the fault cut is in force for /a and struck 1 times"
    assert not list(faults_in_force([once], Declared(({"kind": "cut", "method": "GET"},))))
    assert list(faults_in_force([once], Declared(({"kind": "cut", "route": "/b"},))))
    assert list(faults_in_force([late], Declared(({"kind": "webhook-late"},)))) == []


POLL_FAILED = (
    f"Progress of migration {MIGRATION} could not be read: GET "
    f"https://api.atlassian.com/server/v1/migrations/{MIGRATION}/progress "
)
NOT_STARTED = (
    "App migration of plan 1 could not be started\nx.PlatformException: POST "
    "https://api.atlassian.com/server/v1/migrations "
)


@pytest.mark.parametrize(
    ("level", "text", "kind", "of_a_poll"),
    [
        ("WARN", POLL_FAILED + "got no answer: java.io.IOException", "unreachable", True),
        ("WARN", POLL_FAILED + "was answered 507 {...}", "platform-refused", True),
        ("INFO", POLL_FAILED + "was answered 507 {...}", None, False),
        ("WARN", POLL_FAILED.replace(MIGRATION, OTHER) + "was answered 404 {}", None, False),
        ("ERROR", NOT_STARTED + "was answered 507 full", "platform-refused", False),
        ("ERROR", "java.io.IOException: No space left on device", "disk-full", False),
        ("FATAL", "java.io.IOException: No space left on device", "disk-full", False),
        ("ERROR", "Too many open files", "internal-error", False),
        (
            "ERROR",
            f"x: POST http://c/server/v1/transfers/{TRANSFER}/data was answered 409 settled",
            None,
            False,
        ),
        ("ERROR", "Listener of my.app failed in onStartAppMigration", None, False),
    ],
)
def test_the_servers_log_tells_what_the_journal_cannot(
    level: str, text: str, kind: str | None, of_a_poll: bool
) -> None:
    record = begun().record
    found = list(mishaps_in_log([(level, text, None)], record))
    assert [(each.kind, each.of_a_poll) for each in found] == ([(kind, of_a_poll)] if kind else [])
    record.declared = Declared(kinds=frozenset({kind} if kind else ()))
    assert all(each.declared for each in mishaps_in_log([(level, text, None)], record))


def test_a_log_is_read_to_its_end() -> None:
    records = [("INFO", "started", None), ("ERROR", "Too many open files", None)]
    found = mishaps_in_log(records, begun().record)
    assert [each.kind for each in found] == ["internal-error"]


def test_a_declared_fault_declares_what_the_log_says_of_it() -> None:
    record = begun(Declared(({"kind": "cut", "route": "/server/v1/*"},))).record
    (found,) = mishaps_in_log([("ERROR", NOT_STARTED + "got no answer: EOF", None)], record)
    assert found.declared


def test_a_fault_that_met_nothing_is_told() -> None:
    struck = {"kind": "cut", "struck": 2, "route": "*"}
    typo = {"kind": "rate-limit", "struck": 0, "route": "*/progres", "method": "GET"}
    any_call = {"kind": "latency", "struck": 0, "route": "*", "method": None}
    assert [*idle_faults([struck, typo, any_call])] == [
        "the fault rate-limit (GET */progres) did not strike",
        "the fault latency (*) did not strike",
    ]
