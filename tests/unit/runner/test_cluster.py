"""What goes out to a cluster and what comes back, on a dask cluster within this process."""

import io
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from distributed import Client

from harness.cases import Case, load
from harness.cases import app as apps
from harness.cases.app import AppDescription
from harness.errors import BadInput
from harness.planning.requirements import StackRequirements
from harness.runner import cluster
from harness.runner.cluster_events import Heard
from harness.runner.jobs import Job
from harness.runner.outcome import broken
from harness.settings import Settings
from harness.store import results as results_file
from harness.store.events import Event
from harness.store.layout import RESULTS
from harness.store.results import CaseResult, ConfluenceResult, Results

CASES = load(Path(__file__).parents[3] / "fixtures/cases/seed.yaml")[:2]
ENTRIES = {"name": "Charts", "server": {"key": "charts-plugin", "jar": "x.jar"}}


@dataclass
class Kept:
    """A book of results that keeps them in memory."""

    results: list[CaseResult] = field(default_factory=list)

    def add(self, result: CaseResult) -> None:
        """Takes a result."""
        self.results.append(result)


def job(folder: Path, case: Case = CASES[0], **changed: Any) -> Job:
    """A job whose app lies in a folder, with a jar that was built elsewhere."""
    folder.mkdir(exist_ok=True)
    jar = folder / "built-1.0.jar"
    jar.write_bytes(b"a jar")
    described = AppDescription.model_validate(ENTRIES | {"cloud": {"key": "charts"}} | changed)
    needs = StackRequirements("3.1.7", 200.0, (), described.cloud_half)
    return Job(case, described, jar, needs)


def packed_run(*cases: Case) -> bytes:
    """What a worker sends back of some cases: results, and a file of each."""
    made = Results(
        schema=1,
        run="there",
        engine="local",
        confluence=ConfluenceResult(image="standin", ccma="3.1.7"),
        time_scale=200,
        started=datetime(2026, 1, 1, tzinfo=UTC),
        seconds=1.0,
        cases=tuple(broken(case, "3.1.7", "tried there") for case in cases),
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results_file.write(made, folder / RESULTS)
        for n, _ in enumerate(cases):
            (folder / f"case-{n}").mkdir()
            (folder / f"case-{n}" / "page.png").write_text(f"picture {n}")
        return cluster._zipped(folder)


def context(folder: Path) -> Any:
    """Where a run's results go, and where it may unpack what comes."""
    run = SimpleNamespace(scratch=folder)
    return SimpleNamespace(folder=folder / "run", run=run, is_kept=True, again="")


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A client of a scheduler with one worker, all in this process."""
    made: Any = Client
    with made(
        processes=False, n_workers=1, threads_per_worker=1, dashboard_address=":0"
    ) as connected:
        yield connected


def test_an_app_goes_out_as_a_folder_that_can_be_loaded(tmp_path: Path) -> None:
    site = tmp_path / "content.yaml"
    site.write_text("spaces: []\n")
    sent = job(tmp_path / "app", site=str(site))

    part = cluster._part([sent], Settings(), "topic")

    [(name, content)] = part.apps.items()
    assert [str(case.app) for case in part.cases] == [name]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path / "there")
    loaded = apps.load(tmp_path / "there")
    assert loaded.server.jar == Path("built-1.0.jar")
    assert (tmp_path / "there" / "built-1.0.jar").read_bytes() == b"a jar"
    assert loaded.site is not None
    assert loaded.site.read_text() == "spaces: []\n"


def test_cases_of_one_app_send_it_once(tmp_path: Path) -> None:
    jobs = [job(tmp_path / "app", case) for case in CASES]
    part = cluster._part(jobs, Settings(), "topic")
    assert len(part.apps) == 1
    assert [case.id for case in part.cases] == [case.id for case in CASES]


def test_a_cloud_half_that_is_a_program_is_not_sent(tmp_path: Path) -> None:
    ace = {"cloud": {"kind": "ace", "key": "charts", "source": "cloud"}}
    with pytest.raises(BadInput, match="not sent to a cluster"):
        cluster._part([job(tmp_path / "app", **ace)], Settings(), "topic")


def test_a_runs_folder_comes_back_whole(tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    with zipfile.ZipFile(io.BytesIO(packed_run(*CASES))) as archive:
        archive.extractall(there)

    results = cluster._unpacked(cluster._zipped(there), here, tmp_path)

    assert [each.id for each in results] == [case.id for case in CASES]
    assert (here / "case-1" / "page.png").read_text() == "picture 1"
    assert not (here / RESULTS).exists()  # the book writes that of the whole run


def test_results_are_taken_as_they_come_and_a_part_that_fails_is_an_error(
    client: Any, tmp_path: Path
) -> None:
    jobs = [job(tmp_path / "app", case) for case in CASES]

    def failing() -> bytes:
        raise ValueError("no room on the disk")

    futures = {
        client.submit(packed_run, CASES[0]): jobs[:1],
        client.submit(failing): jobs[1:],
    }
    told: list[Event] = []
    kept = Kept()
    book: Any = kept

    cluster._collect(futures, book, context(tmp_path), Heard(told.append))

    reasons = {each.id: each.reason for each in kept.results}
    assert reasons[CASES[0].id] == "tried there"
    assert "no room on the disk" in reasons[CASES[1].id]
    assert {each.verdict for each in kept.results} == {"error"}
    assert sorted(event.case for event in told) == sorted(case.id for case in CASES)
    assert (tmp_path / "run" / "case-0" / "page.png").is_file()


def test_a_case_that_a_lost_worker_had_begun_says_so(client: Any, tmp_path: Path) -> None:
    heard, kept = Heard(lambda _: None), Kept()
    for worker in ("tcp://one", "tcp://two"):
        begun = asdict(Event("case-started", case=CASES[0].id))
        heard((0.0, {"worker": worker, "event": begun}))
    book: Any = kept

    futures = {client.submit(packed_run, CASES[0], pure=False): [job(tmp_path / "app")]}
    cluster._collect(futures, book, context(tmp_path), heard)

    [result] = kept.results
    assert result.reason == "tried there"
    assert result.rerun_after is not None
    assert "tcp://one" in result.rerun_after


def test_without_the_extra_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadInput, match=r"migration-harness\[dask\]"):
        cluster._connect("tcp://127.0.0.1:1")
