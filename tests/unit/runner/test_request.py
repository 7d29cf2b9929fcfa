"""What a run was asked for, and what a run that resumes it may and may not say."""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from fake_stacks import FakeEngine, fake_stack

from harness.cases import Case, Expectation
from harness.cases import app as apps
from harness.drivers.cloud import CloudControl
from harness.drivers.untold_cloud import UntoldCloud
from harness.environment import golden
from harness.environment.attach import AttachedStack
from harness.errors import BadInput
from harness.planning.requirements import StackRequirements
from harness.runner.jobs import Job, fitted_to_real_cloud
from harness.runner.request import Selection, command_again, part_of, plan_run
from harness.store import layout
from harness.store import request as request_file
from harness.store import results as results_file
from harness.store.request import RunRequest, files_of, read_to_resume, write
from harness.store.results import CaseResult, ConfluenceResult, Results, RowResult, VerdictName
from harness.support import assets
from harness.vocabulary.rows import Row

IMAGE = "atlassian/confluence:9.2"
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


def test_a_dark_feature_that_is_nearly_known_is_doubted_at_its_line(case_file: Path) -> None:
    text = case_file.read_text()
    assert plan_run([case_file], {}, Selection(), None, None).said == ()
    line = text.splitlines().index("    dark_feature: migration-assistant.app-migration.dev-mode")
    case_file.write_text(text.replace("app-migration.dev-mode\n", "app-migration.devmode\n", 1))
    said = plan_run([case_file], {}, Selection(), None, None).said
    key = "migration-assistant.app-migration"
    assert said == (
        f"warning: {case_file}:{line + 1}: no dark feature of app migration is called "
        f"'{key}.devmode'; did you mean '{key}.dev-mode'?",
    )


def test_the_command_that_runs_the_cases_again_has_what_decides(case_file: Path) -> None:
    request = asked(case_file).model_copy(update={"strength": "2"})
    said = command_again(request)
    assert said == f"harness run {case_file} --strength 2 --engine local"
    slow = request.model_copy(update={"settings": {"time_scale": 60.0, "isolation": "fresh"}})
    assert command_again(slow).endswith("--strength 2 --time-scale 60 --isolation fresh")


def on_stack(folder: Path, cloud: object) -> AttachedStack:
    changes: dict[str, object] = {
        "confluence": IMAGE,
        "ccma": "3.13.8",
        "scale": 1.0,
        "cloud": cloud,
    }
    changes["engine"] = FakeEngine("docker")
    stack = fake_stack(folder, **changes)
    return AttachedStack(stack)


def test_cases_on_a_stack_have_its_image_and_cloud(case_file: Path, tmp_path: Path) -> None:
    attached = on_stack(tmp_path, UntoldCloud())
    plan = plan_run([case_file], {}, Selection(), None, attached, {})
    settings = plan.settings
    assert (settings.confluence, settings.cloud, settings.scale) == (IMAGE, "real", 1.0)
    assert {case.axes["ccma"] for case in plan.cases} == {"3.13.8"}
    with pytest.raises(BadInput, match="--stack: the stack has --cloud real, so it cannot be stub"):
        plan_run([case_file], {"cloud": "stub"}, Selection(), None, attached, {})


def test_an_image_with_the_stub_judges_no_case_on_its_stack_either(
    case_file: Path, tmp_path: Path
) -> None:
    with closing(CloudControl("http://127.0.0.1:1")) as cloud:
        attached = on_stack(tmp_path, cloud)
        with pytest.raises(BadInput, match="with the stub alone"):
            plan_run([case_file], {}, Selection(), None, attached, {})


def test_cases_on_a_golden_home_are_those_of_its_version(
    case_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(golden, "read", lambda _: SimpleNamespace(ccma="3.1.7"))
    flags = {"confluence": IMAGE, "cloud": "real", "golden": "connected"}
    plan = plan_run([case_file], flags, Selection(), None, None, {})
    assert {case.axes["ccma"] for case in plan.cases} == {"3.1.7"}


def test_jobs_of_the_real_cloud_need_no_cloud_half_and_the_version_that_is_there() -> None:
    stack = StackRequirements("3.13.8", 1.0, (), "")
    app = apps.load(assets.sample_app("charts"))
    needs = StackRequirements("the image's own", 1.0, (), app.cloud_half)
    expected = Expectation.model_validate({"rows": ["COMPLETE 100"], "source": "x"})
    good = Case("good", Path("a"), {}, {}, None, None, expected, None)
    stays = replace(
        good, id="stays", expectation=expected.model_copy(update={"rows": (Row("READY"),)})
    )
    told = replace(good, id="told", cloud_app="good")
    jobs = [Job(case, app, Path("a.jar"), needs) for case in (good, stays, told)]
    said: list[str] = []
    fit = fitted_to_real_cloud(jobs, "progress REST", said.append, stack)
    assert [job.case.id for job in fit] == ["good", "stays"]
    assert [job.requirements for job in fit] == [stack, stack]
    assert fit[0].refused is None
    assert "--record FOLDER" in (fit[1].refused or "")
    assert [line.split(":")[:2] for line in said] == [
        ["  cannot be judged", " stays"],
        ["  does not apply", " told"],
    ]
    assert fitted_to_real_cloud(jobs[:1], "recording", said.append, None)[0].requirements == (
        replace(needs, cloud_half="")
    )
    with pytest.raises(BadInput, match="none of the 1 cases can run there"):
        fitted_to_real_cloud(jobs[2:], "recording", said.append, None)
