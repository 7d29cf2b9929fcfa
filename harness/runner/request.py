"""What the arguments of `harness run` mean: which cases, settings and earlier results."""

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from harness.cases import Case, Suite, read_suite
from harness.cases.app import Overrides
from harness.cases.selection import compile_expression, nearest
from harness.cases.strength import parsed
from harness.cases.version import as_version
from harness.diagnosis.causes import BY_ID
from harness.environment import golden
from harness.environment.attach import AttachedStack
from harness.errors import BadInput
from harness.report.case_text import short
from harness.runner.fitting import check_apps, fitted_engine
from harness.runner.recordings import check_recordings
from harness.settings import (
    DECLARED,
    REAL,
    STANDIN,
    STUB,
    Settings,
    check_cloud,
    check_cloud_of_stack,
    kept_by_a_run,
    resolve,
)
from harness.store import layout
from harness.store import request as request_file
from harness.store import results as results_file
from harness.store.request import RunRequest
from harness.store.results import CaseResult
from harness.support.suggest import did_you_mean
from harness.vocabulary import features


@dataclass(frozen=True)
class Selection:
    """Options that decide which cases run."""

    strength: str | None = None
    locate: bool = False
    select: str | None = None
    shard: str | None = None


@dataclass(frozen=True)
class RunPlan:
    """A run as requested: everything is settled and nothing has begun.

    Attributes:
        settings: where and how.
        suites: the case files.
        cases: those that are selected.
        part: which shard of how many; None for all.
        request: what is kept beside the results.
        folder: of the run that is resumed; None for a new one.
        earlier: those of its results that are kept.
        said: lines about cases that were left out, and what looks mistaken.
    """

    settings: Settings
    suites: Sequence[Suite]
    cases: Sequence[Case]
    part: tuple[int, int] | None
    request: RunRequest
    folder: Path | None = None
    earlier: tuple[CaseResult, ...] = ()
    said: tuple[str, ...] = ()


def settings_of(
    flags: Mapping[str, Any], resume: Path | None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """The settings of a run, before its cases are known.

    Args:
        flags: settings given on the command line.
        resume: folder of a run to go on with, whose settings come first.
        environ: the environment.

    Raises:
        BadInput: one is wrong, or they do not go together.
    """
    kept = None
    if resume is not None:
        folder = resume.parent if resume.is_file() else resume
        kept = request_file.read(folder).settings
    settings = resolve(flags, environ, run=kept).settings
    check_cloud(settings)
    return settings


def plan_run(
    files: Sequence[Path],
    flags: Mapping[str, Any],
    selection: Selection,
    resume: Path | None,
    attached: AttachedStack | None,
    environ: Mapping[str, str] = os.environ,
    overrides: Overrides = MappingProxyType({}),
) -> RunPlan:
    """Settles what a run is to do.

    Args:
        files: the case files; none where a run is resumed.
        flags: settings given on the command line.
        selection: options that decide which cases run.
        resume: folder of a run to go on with.
        attached: the stack to run on, where that is given.
        environ: the environment.
        overrides: what the command line says in place of app.yaml; a resumed run keeps its own.

    Raises:
        BadInput: anything wrong in them; nothing was started.
    """
    if resume is not None:
        return _resumed(resume, files, flags, selection, environ, attached, overrides)
    if not files:
        raise BadInput("name a case file, or a run by --resume")
    if attached and not attached.stack.remote:
        flags = _of_stack(flags, attached)
    settings = resolve(flags, environ).settings
    if attached and settings.has_real_cloud and not attached.stack.remote:
        check_cloud_of_stack(settings)  # whether it is connected is to be seen there
    else:
        check_cloud(settings)
    if attached and settings.workers > 1:
        raise BadInput("cases on one stack share its flags and its cloud: only one worker can run")
    suites, cases, said = _cases(files, selection, settings, attached)
    check_apps((case.app for case in cases), overrides)
    chosen: list[str] = []
    settings = fitted_engine(settings, (case.app for case in cases), overrides, chosen.append)
    check_recordings(settings, cases, attached=attached is not None)
    request = RunRequest(
        files=request_file.files_of(files),
        strength=selection.strength,
        locate=selection.locate,
        select=selection.select,
        shard=selection.shard,
        settings=kept_by_a_run(settings),
        overrides=overrides,
    )
    part = part_of(selection.shard)
    return RunPlan(settings, suites, cases, part, request, said=(*said, *chosen))


def command_again(request: RunRequest) -> str:
    """The command that runs a run's cases again, in settings that decide as much."""
    words = ["harness", "run", *(short(file.path) for file in request.files)]
    words += ["--strength", request.strength] if request.strength else []
    words += ["--locate"] if request.locate else []
    for name, value in request.overrides.items():
        words += ["--set", f"{name}={value}"]
    # What is usual depends on where: the stand-in's time runs fast, any other's does not.
    where = request.settings.get("confluence") or Settings().confluence
    usual = kept_by_a_run(Settings(confluence=where)) | {"confluence": Settings().confluence}
    for name, value in request.settings.items():
        if value != usual.get(name) and value is not None:
            number = isinstance(value, float)
            words += [DECLARED[name].flag, f"{value:g}" if number else str(value)]
    return shlex.join(words)


def check_executor(executor: str, scheduler: str | None, *, alone: bool) -> None:
    """Refuses options about a cluster that do not go together.

    Args:
        executor: where cases run.
        scheduler: the cluster's address.
        alone: whether no option is given that works only on this machine.

    Raises:
        BadInput: says what is missing or too much.
    """
    if executor not in ("here", "dask"):
        raise BadInput(f"--executor {executor!r}: write `here` or `dask`")
    if (executor == "dask") != (scheduler is not None):
        raise BadInput("--executor dask and --scheduler ADDRESS go together: name both")
    if scheduler is not None and not alone:
        raise BadInput("--executor dask: --stack, --resume and --shrink work here only")


def part_of(shard: str | None) -> tuple[int, int] | None:
    """The numbers in `--shard I/N`; None where all cases run.

    Raises:
        BadInput: the text has another form.
    """
    if shard is None:
        return None
    number, slash, of = shard.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal()):
        raise BadInput(f"--shard {shard!r}: write I/N, such as 1/4")
    return int(number), int(of)


