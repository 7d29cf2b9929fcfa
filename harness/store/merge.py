"""Puts the results of a run's shards together, as if one machine had run all of it."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import BadInput
from harness.store import request as request_file
from harness.store import results as results_file
from harness.store.request import RunRequest
from harness.store.results import CaseResult, ConfluenceResult, Results


@dataclass(frozen=True)
class Part:
    """One run of those that are put together."""

    folder: Path
    request: RunRequest
    results: Results


def read(folder: Path) -> Part:
    """Reads a run's folder.

    Raises:
        BadInput: there is no run, or none with results.
    """
    return Part(
        folder, request_file.read(folder), results_file.read(folder / results_file.FILE_NAME)
    )


def check(parts: Sequence[Part]) -> None:
    """Refuses runs that do not belong together.

    Raises:
        BadInput: says which two, and why.
    """
    first = parts[0]
    ran: dict[str, Part] = {}
    for part in parts:
        if part.request.fingerprint != first.request.fingerprint:
            raise BadInput(
                f"{part.folder} and {first.folder} are not parts of one run: case files, selection "
                "or settings differ"
            )
        if part.results.engine != first.results.engine:
            raise BadInput(
                f"{part.folder} ran on {part.results.engine}, {first.folder} on "
                f"{first.results.engine}: results of two engines are not one run's"
            )
        for case in part.results.cases:
            if case.id in ran:
                raise BadInput(f"{case.id} ran in both {ran[case.id].folder} and {part.folder}")
            ran[case.id] = part


def merged(parts: Sequence[Part], name: str) -> Results:
    """The results of all parts; seconds are the longest part's, since they ran side by side.

    What they reach together is not told by what each reached; see `harness.suite_result`.

    Args:
        parts: runs that `check` has let pass.
        name: the run's id from now on.
    """
    every = [part.results for part in parts]
    cases: list[CaseResult] = [case for each in every for case in each.cases]
    versions = {case.ccma for case in cases}
    return Results(
        schema=1,
        run=name,
        engine=every[0].engine,
        confluence=ConfluenceResult(
            image=every[0].confluence.image, ccma=versions.pop() if len(versions) == 1 else None
        ),
        time_scale=every[0].time_scale,
        started=min(each.started for each in every),
        seconds=max(each.seconds for each in every),
        cases=tuple(sorted(cases, key=lambda case: case.id)),
        stacks_saved=sum(each.stacks_saved for each in every),
    )


def write(parts: Sequence[Part], into: Path) -> Results:
    """Writes a run's folder with the results and artefacts of all parts.

    Args:
        parts: the runs.
        into: the folder; made, and empty if it is there.

    Raises:
        BadInput: the runs do not belong together, or the folder is not empty; nothing is written.
    """
    check(parts)
    if into.exists() and any(into.iterdir()):
        raise BadInput(f"{into} is not empty: name a new folder by --into")
    results = merged(parts, into.name)
    for part in parts:
        for folder in (each for each in part.folder.iterdir() if each.is_dir()):
            shutil.copytree(folder, into / folder.name, dirs_exist_ok=True)
    request_file.write(parts[0].request.model_copy(update={"shard": None}), into)
    results_file.write(results, into / results_file.FILE_NAME)
    return results
