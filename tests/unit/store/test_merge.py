"""Shards of one run become one; runs that do not belong together do not."""

from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.store import layout
from harness.store import merge as merging
from harness.store import request as request_file
from harness.store import results as results_file
from harness.store.request import RequestedFile, RunRequest
from harness.store.results import CaseResult, ConfluenceResult, Results, RowResult


def a_run(folder: Path, *ids: str, digest: str = "d1", engine: str = "local") -> Path:
    request = RunRequest(
        files=(RequestedFile(path=folder / "cases.yaml", sha256=digest),),
        shard=f"{len(folder.name)}/9",
        settings={"engine": "auto", "confluence": "standin", "time_scale": 200},
    )
    request_file.write(request, folder)
    cases = []
    for name in ids:
        (folder / name).mkdir()
        (folder / name / "page.png").write_text(f"picture of {name}")
        cases.append(
            CaseResult(
                id=name,
                dark_features={},
                axes={},
                ccma="3.9.6",
                expected=RowResult(status="ABSENT"),
                verdict="passed",
                reason="as made up",
                artifacts={"screenshot": f"{name}/page.png"},
                seconds={"total": 1.0},
            )
        )
    results = Results(
        schema=1,
        run=folder.name,
        engine=engine,
        confluence=ConfluenceResult(image="standin", ccma="3.9.6"),
        time_scale=200,
        started="2026-01-01T00:00:00Z",
        seconds=len(ids),
        cases=tuple(cases),
    )
    results_file.write(results, folder / layout.RESULTS)
    return folder


def merge(into: Path, *folders: Path) -> Results:
    return merging.write([merging.read(folder) for folder in folders], into)


def test_cases_and_artefacts_of_all_shards_are_there(tmp_path: Path) -> None:
    one, two = a_run(tmp_path / "one", "b", "c"), a_run(tmp_path / "second", "a")
    merge(tmp_path / "all", one, two)
    found = results_file.read(tmp_path / "all" / layout.RESULTS)
    assert [case.id for case in found.cases] == ["a", "b", "c"]
    assert (found.run, found.seconds, found.totals["passed"]) == ("all", 2, 3)
    for case in found.cases:
        picture = tmp_path / "all" / case.artifacts["screenshot"]
        assert picture.read_text() == f"picture of {case.id}"
    assert merging.read(tmp_path / "all").request.shard is None


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"digest": "d2"}, "not parts of one run"),
        ({"engine": "docker"}, "results of two engines"),
    ],
)
def test_runs_that_do_not_belong_together(tmp_path: Path, other: dict[str, str], told: str) -> None:
    one, two = a_run(tmp_path / "one", "a"), a_run(tmp_path / "second", "b", **other)
    with pytest.raises(BadInput, match=told):
        merge(tmp_path / "all", one, two)
    assert not (tmp_path / "all").exists()


def test_a_case_that_ran_twice(tmp_path: Path) -> None:
    one, two = a_run(tmp_path / "one", "a"), a_run(tmp_path / "second", "a")
    with pytest.raises(BadInput, match="a ran in both"):
        merge(tmp_path / "all", one, two)


def test_what_is_no_run_and_what_is_in_the_way(tmp_path: Path) -> None:
    one = a_run(tmp_path / "one", "a")
    with pytest.raises(BadInput, match="not a run's folder"):
        merge(tmp_path / "all", one, tmp_path / "nothing")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(BadInput, match="not empty"):
        merge(tmp_path / "full", one)
