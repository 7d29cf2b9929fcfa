"""What a run was asked for, and what a run that resumes it may and may not say."""

import json
from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.runner.request import Selection, command_again, part_of, plan_run
from harness.store import layout
from harness.store import request as request_file
from harness.store import results as results_file
from harness.store.request import RunRequest, files_of, read_to_resume, write
from harness.store.results import CaseResult, ConfluenceResult, Results, RowResult, VerdictName

SEED = Path(__file__).parents[3] / "fixtures" / "cases" / "seed.yaml"


@pytest.fixture
def case_file(tmp_path: Path) -> Path:
    file = tmp_path / "cases" / "seed.yaml"
    file.parent.mkdir()
    file.write_text(SEED.read_text().replace("../apps/", f"{SEED.parents[1]}/apps/"))
    return file


def asked(file: Path, shard: str | None = None) -> RunRequest:
    settings = {"engine": "local", "confluence": "standin", "time_scale": 200}
    return RunRequest(files=files_of([file]), shard=shard, settings=settings)


def result(name: str, verdict: VerdictName) -> CaseResult:
    return CaseResult(
        id=name,
        dark_features={},
        axes={},
        ccma="3.9.6",
        expected=RowResult(status="ABSENT"),
        verdict=verdict,
        reason="as made up",
    )


def test_shards_of_one_run_have_one_fingerprint(case_file: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text(case_file.read_text())
    assert asked(case_file, "1/2").fingerprint == asked(elsewhere, "2/2").fingerprint
    other = asked(case_file).model_copy(update={"settings": {"time_scale": 60.0}})
    assert other.fingerprint != asked(case_file).fingerprint
    elsewhere.write_text(case_file.read_text() + "\n# changed\n")
    assert asked(elsewhere).fingerprint != asked(case_file).fingerprint


def test_resuming_keeps_verdicts_and_asks_for_the_rest(case_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    write(asked(case_file), folder)
    ids = [
        "seed[feature=off,dev-mode=off,ccma=3.1.7]",
        "seed[feature=off,dev-mode=off,ccma=3.9.6]",
    ]
    kept = (result(ids[0], "passed"), result(ids[1], "error"))
    results = Results(
        schema=1,
        run="run",
        engine="local",
        confluence=ConfluenceResult(image="standin", ccma=None),
        time_scale=200,
        started="2026-01-01T00:00:00Z",
        seconds=1,
        cases=kept,
    )
    results_file.write(results, folder / layout.RESULTS)
    found = plan_run([], {}, Selection(), folder, None, {})
    assert [each.id for each in found.earlier] == ids[:1]  # an error is no verdict
    assert len(found.cases) == 8
    assert found.folder == folder
    assert found.settings.engine == "local"


def test_a_changed_case_file_is_not_resumed(case_file: Path, tmp_path: Path) -> None:
    write(asked(case_file), tmp_path / "run")
    case_file.write_text(case_file.read_text() + "\n# changed\n")
    with pytest.raises(BadInput, match="changed since the run") as caught:
        read_to_resume(tmp_path / "run")
    assert caught.value.path == case_file


@pytest.mark.parametrize(
    ("files", "selection", "flags", "told"),
    [
        ([SEED], Selection(), {}, "leave files"),
        ([], Selection(select="on"), {}, "leave files"),
        ([], Selection(), {"time_scale": 60.0}, "the run has --time-scale 200"),
    ],
)
def test_a_resumed_run_cannot_be_another(
    case_file: Path, tmp_path: Path, files: list[Path], selection: Selection, flags: dict, told: str
) -> None:
    write(asked(case_file), tmp_path / "run")
    with pytest.raises(BadInput, match=told):
        plan_run(files, flags, selection, tmp_path / "run", None, {})


def test_what_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not a run's folder"):
        request_file.read(tmp_path)
    (tmp_path / layout.REQUEST).write_text("{}")
    with pytest.raises(BadInput, match="not the request of a run"):
        request_file.read(tmp_path)


def test_nothing_asked_for() -> None:
    with pytest.raises(BadInput, match="name a case file"):
        plan_run([], {}, Selection(), None, None, {})


@pytest.mark.parametrize("given", ["2", "1/", "a/b", "1/2/3"])
def test_a_shard_that_cannot_be_read(given: str) -> None:
    with pytest.raises(BadInput, match="write I/N"):
        part_of(given)


def test_a_shard_is_two_numbers() -> None:
    assert part_of("2/5") == (2, 5)
    assert part_of(None) is None


def test_a_run_of_before_is_resumed(case_file: Path, tmp_path: Path) -> None:
    """Its request has another name, and its settings beside the other keys."""
    (file,) = files_of([case_file])
    old = {
        "files": [file.model_dump(mode="json")],
        "strength": "all",
        "locate": False,
        "select": "feature=on",
        "shard": None,
        "engine": "local",
        "confluence": "standin",
        "ccma": None,
        "time_scale": 60.0,
        "isolation": "fresh",
    }
    (tmp_path / layout.OLD_REQUEST).write_text(json.dumps(old))
    found = plan_run([], {}, Selection(), tmp_path, None, {})
    settings = found.settings
    assert (settings.engine, settings.scale, settings.isolation) == ("local", 60, "fresh")
    assert len(found.cases) == 4


def test_a_known_bug_names_a_cause_that_can_be_proved(tmp_path: Path) -> None:
    text = (SEED.read_text()).replace(
        "lasts: 30m", "lasts: 30m\n    cause: dev-mode-row-not-updatd"
    )
    text = text.replace("app: ../apps/charts", f"app: {SEED.parents[1] / 'apps' / 'charts'}")
    file = tmp_path / "seed.yaml"
    file.write_text(text)
    with pytest.raises(
        BadInput, match=r":37: .*no cause is called 'dev-mode-row-not-updatd'; did you mean"
    ):
        plan_run([file], {}, Selection(), None, None, {})


def test_the_command_that_runs_the_cases_again_has_what_decides(case_file: Path) -> None:
    request = asked(case_file).model_copy(update={"strength": "2"})
    said = command_again(request)
    assert said == f"harness run {case_file} --strength 2 --engine local"
    slow = request.model_copy(update={"settings": {"time_scale": 60.0, "isolation": "fresh"}})
    assert command_again(slow).endswith("--strength 2 --time-scale 60 --isolation fresh")
