"""What the journal of a Forge app's migration amounts to: nobody innocent is accused."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from harness.diagnosis.causes import BY_ID
from harness.diagnosis.data_evidence import DataRead
from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.evidence import EndedByPlatform, LogWritten, MessageStatus
from harness.diagnosis.facts import Facts
from harness.diagnosis.links import links
from harness.diagnosis.near_misses import near_misses
from harness.diagnosis.readers.journal import read_journal
from harness.diagnosis.remarks import remarks
from harness.report.timeline import cloud_tone
from harness.store.layout import JOURNAL

TRANSFER = "3a64e44c-7b3b-30f2-8666-dc03fbef488a"
MIGRATION = "8a6cb159-7915-4c32-abbc-ad0681258dcb"
KEY = "64214fd3-953d-4b92-93a5-906a8948df59"
API = "/app/migration/forge/v1"
FAULT = {"status": 503, "effect": "fault", "reason": "fault: server-error"}
WAITED = "for 15 minutes there was no success message and no upload, and 1 is not acknowledged"
SETTLED = {"kind": "settled-by-platform", "transfer_id": TRANSFER, "status": "SUCCESS"}


class Told:
    """A journal, each entry a second after the one before, as the stub writes it."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, method: str | None, path: str | None, **more: Any) -> "Told":
        seq = len(self.lines)
        at = f"2026-11-30T07:{seq // 60:02}:{seq % 60:02}.000+00:00"
        entry = {"seq": seq, "wall_time": at, "platform_time": at, "direction": "in"}
        given = {"method": method, "path": path, "route": path, "status": 200, "reason": ""}
        self.lines.append(json.dumps(entry | given | {"transfer_id": TRANSFER} | more))
        return self

    def exported(self) -> "Told":
        """The server's part, without the events that come of it."""
        of = f"/server/v1/transfers/{TRANSFER}"
        made = {"kind": "migration-created", "migration": {"id": MIGRATION}}
        transfers = f"/server/v1/migrations/{MIGRATION}/transfers"
        pair = {"serverAppKey": "forge-plugin", "cloudAppKey": "charts-on-forge"}
        self.add("POST", "/server/v1/migrations", effect="created", changes=[made])
        self.add("POST", transfers, effect="created", body=pair, detail={"linked": True})
        self.add("POST", f"{of}/triggered", effect="triggered", status=202)
        self.event("triggered:listener", "m1")
        self.add("POST", f"{of}/data?label=spaces", effect="uploaded", status=201)
        return self.add("POST", f"{of}/export-completed", effect="export completed", status=202)

    def event(
        self,
        event: str,
        message: str,
        status: int | None = 200,
        effect: str = "",
        reason: str = "",
    ) -> "Told":
        body = {
            "eventType": f"avi:ecosystem.migration:{event}",
            "transferId": TRANSFER,
            "messageId": message,
        }
        effect = effect or ("delivered" if status == 200 else "not acknowledged")
        reason = reason or f"the app answered {status}"
        more = {"direction": "out", "status": status, "effect": effect, "reason": reason}
        return self.add("POST", "https://127.0.0.1:9", body=body, **more)

    def uploaded(self, status: int | None = 200, **more: str) -> "Told":
        return self.event("uploaded:app_data", "m2", status, **more)

    def worked(self, failing: str = "", *, settles: bool = True) -> "Told":
        """What the function calls, up to the call that fails."""
        calls: list[tuple[str, str, str, Mapping[str, Any]]] = [
            ("GET", f"data/{KEY}/payload", "bytes served", {}),
            ("GET", f"container/{TRANSFER}/page?containerType=ConfluenceSpace", "read", {}),
            ("POST", f"log/{TRANSFER}", "logged", {}),
            ("POST", f"message/{TRANSFER}/status", "message worked off", _acknowledged(settles)),
        ]
        for method, path, effect, more in calls:
            if failing and path.startswith(failing):
                return self.add(method, f"{API}/{path}", **FAULT | {"transfer_id": None})
            self.add(method, f"{API}/{path}", **{"effect": effect, **more})
        return self

    def timed_out(self) -> "Told":
        own = {"direction": "internal", "status": None, "effect": "timed out", "reason": WAITED}
        ended = SETTLED | {"status": "TIMED_OUT"}
        self.add(None, None, changes=[ended], **own)
        return self.event("settled:transfer", "m9")

    @property
    def facts(self) -> Facts:
        return Facts(tuple(read_journal(self.lines)), frozenset({JOURNAL}))

    @property
    def named(self) -> dict[str, str]:
        found = diagnose(self.facts)
        return {each.cause: each.confidence for each in found if each.confidence in _NAMED}

    def state(self, link: str) -> str:
        return next(e.state for e in links(self.facts, diagnose(self.facts)) if e.name == link)


_NAMED = ("proved", "likely")


def _acknowledged(settles: bool) -> dict[str, Any]:
    body = {"status": "SUCCESS", "messageIds": ["m2"]}
    return {"body": body} | ({"effect": "settled", "changes": [SETTLED]} if settles else {})


