"""The verbs that start nothing, on a run's folder alone."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from harness.cli import explain
from harness.errors import BadInput
from harness.explain import inspect, stored

FEATURE = "migration-assistant.app-migration.feature"


def case(name: str, status: str, **more: object) -> dict[str, object]:
    look = {"status": status, "percent": None, "server_time": "2026-11-23T12:00:00+00:00"}
    return {
        "id": name,
        "dark_features": {FEATURE: False},
        "axes": {},
        "ccma": "3.9.6",
        "expected": {"status": "READY"},
        "timeline": [{**look, "wall_seconds": 0}],
        "verdict": "failed",
        "reason": "",
        **more,
    }


@pytest.fixture
def results(tmp_path, monkeypatch) -> Path:
    run = tmp_path / "runs" / "one"
    run.mkdir(parents=True)
    document = {
        "schema": 1,
        "run": "one",
        "engine": "local",
        "confluence": {"image": "standin", "ccma": None},
        "time_scale": 1,
        "started": "2026-11-23T12:00:00+00:00",
        "seconds": 1,
        "cases": [case("a[x=1]", "ABSENT"), case("a[x=2]", "READY")],
    }
    (run / "results.json").write_text(json.dumps(document))
    monkeypatch.setenv("HARNESS_RESULTS", str(run.parent))
    monkeypatch.setenv("HARNESS_STATE", str(tmp_path / "state"))
    return run


def said(*words: str) -> str:
    app = typer.Typer()
    explain.add_to(app)
    outcome = CliRunner().invoke(app, words, standalone_mode=False)
    if outcome.exception:
        raise outcome.exception
    return outcome.output


@pytest.mark.parametrize("name", ["one", "folder", "file"])
def test_a_run_is_named_by_id_folder_or_file(results, name):
    names = {"one": "one", "folder": str(results), "file": str(results / "results.json")}
    text = said("explain", names[name], "--case", "x=1")

    assert "PROVED feature-flag-off" in text
    assert "a[x=2]" not in text


def test_what_passed_is_only_named_beside_what_did_not(results):
    file = results / "results.json"
    document = json.loads(file.read_text())
    passed = case("a[x=3]", "READY", verdict="passed", reason="passed: no")
    failed, unclear = case("a[x=1]", "ABSENT"), case("a[x=2]", "READY", verdict="error")

    def explained(*cases: object, words: tuple[str, ...] = ("one",)) -> list[str]:
        file.write_text(json.dumps({**document, "cases": cases}))
        return said("explain", *words).split("-" * 96)

    beside = explained(passed, failed, unclear)
    assert [part.split("\n")[1 if part[0] == "\n" else 0] for part in beside] == [
        *("a[x=1]", "a[x=2]"),
        "Passed; --case explains one of them:",
    ]
    assert beside[2].split("\n")[2:] == ["  a[x=3]", ""]
    (alone,) = explained(passed)
    (chosen,) = explained(passed, failed, words=("one", "--case", "a[x=3]"))
    (named,) = explained(passed, failed, words=("one#a[x=3]",))
    assert alone == chosen == named
    assert alone.startswith("a[x=3]\n")


@pytest.mark.usefixtures("results")
def test_as_json():
    data = json.loads(said("explain", "one", "--json"))

    assert [each["case"] for each in data] == ["a[x=1]", "a[x=2]"]


def test_a_finished_run_is_explained_without_what_drives_a_live_one(results):
    program = (
        "import sys; from harness.cli.main import app; "
        f"app(['explain', {str(results)!r}], standalone_mode=False); "
        "print({'playwright', 'httpx', 'docker', 'jinja2'} & {*sys.modules})"
    )

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert told.stdout.splitlines()[-1] == "set()", told.stderr


def test_a_case_behind_the_run(results):
    assert [
        each.id for each in stored.cases(stored.find("one#a[x=2]", lambda: results.parent), None)
    ] == ["a[x=2]"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["explain", "none"], "there is no run"),
        (["explain", "one", "--case", "y=3"], "no case of"),
        (["explain", "--attach"], "something to look at"),
        (["explain", "--attach", "--user", "a"], explain.PASSWORD),
        (["explain", "--attach", "--jdwp", "5005"], "HOST:PORT"),
        (["explain", "--attach", "--log", "nowhere"], "no such file"),
        (["check", "nowhere.jar"], "no such file"),
        (["judge", "none"], "there is no run"),
        (["diff", "one#x=1", "none"], "there is no run"),
    ],
)
@pytest.mark.usefixtures("results")
def test_bad_input_is_one_line(words, told, monkeypatch):
    monkeypatch.delenv(explain.PASSWORD, raising=False)
    with pytest.raises(BadInput, match=told) as caught:
        said(*words)

    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("results")
def test_two_cases_of_a_run_are_compared():
    text = said("diff", "one#x=1", "one#x=2")

    assert "the row says ABSENT" in text
    assert "the row says READY" in text


@pytest.mark.usefixtures("results")
def test_a_run_is_the_same_as_itself():
    assert said("diff", "one", "one").count("the same: all") == 2


@pytest.mark.usefixtures("results")
def test_judge_keeps_the_verdicts_and_renews_the_causes():
    text = said("judge", "one")

    assert "failed     a[x=1]: feature-flag-off (was none)" in text
    assert "2 cases, 1 changed; verdicts as stored" in text


def test_a_log_alone_is_looked_at_and_the_rest_is_said_to_be_unseen(tmp_path):
    log = tmp_path / "atlassian-confluence.log"
    log.write_text(
        "2026-11-23 12:00:01,000 WARN [http-1] [migration.app.Thing] run "
        "Cloud app key is null for server app key charts-plugin\n"
    )
    seen = inspect.see(inspect.Target(log=log), "mine")

    assert [type(item).__name__ for item in seen.facts.items] == ["LogLine"]
    text = said("explain", "--attach", "--log", str(log))
    assert "PROVED cloud-key-null" in text
    assert "nobody looked at the plan's page" in text


def test_a_logs_times_are_in_the_servers_zone(tmp_path):
    log = tmp_path / "atlassian-confluence.log"
    log.write_text("2026-11-23 12:00:01,000 WARN [http-1] [migration.app.Thing] run It failed\n")

    def seen(zone):
        stored = inspect.see(inspect.Target(log=log, zone=zone), "mine")
        (line,) = stored.facts.items
        return line.origin.server.isoformat(), stored.problems

    assert seen("Asia/Tokyo") == ("2026-11-23T03:00:01+00:00", ())
    at, (problem,) = seen(None)
    assert at == "2026-11-23T12:00:01+00:00"
    assert problem.endswith("read as UTC; name the server's zone by --log-zone")


def test_a_log_of_ones_own_is_told_without_its_secrets(tmp_path):
    log = tmp_path / "atlassian-confluence.log"
    log.write_text(
        "2026-11-23 12:00:01,000 ERROR [http-1] [migration.app.Thing] run It failed: "
        "os_password=sentinel-of-a-password\n"
    )
    (line,) = inspect.see(inspect.Target(log=log, zone="UTC"), "mine").facts.items
    assert line.message == "It failed: os_password=[removed]"


def test_a_zone_that_is_none_is_refused():
    with pytest.raises(BadInput, match="'Asia/Toky' is no time zone"):
        said("explain", "--attach", "--log-zone", "Asia/Toky")


def test_a_debugger_that_does_not_answer_is_said(unused_tcp_port):
    seen = inspect.see(inspect.Target(debugger=("127.0.0.1", unused_tcp_port)), "mine")

    assert seen.problems[0].startswith("probe: ")


@pytest.fixture
def unused_tcp_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.mark.parametrize("words", [["explain"], ["explain", "last"], ["explain", "last#a[x=2]"]])
def test_the_newest_run_is_meant_where_none_is_named(results: Path, words: list[str]) -> None:
    newest = results.with_name("two")
    shutil.copytree(results, newest)
    document = json.loads((newest / "results.json").read_text())
    document["cases"][1] |= {"verdict": "error", "reason": "cloud-app exited with code 1"}
    (newest / "results.json").write_text(json.dumps(document))
    assert "\nerror: cloud-app exited with code 1\n" in said(*words)


def test_without_any_run_the_command_that_makes_one_is_named(results: Path) -> None:
    shutil.rmtree(results)
    with pytest.raises(BadInput, match=r"harness run CASES\.yaml"):
        said("explain")


def test_an_older_run_is_not_explained_in_place_of_one_without_a_result(results: Path) -> None:
    ended = results.with_name("two")
    ended.mkdir()
    (results.with_name("zzz")).mkdir()  # nobody's
    (ended / "request.json").write_text("{}")
    for words in (["explain"], ["explain", "last"], ["explain", "two"]):
        with pytest.raises(BadInput, match="two: this run ended before it had a result") as caught:
            said(*words)
        has_older = f"the newest that has one is {results.name}" in str(caught.value)
        assert has_older == (words != ["explain", "two"])


def test_without_any_result_no_other_run_is_named(results: Path) -> None:
    (results / "results.json").rename(results / "events.jsonl")
    with pytest.raises(BadInput, match=r"had a result, or is at work still$"):
        said("explain")
