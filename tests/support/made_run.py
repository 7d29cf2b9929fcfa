"""A run's folder made by hand: the seed's two telling cases, with what each of them kept."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harness.store.results import (
    CaseResult,
    ConfluenceResult,
    Recorded,
    Results,
    RowResult,
    TimelineEntry,
    write,
)
from harness.vocabulary.features import DEV_MODE, FEATURE

BEGUN = datetime(2026, 1, 1, 10, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"not much of a picture"
TRANSFER = "e0c74c91-aebb-3a2f-b0cf-48f3419c61ef"
MIGRATION = "f5648333-737c-4b0f-8f49-b37c3dfd55ba"

MakeRun = Callable[..., Path]
"""Takes the cases; returns the run's folder."""


def at(minutes: float) -> datetime:
    return BEGUN + timedelta(minutes=minutes)


def ready_for_good(**changed: object) -> CaseResult:
    """The seed's bug: READY for 31 minutes after the cloud had recorded SUCCESS 100."""
    case = CaseResult(
        id="seed[feature=on,dev-mode=on,ccma=3.1.7]",
        dark_features={FEATURE: True, DEV_MODE: True},
        axes={"feature": "on", "dev-mode": "on", "ccma": "3.1.7"},
        ccma="3.1.7",
        expected=RowResult(status="COMPLETE", percent=100),
        timeline=(TimelineEntry(status="READY", server_time=at(1), wall_seconds=0.1),),
        observed=RowResult(status="READY"),
        recorded=Recorded(
            status="SUCCESS", percent=100, at=at(2), watched_seconds=1860, refreshes=3
        ),
        verdict="known-bug",
        known_bug="dev-mode-ready",
        reason="The row stays READY.",
        artifacts={
            name: f"bug/{file}"
            for name, file in {
                "screenshot": "page.png",
                "trace": "trace.zip",
                "server_log": "server.log",
                "journal": "journal.jsonl",
            }.items()
        },
        seconds={"total": 12.0},
        server_seconds=2000,
    )
    return case.model_copy(update=changed)


def completed(**changed: object) -> CaseResult:
    """The same with dev mode off; it kept nothing."""
    timeline = (
        TimelineEntry(status="RUNNING", percent=0, server_time=at(1), wall_seconds=0.1),
        TimelineEntry(status="COMPLETE", percent=100, server_time=at(11), wall_seconds=2.1),
    )
    return ready_for_good(
        id="seed[feature=on,dev-mode=off,ccma=3.1.7]",
        axes={"feature": "on", "dev-mode": "off", "ccma": "3.1.7"},
        dark_features={FEATURE: True, DEV_MODE: False},
        timeline=timeline,
        observed=RowResult(status="COMPLETE", percent=100),
        verdict="passed",
        known_bug=None,
        reason="saw RUNNING 0 then COMPLETE 100",
        artifacts={},
        **changed,
    )


def entry(seq: int, minutes: float, method: str, path: str, status: int, **more: object) -> str:
    told = {
        "seq": seq,
        "wall_time": "2026-01-01T08:00:00+00:00",
        "platform_time": at(minutes).isoformat(),
        "caller": "server",
        "direction": "in",
        "method": method,
        "path": path,
        "route": path,
        "status": status,
        "effect": "",
        "reason": "",
        "transfer_id": TRANSFER,
        "body": None,
    }
    return json.dumps(told | more)


def journal() -> str:
    """The bug's journal: everything went well, and three polls were answered."""
    migration, transfer = f"/server/v1/migrations/{MIGRATION}", f"/server/v1/transfers/{TRANSFER}"
    progress = f"/wiki/rest/atlassian-connect/1/migration/progress/{TRANSFER}"
    linked = {"serverAppKey": "a", "cloudAppKey": "b", "linked": True}
    made = [{"kind": "migration-created", "migration": {"id": MIGRATION}}]
    started = {"status": "IN_PROGRESS", "percent": 0}
    ended = {"status": "SUCCESS", "percent": 100}
    app = {"effect": "delivered", "direction": "out", "route": "webhook listener-triggered"}
    lines = [
        entry(1, 0.2, "POST", "/server/v1/migrations", 201, changes=made),
        entry(2, 0.3, "POST", f"{migration}/transfers", 201, detail=linked),
        entry(3, 0.5, "POST", f"{transfer}/triggered", 202),
        entry(4, 0.6, "POST", "https://app/hook", 200, **app),
        entry(5, 1.0, "POST", progress, 200, effect="recorded", body=started),
        entry(6, 2.0, "POST", progress, 200, effect="settled", body=ended),
        *(entry(n, n * 10 - 60, "GET", f"{migration}/progress", 200) for n in (7, 8, 9)),
    ]
    return "\n".join(lines) + "\n"


def make_folder(folder: Path, *cases: CaseResult) -> Path:
    """Writes a run's folder; without cases, the seed's bug beside the case that passes."""
    results = Results(
        schema=1,
        run="20260101-000000-abcdef",
        engine="local",
        confluence=ConfluenceResult(image="standin", ccma=None),
        time_scale=300,
        started=BEGUN,
        seconds=20,
        cases=cases or (completed(), ready_for_good()),
    )
    write(results, folder / "results.json")
    kept = folder / "bug"
    kept.mkdir()
    (kept / "page.png").write_bytes(PNG)
    (kept / "trace.zip").write_bytes(b"PK")
    (kept / "server.log").write_text("2026-01-01 10:00:00,000 INFO [main] [x] all is well\n")
    (kept / "journal.jsonl").write_text(journal())
    return folder