def test_a_sound_migration_has_no_remarks_and_every_link_of_the_cloud_app_held() -> None:
    told = Told().exported().worked().uploaded().event("settled:transfer", "m9")

    assert remarks(told.facts, diagnose(told.facts)) == ()
    for link in (
        "the cloud app hears of it",
        "the cloud app reads its data",
        "the cloud app reports",
        "the report changes something",
        "the transfer is settled",
    ):
        assert told.state(link) == "held"
    assert {each.confidence for each in diagnose(told.facts) if each.cause in OF_POSTS} == {
        "excluded"
    }


OF_POSTS = {
    "cloud-app-never-posted",
    "outdated-keys",
    "percent-fell",
    "never-settled",
    "settled-without-100",
    "posted-after-settling",
    "event-lost",
    "app-never-read",
}


def test_an_export_that_ends_after_the_work_settles_as_well() -> None:
    told = Told().exported().worked(settles=False).uploaded()
    path = f"/server/v1/transfers/{TRANSFER}/export-completed"
    told.add("POST", path, status=202, effect="export completed", changes=[SETTLED])

    assert remarks(told.facts, diagnose(told.facts)) == ()
    (ended,) = told.facts.of(EndedByPlatform)
    assert (ended.status, told.facts.settled) == ("SUCCESS", ended)
    assert cloud_tone(ended.status) == "good"


def test_acknowledgements_reads_and_the_log_are_told_in_words() -> None:
    told = Told().exported().worked(settles=False).worked("message")
    done, failed = told.facts.of(MessageStatus)
    payload, containers, *_ = told.facts.of(DataRead)

    assert done.says == (
        f"the cloud app acknowledged messages of {TRANSFER} as SUCCESS: 200, worked off"
    )
    assert (done.status, failed.transfer, failed.http) == ("IN_PROGRESS", TRANSFER, 503)
    assert (payload.is_bytes, payload.is_link, payload.ok) == (True, False, True)
    assert containers.says == "the cloud app asked for containers: 200, read"
    assert told.facts.of(LogWritten)[0].says == (
        f"the cloud app wrote to the log of {TRANSFER}: 200, logged"
    )


def test_a_word_to_the_log_that_failed_is_not_why_where_the_event_was_worked_off() -> None:
    told = Told().exported().worked("log").uploaded()
    assert told.facts.last(LogWritten).http == 503
    assert told.facts.writes == []
    assert "cloud-answered-errors" not in told.named
    assert Told().exported().uploaded().worked("log").facts.writes != []


@pytest.mark.parametrize(
    ("failing", "cause"),
    [
        ("data", "app-read-failed"),
        ("container", "app-read-failed"),
        ("log", "cloud-answered-errors"),
        ("message", "cloud-answered-errors"),
    ],
)
def test_a_function_that_fails_with_a_call_is_not_to_blame(failing: str, cause: str) -> None:
    told = Told().exported()
    for _ in range(5):
        told.worked(failing).uploaded(500)
    told.timed_out()

    assert told.named == {cause: "proved"}
    assert BY_ID[cause].responsible == "platform"
    assert near_misses(told.facts) == []
    assert told.state("the cloud app hears of it") == "held"


def test_a_lost_event_is_the_platforms_and_the_time_out_follows_from_it() -> None:
    told = Told().exported()
    told.uploaded(None, effect="dropped", reason="fault: the webhook was lost").timed_out()

    assert told.named == {"event-lost": "proved"}


def test_a_function_that_fails_on_its_own_never_acknowledged() -> None:
    told = Told().exported()
    for _ in range(5):
        told.uploaded(500)
    told.timed_out()

    assert told.named == {"webhook-never-acknowledged": "proved"}
    (miss,) = near_misses(told.facts)
    assert (miss.first.would, miss.times) == ("200 within 25 s", 5)
    # One try that failed with a call does not excuse the others.
    assert "webhook-never-acknowledged" in told.worked("log").uploaded(500).named


def test_an_app_that_takes_the_event_and_reports_nothing_lets_it_time_out() -> None:
    told = Told().exported().uploaded()
    assert told.named == {"cloud-app-never-posted": "likely"}

    told.timed_out()
    assert told.named == {"transfer-timed-out": "proved"}
    (ended,) = told.facts.of(EndedByPlatform)
    assert ended.says == f"the platform settled {TRANSFER} as TIMED_OUT: {WAITED}"
    assert "14 days passed" not in BY_ID["transfer-timed-out"].statement
    assert told.facts.settled is None


def test_preloaded_data_is_announced_by_an_event_of_its_own() -> None:
    told = Told().exported().event("preloaded:app_data", "m2")
    assert [each.event for each in told.facts.told] == ["listener-triggered", "app-data-preloaded"]
    (lost,) = [each for each in diagnose(told.facts) if each.cause == "event-lost"]
    assert lost.confidence == "excluded"


@pytest.mark.parametrize(
    ("effect", "status", "part"),
    [
        ("message not awaited", 200, "messageIds"),
        ("refused: bad server token", 401, "token"),
        ("already settled", 403, "transfer"),
        ("malformed request", 400, "body"),
    ],
)
def test_an_acknowledgement_that_changed_nothing_is_a_near_miss(
    effect: str, status: int, part: str
) -> None:
    body = {"status": "DONE", "messageIds": ["m7"]}
    path = f"{API}/message/{TRANSFER}/status"
    told = Told().exported().add("POST", path, status=status, effect=effect, body=body)

    (miss,) = near_misses(told.facts)
    assert miss.first.name == part
