"""Puts the results of a run's shards together, as if one machine had run all of it."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import BadInput
from harness.store import layout
from harness.store import request as request_file
from harness.store import results as results_file
from harness.store.request import RunRequest
from harness.store.results import CaseResult, ConfluenceResult, Results


@dataclass(frozen=True)
class Shard:
    """One of the runs that are merged."""

    folder: Path
    request: RunRequest
    results: Results


def read(folder: Path) -> Shard:
    """Reads a run's folder.

    Raises:
        BadInput: there is no run, or it has no results.
    """
    return Shard(folder, request_file.read(folder), results_file.read(folder / layout.RESULTS))


def check(shards: Sequence[Shard]) -> None:
    """Refuses runs that do not belong together.

    Raises:
        BadInput: says which two, and why.
    """
    first = shards[0]
    ran: dict[str, Shard] = {}
    for shard in shards:
        if shard.request.fingerprint != first.request.fingerprint:
            raise BadInput(
                f"{shard.folder} and {first.folder} are not parts of one run: case files, "
                "selection or settings differ"
            )
        if shard.results.engine != first.results.engine:
            raise BadInput(
                f"{shard.folder} ran on {shard.results.engine}, {first.folder} on "
                f"{first.results.engine}: results of two engines do not make one run"
            )
        for case in shard.results.cases:
            if case.id in ran:
                raise BadInput(f"{case.id} ran in both {ran[case.id].folder} and {shard.folder}")
            ran[case.id] = shard


def merged(shards: Sequence[Shard], name: str) -> Results:
    """The results of all shards; seconds are the longest shard's, since they ran side by side.

    What they reach together does not follow from what each reached; see `harness.checker.reached`.

    Args:
        shards: runs that `check` has let pass.
        name: the run's id from now on.
    """
    every = [shard.results for shard in shards]
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


def write(shards: Sequence[Shard], into: Path) -> Results:
    """Writes a run's folder with the results and artefacts of all shards.

    Args:
        shards: the runs.
        into: the folder; made, and empty if it is there.

    Raises:
        BadInput: the runs do not belong together, or the folder is not empty; nothing is written.
    """
    check(shards)
    if into.exists() and any(into.iterdir()):
        raise BadInput(f"{into} is not empty: name a new folder by --into")
    results = merged(shards, into.name)
    layout.make_folder(into)
    for shard in shards:
        for folder in (each for each in shard.folder.iterdir() if each.is_dir()):
            shutil.copytree(folder, into / folder.name, dirs_exist_ok=True)
    request_file.write(shards[0].request.model_copy(update={"shard": None}), into)
    results_file.write(results, into / layout.RESULTS)
    return results