def _of_stack(flags: Mapping[str, Any], attached: AttachedStack) -> Mapping[str, Any]:
    """The flags, with what the attached stack has already decided.

    Raises:
        BadInput: a flag asks for something else.
    """
    stack = attached.stack
    has: dict[str, str | float] = {"engine": stack.engine.name, "time_scale": stack.scale}
    if stack.confluence == STANDIN:
        has["ccma"] = stack.ccma
    else:
        has |= {"confluence": stack.confluence, "cloud": STUB if stack.cloud.tells else REAL}
    for name, value in has.items():
        if flags.get(name) not in (None, value):
            option = DECLARED[name].flag
            raise BadInput(
                f"--stack: the stack has {option} {value}, so it cannot be {flags[name]}"
            )
    return {**flags, **has}


def _resumed(
    resume: Path,
    files: Sequence[Path],
    flags: Mapping[str, Any],
    selection: Selection,
    environ: Mapping[str, str],
    attached: AttachedStack | None,
    overrides: Overrides,
) -> RunPlan:
    folder = resume.parent if resume.is_file() else resume
    if files or overrides or selection != Selection():
        raise BadInput(
            "--resume: the run already has its case files and its selection of cases: "
            "leave files, -k, --strength, --locate, --shard, --jar and --set out"
        )
    request = request_file.read_to_resume(folder)
    for name, value in request.settings.items():
        if flags.get(name) not in (None, value):
            has = f"{DECLARED[name].flag} {value}" if value else f"no {DECLARED[name].flag}"
            raise BadInput(f"--resume: the run has {has}; run it anew for another")
    settings = resolve(flags, environ, run=request.settings).settings
    selection = Selection(request.strength, request.locate, request.select, request.shard)
    paths = [file.path for file in request.files]
    suites, cases, said = _cases(paths, selection, settings, attached)
    check_recordings(settings, cases, attached=attached is not None)
    written = folder / layout.RESULTS
    earlier = results_file.read(written).cases if written.is_file() else ()
    # A case that ended in an error has no verdict yet.
    stand = tuple(result for result in earlier if result.verdict != "error")
    part = part_of(selection.shard)
    return RunPlan(settings, suites, cases, part, request, folder, stand, said)


def _check_causes(suite: Suite) -> None:
    """Refuses a known bug that names a cause which nothing can prove.

    Raises:
        BadInput: with its line, and the nearest right name.
    """
    for n, bug in enumerate(suite.file.known_bugs):
        if bug.cause is not None and bug.cause not in BY_ID:
            hint = did_you_mean(bug.cause, BY_ID)
            raise suite.source.error(
                f"known bug {bug.id!r}: no cause is called {bug.cause!r}{hint}; docs/causes.md has "
                "them all",
                *("known_bugs", n, "cause"),
            )


def _doubted_features(suite: Suite) -> Iterator[str]:
    """Warnings of dark features that are nearly one of app migration's, with their lines."""
    for name, axis in suite.file.axes.items():
        if axis.dark_feature and (doubt := features.doubt(axis.dark_feature)):
            yield f"warning: {suite.source.error(doubt, 'axes', name, 'dark_feature')}"


def _cases(
    files: Sequence[Path],
    selection: Selection,
    settings: Settings,
    attached: AttachedStack | None,
) -> tuple[list[Suite], list[Case], tuple[str, ...]]:
    """The suites whose coverage can be told, the chosen cases, and what is to be said of them."""
    strength = parsed(selection.strength, selection.locate)
    suites = [
        read_suite(file, strength=strength, locate=selection.locate, ccma=settings.ccma)
        for file in files
    ]
    for suite in suites:
        _check_causes(suite)
    said = tuple(line for suite in suites for line in _doubted_features(suite))
    if settings.is_standin:
        chosen = [case for suite in suites for case in suite.cases]
    else:
        # A server that is not a stand-in has the version it has; an image's is not known yet.
        version = _version(settings, attached)
        own = [as_version(suite, version) for suite in suites]
        chosen = [case for each in own for case in each.cases]
        said += tuple(line for each in own for line in each.said)
        suites = [suite for suite, each in zip(suites, own, strict=True) if not each.said]
    if selection.select is not None:
        matches = compile_expression(selection.select)
        every = [case.id for case in chosen]
        chosen = [case for case in chosen if matches(case.id)]
        if not chosen:
            raise BadInput(
                f"-k {selection.select!r} matches no case of {', '.join(map(str, files))}; "
                f"{nearest(selection.select, every)}"
            )
    return suites, chosen, said


def _version(settings: Settings, attached: AttachedStack | None) -> str | None:
    if attached:
        known: str | None = attached.stack.ccma
    else:
        known = golden.read(settings.golden).ccma if settings.golden else None
    return None if known == "unknown" else known
