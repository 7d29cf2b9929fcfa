"""A recording's lines become evidence by what is public in them, whatever the calls mean."""

import json
from pathlib import Path

from harness.diagnosis.evidence import Delivery, NotRecorded, ServerCall
from harness.diagnosis.readers.recording import read_recording
from harness.diagnosis.readers.run_folder import read_case
from harness.store.layout import FILES, JOURNAL, RECORDING, TAP

ID = "e8c85c9d-c62b-388b-9a23-cd799310e0d6"
AT = "2026-03-01T12:00:00Z"


def line(url: str, told: object, *, sent: object = None, status: int = 200, **more: str) -> str:
    request = {"method": "POST", "url": f"https://cloud.example.com{url}"}
    return json.dumps(
        {
            "n": 7,
            "at": AT,
            "wall": AT,
            "request": request | ({} if sent is None else {"json": sent}),
            "response": {"status": status, "json": told},
            **more,
        }
    )


def event(kind: str) -> dict[str, str]:
    return {"eventType": kind, "transferId": ID, "messageId": "m"}


def test_an_answer_with_a_transfers_state_is_a_poll() -> None:
    (call,) = read_recording([line(f"/runs/{ID}/x", [{"id": ID, "p": "SUCCESS", "n": 100}])])
    assert isinstance(call, ServerCall)
    assert (call.what, call.http, call.is_poll) == ("POST /runs/{id}/x", 200, True)
    assert call.told == ((ID, "SUCCESS", 100),)
    assert call.origin.source == "recording #7"


def test_any_other_call_is_one_without_a_meaning() -> None:
    (call,) = read_recording([line("/things", {"id": ID}, status=503)])
    assert isinstance(call, ServerCall)
    assert (call.http, call.is_poll, call.told, call.ok) == (503, False, None, False)


def test_a_call_that_the_recording_lacks_is_not_the_clouds_fault() -> None:
    (lacking,) = read_recording([line("/x", {}, status=501, not_recorded="not in it")])
    assert isinstance(lacking, NotRecorded)
    assert "has no POST /x" in str(lacking)


def test_what_reached_the_cloud_app_is_a_delivery() -> None:
    lines = [
        line("/migration", {}, sent=event("listener-triggered")),
        line("/migration", {}, sent=event("app-data-uploaded"), status=204),
    ]
    first, second = read_recording(lines)
    assert isinstance(first, Delivery)
    assert isinstance(second, Delivery)
    assert (first.event, first.transfer, first.acknowledged) == ("listener-triggered", ID, True)
    assert (second.status, second.acknowledged) == (204, False)  # only 200 acknowledges


def test_marks_and_lines_that_are_cut_off_are_left_out() -> None:
    assert read_recording(['{"mark": "a", "at": "' + AT + '"}', '{"n": 1, "requ']) == []


def test_where_the_journal_was_kept_the_recording_tells_nothing_twice(tmp_path: Path) -> None:
    (tmp_path / FILES[JOURNAL]).write_text("")
    for name in (RECORDING, TAP):
        (tmp_path / FILES[name]).write_text(line("/x", {}) + "\n")
    named = {name: FILES[name] for name in (JOURNAL, RECORDING, TAP)}
    calls = read_case(tmp_path, {"id": "a", "artifacts": named}).facts.of(ServerCall)
    assert len(calls) == 1  # the tap's
    del named[JOURNAL]
    assert len(read_case(tmp_path, {"id": "a", "artifacts": named}).facts.of(ServerCall)) == 2
