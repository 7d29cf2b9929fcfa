"""Runs cases on a dask cluster: parts of the schedule go out, results and artefacts come back.

Each worker brings up its own stacks on its own machine, as `harness run` there would. What it
needs is sent along: the cases, and the apps as built jars. A part whose worker dies is run again
by another; what the dead one left is removed by the next run on its machine.
"""

import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from harness.cases import Case
from harness.cases.app import DESCRIPTION
from harness.environment import reaper
from harness.environment.services.confluence import prepared
from harness.errors import BadInput
from harness.lifecycle import runs
from harness.runner.cluster_events import Heard, teller
from harness.runner.context import RunContext
from harness.runner.jobs import Job, jobs_of, scheduled
from harness.runner.outcome import broken
from harness.runner.results_book import Book
from harness.runner.run import run_jobs
from harness.runner.worker import finished
from harness.settings import Settings, resolve
from harness.store import results as results_file
from harness.store.events import Event, EventLog
from harness.store.layout import EVENTS, RESULTS
from harness.store.results import CaseResult, Results
from harness.support.console import to_stderr

_ANSWER_SECONDS = 5
_TRIES = 3


@dataclass(frozen=True)
class ClusterPart:
    """What one worker is asked to do.

    Attributes:
        cases: in the order of the schedule; each names its app by a key of `apps`.
        apps: name -> zip of a folder with `app.yaml` and the jar.
        settings: where and how; engine `auto` is decided by the worker.
        topic: of dask's events, on which the worker reports its progress.
    """

    cases: tuple[Case, ...]
    apps: Mapping[str, bytes]
    settings: Settings
    topic: str


def run_part(part: ClusterPart) -> bytes:
    """Runs a part on this machine; called by a worker of the cluster.

    Returns:
        Zip of the run's folder.

    Raises:
        HarnessError: nothing could be run here.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for app, content in part.apps.items():
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                archive.extractall(folder / "apps" / app)
        cases = [replace(case, app=folder / "apps" / str(case.app)) for case in part.cases]
        # Each machine decides for itself where its Docker engine is.
        here = {"docker_socket": resolve({}, os.environ).settings.docker_socket}
        settings = part.settings.model_copy(update={"workers": 1, "keep": False, **here})
        with runs.open_run() as run, prepared(settings, to_stderr) as ready:
            reaper.sweep(ready.client)
            place = RunContext(
                settings,
                ready,
                run,
                EventLog(folder / "run" / EVENTS, [teller(part.topic)]),
                to_stderr,
                folder / "run",
                is_kept=False,
            )
            run_jobs(jobs_of(cases, settings, to_stderr), place)
        return _zipped(folder / "run")


def run_on_cluster(jobs: Sequence[Job], place: RunContext, scheduler: str) -> Results:
    """Runs jobs on a dask cluster and writes their results, as `run_jobs` does here.

    Args:
        jobs: what to run; results come in the same order.
        place: where results go, and who listens.
        scheduler: the scheduler's address, such as `tcp://host:8786`.

    Raises:
        BadInput: no scheduler answers, it has no workers, an app cannot be sent, or the extra
            `dask` is not installed.
    """
    client = _connect(scheduler)
    try:
        workers = len(client.scheduler_info(n_workers=-1)["workers"])
        if not workers:
            raise BadInput(
                f"--scheduler {scheduler}: it has no workers; start some by `dask worker`"
            )
        lists, saved = scheduled(jobs, workers)
        topic = f"migration-harness {place.run.id}"
        parts = [_part(each, place.settings, topic) for each in lists]
        book = Book(jobs, place, ())
        place.events(Event("run-started", detail=f"{len(jobs)} cases", count=len(jobs)))
        place.progress(f"cluster: {len(parts)} parts for {workers} workers of {scheduler}")
        heard = Heard(place.events)
        client.subscribe_topic(topic, heard)
        futures = [client.submit(run_part, part, pure=False, retries=_TRIES) for part in parts]
        try:
            _collect(dict(zip(futures, lists, strict=True)), book, place, heard)
        finally:
            client.cancel(futures)
        results = book.results(max(saved, 0))
        results_file.write(results, place.folder / RESULTS)
        place.events(Event("run-finished", seconds=results.seconds))
        return results
    finally:
        client.close()


def _connect(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise BadInput(
            "--executor dask: the extra is not installed: pip install 'migration-harness[dask]'"
        ) from None
    try:
        made: Any = Client  # dask is not typed
        return made(scheduler, timeout=_ANSWER_SECONDS)
    except (OSError, ValueError) as error:
        answer = " ".join(str(error).split())
        raise BadInput(
            f"--scheduler {scheduler}: no dask scheduler answers there: {answer}"
        ) from None


def _part(jobs: Sequence[Job], settings: Settings, topic: str) -> ClusterPart:
    names = {job.case.app: f"app-{n}" for n, job in enumerate(jobs)}
    apps = {names[job.case.app]: _app(job) for job in jobs}
    cases = tuple(replace(job.case, app=Path(names[job.case.app])) for job in jobs)
    return ClusterPart(cases, apps, settings, topic)


def _app(job: Job) -> bytes:
    """The app as a folder of its own, zipped: its description, and its jar as built here."""
    if job.app.cloud.kind != "scripted":
        raise BadInput(
            f"{job.case.id}: its cloud half is a program of its own, which is not sent to a "
            "cluster; run this case here"
        )
    described = job.app.model_dump(mode="json", exclude_none=True)
    described["server"] = {"key": job.app.server.key, "jar": job.jar.name}
    if job.app.site:
        described["site"] = job.app.site.name
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DESCRIPTION, yaml.safe_dump(described))
        archive.write(job.jar, job.jar.name)
        if job.app.site:
            archive.write(job.app.site, job.app.site.name)
    return packed.getvalue()


def _collect(
    futures: Mapping[Any, Sequence[Job]], book: Book, place: RunContext, heard: Heard
) -> None:
    """Takes the results of parts as they come; a part that no worker could run gives errors."""
    from distributed import as_completed

    ended: Any = as_completed  # dask is not typed
    for future in ended(futures, raise_errors=False):
        if (error := future.exception()) is not None:
            reason = f"no worker of the cluster could run its part: {error}"
            results = [broken(job.case, job.requirements.ccma, reason) for job in futures[future]]
        else:
            results = list(_unpacked(future.result(), place.folder, place.run.scratch))
        for result in results:
            if worker := heard.lost(result.id):
                again = f"{worker}, a worker of the cluster that had begun it, was lost"
                result = result.model_copy(update={"rerun_after": again})
            book.add(result)
            heard.pass_on(finished(result, place))


def _unpacked(content: bytes, into: Path, scratch: Path) -> tuple[CaseResult, ...]:
    """Puts a part's artefacts into the run's folder; returns its results."""
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        folder = Path(name)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(folder)
        for each in (path for path in folder.iterdir() if path.is_dir()):
            shutil.copytree(each, into / each.name, dirs_exist_ok=True)
        return results_file.read(folder / RESULTS).cases


def _zipped(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return packed.getvalue()
