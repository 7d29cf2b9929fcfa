"""A stored run is read from its folder alone, whole or with parts of it missing or broken."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.evidence import (
    ListenerCall,
    ListenerClass,
    LogLine,
    PageUnread,
    RowShown,
    ServerAway,
)
from harness.diagnosis.findings_text import explain, for_results, to_json
from harness.diagnosis.readers.run_folder import from_case, read_artifact, read_run
from harness.errors import BadInput
from harness.store.probe_record import (
    Hold,
    Instant,
    ListenerAnswer,
    LoadedType,
    MethodRuns,
    ProbeRecord,
    RecordedCall,
    WatchedListener,
)

TRANSFER = "e8c85c9d-c62b-388b-9a23-cd799310e0d6"
MIGRATION = "9a08c6ec-74c1-3bd9-bd60-a65e8ce5110f"
SEED = "seed[feature=on,dev-mode=on,ccma=3.1.7]"

LOG = """\
2026-11-23 12:00:01,000 WARN [http-1] [migration.app.Thing] run Something odd
2026-11-23 12:00:02,000 INFO [http-1] [migration.app.Thing] run Nothing
"""


def at(minutes: int) -> str:
    return f"2026-11-23T12:{minutes:02d}:00+00:00"


def line(minutes: int, path: str, effect: str, **fields: object) -> str:
    entry = {
        "seq": minutes,
        "wall_time": at(minutes),
        "platform_time": at(minutes),
        "direction": "in",
        "method": "POST",
        "path": path,
        "status": 200,
        "effect": effect,
        "transfer_id": TRANSFER,
        **fields,
    }
    return json.dumps(entry)


def progress(minutes: int, effect: str, status: str, percent: int) -> str:
    path = f"/wiki/rest/atlassian-connect/1/migration/progress/{TRANSFER}"
    return line(minutes, path, effect, body={"status": status, "percent": percent})


JOURNAL = "\n".join(
    [
        line(0, "/server/v1/migrations", "created", changes=[{"migration": {"id": MIGRATION}}]),
        line(
            0,
            f"/server/v1/migrations/{MIGRATION}/transfers",
            "created",
            body={"serverAppKey": "charts-plugin", "cloudAppKey": "charts-for-confluence"},
            detail={"linked": True},
        ),
        line(1, f"/server/v1/transfers/{TRANSFER}/triggered", "triggered"),
        line(1, "/migration-webhook", "delivered", direction="out"),
        progress(2, "recorded", "IN_PROGRESS", 0),
        progress(3, "settled", "SUCCESS", 100),
        *(
            line(m, f"/server/v1/migrations/{MIGRATION}/progress", "polled", method="GET")
            for m in (10, 20, 30)
        ),
    ]
)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "server.log").write_text(LOG)
    (folder / "journal.jsonl").write_text(JOURNAL)
    case = {
        "id": SEED,
        "ccma": "3.1.7",
        "dark_features": {
            "migration-assistant.app-migration.feature": True,
            "migration-assistant.app-migration.dev-mode": True,
        },
        "timeline": [
            {"status": "READY", "percent": None, "server_time": at(0), "wall_seconds": 0.1}
        ],
        "recorded": {"at": at(3), "watched_seconds": 1860.0},
        "artifacts": {"server_log": "case/server.log", "journal": "case/journal.jsonl"},
    }
    results = {"schema": 1, "confluence": {"ccma": None}, "cases": [case]}
    (tmp_path / "results.json").write_text(json.dumps(results))
    return tmp_path


def proved(folder: Path) -> list[str]:
    (case,) = read_run(folder)
    return [each.cause for each in diagnose(case.facts) if each.confidence == "proved"]


def change(folder: Path, **fields: object) -> None:
    results = json.loads((folder / "results.json").read_text())
    results["cases"][0] |= fields
    (folder / "results.json").write_text(json.dumps(results))


def test_the_seeds_run_is_explained_from_its_folder(run):
    assert proved(run) == ["dev-mode-row-not-updated"]
    assert proved(run / "results.json") == ["dev-mode-row-not-updated"]


def test_the_explanation_is_one_screen(run):
    (case,) = read_run(run)
    text = explain(case.id, case.facts, diagnose(case.facts), case.problems)

    assert text.startswith(f"{SEED}\nthe page showed READY until 12:34:00")
    assert "PROVED dev-mode-row-not-updated" in text
    assert "journal #30" in text
    assert "community.developer.atlassian.com" in text
    assert "Not known:" in text
    assert len(text.splitlines()) <= 60


def test_the_explanation_as_data(run):
    (case,) = read_run(run)
    findings = diagnose(case.facts)
    data = to_json(case.id, case.facts, findings, case.problems)

    proved = [
        each for each in json.loads(json.dumps(data))["causes"] if each["confidence"] == "proved"
    ]
    assert [each["cause"] for each in proved] == ["dev-mode-row-not-updated"]
    (kept,) = for_results(findings)
    assert kept["confidence"] == "proved"
    assert any("dev-mode is on" in each for each in kept["evidence"])


def test_only_what_warns_is_read_from_the_log(run):
    (case,) = read_run(run)

    assert [each.message for each in case.facts.of(LogLine)] == ["Something odd"]


def test_a_row_lasts_until_the_next_or_the_last_look(run):
    change(
        run,
        recorded=None,
        server_seconds=1200,
        timeline=[
            {"status": "RUNNING", "percent": 0, "server_time": at(1)},
            {"status": "COMPLETE", "percent": 100, "server_time": at(11)},
        ],
    )
    (case,) = read_run(run)

    assert [each.until for each in case.facts.of(RowShown)] == [
        datetime(2026, 11, 23, 12, 11, tzinfo=UTC),
        datetime(2026, 11, 23, 12, 21, tzinfo=UTC),
    ]


@pytest.mark.parametrize("missing", ["journal.jsonl", "server.log"])
def test_an_artefact_that_is_gone_is_said_and_the_rest_read(run, missing):
    (run / "case" / missing).unlink()
    (case,) = read_run(run)

    assert missing in case.problems[0]
    assert case.facts.row is not None


def test_an_artefact_outside_the_run_is_not_read(run):
    change(run, artifacts={"server_log": "../../etc/passwd"})
    (case,) = read_run(run)

    assert "outside" in case.problems[0]


@pytest.mark.parametrize("content", ["{}", "[]", "no json", '{"cases": [1]}', '{"cases": null}'])
def test_results_that_are_none_are_one_clear_line(tmp_path, content):
    (tmp_path / "results.json").write_text(content)

    with pytest.raises(BadInput, match="does not look like a run's results"):
        read_run(tmp_path)


def test_a_folder_without_results_is_one_clear_line(tmp_path):
    with pytest.raises(BadInput, match="no results"):
        read_run(tmp_path)


def test_all_artefacts_are_read(run):
    files = {
        "upm": {"key": "org.example", "enabled": False, "error": "missing requirement x"},
        "osgi": {"bundles": [{"name": "org.example", "state": "INSTALLED", "unresolved": ["x"]}]},
        "site": {"decision": "undecided", "consent": True, "apps": []},
        "progress": {
            "server_time": at(30),
            "migrations": [{"apps": [{"status": "SUCCESS", "completionPercent": 100}]}],
        },
    }
    for name, content in files.items():
        (run / f"{name}.json").write_text(json.dumps(content))
    change(run, artifacts={name: f"{name}.json" for name in files}, plan_status="FAILED")
    (case,) = read_run(run)

    kinds = {type(each).__name__ for each in case.facts.items}
    assert case.problems == ()
    assert {"Plugin", "Bundle", "AssessmentDecision", "Consent", "RestRow", "PlanStatus"} <= kinds
    assert {"upm", "osgi", "site"} <= case.facts.sources
    assert "package-not-wired" in proved(run)


def test_a_probes_record_is_read(run):
    moment = Instant(datetime(2026, 11, 23, 11, tzinfo=UTC))
    loaded = LoadedType("org.example.Listener", "loader#1")
    record = ProbeRecord(
        jvm="OpenJDK 17",
        started=moment,
        stopped=moment,
        interfaces=(LoadedType("com.atlassian.migration.app.X", "ccma#2"),),
        listeners=(
            WatchedListener(
                loaded,
                (loaded,),
                moment,
                ListenerAnswer("a"),
                ListenerAnswer(None),
                ListenerAnswer(()),
            ),
        ),
        calls=(
            RecordedCall(
                loaded, "onStartAppMigration", "t", moment, "x", "threw", moment, "E", "why"
            ),
        ),
        methods=(MethodRuns("Poller", "poll", (), (moment,)),),
        holds=(Hold("t", "entry", 1.5),),
        most_held_at_once=1,
        problems=(),
    )
    (run / "probe.json").write_text(record.to_json())
    # Without the log it is open whether something made up by the stand-in is why it threw.
    (run / "server.log").write_text("")
    change(run, artifacts={"probe": "probe.json", "server_log": "server.log"})
    (case,) = read_run(run)

    (listener,) = case.facts.of(ListenerClass)
    (call,) = case.facts.of(ListenerCall)
    assert listener.keys == ("a", None)
    assert call.exception == "E: why"
    assert set(proved(run)) == {"cloud-key-null", "listener-threw"}


@pytest.mark.parametrize("met", ["logged-out", "unavailable"])
def test_a_last_look_that_met_another_page_is_told(met):
    at = "2026-11-23T12:00:00Z"
    looks = [{"row": {"status": "READY"}}, {"row": None, "met": met, "wall_time": at}]
    (told,) = from_case({"evidence": {"looks": looks}}, None)

    assert isinstance(told, PageUnread)
    assert (told.met, told.is_log_in) == (met, met == "logged-out")
    assert told.origin.wall == datetime.fromisoformat(at)
    assert from_case({"evidence": {"looks": looks[:1]}}, None) == []


def test_each_time_that_the_server_was_away_is_told_once():
    at = "2026-11-23T12:00:00Z"
    there, away = {"row": {"status": "READY"}}, {"row": None, "was_away": True}
    looks = [there, away | {"wall_time": at}, away, there, away, there]
    first, second = from_case({"evidence": {"looks": looks}}, None)

    assert isinstance(first, ServerAway)
    assert first.origin.wall == datetime.fromisoformat(at)
    assert isinstance(second, ServerAway)
    (from_the_start,) = from_case({"evidence": {"looks": [away, there]}}, None)
    assert isinstance(from_the_start, ServerAway)


def test_a_site_tells_which_email_domains_are_refused():
    (told,) = read_artifact("site", json.dumps({"apps": [], "refused": ["example.org"]}))

    assert told.says == "email domains that are not trusted: example.org"
