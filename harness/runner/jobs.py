"""Jobs: cases with everything that they need made ready, and who runs them in which order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from harness.cases import Case
from harness.cases import app as apps
from harness.cases.app import AppDescription, Overrides
from harness.engines.app_builds import server_jar
from harness.environment.remote import Remote
from harness.environment.stack import Stack
from harness.errors import BadInput
from harness.planning import requirements, schedule
from harness.planning.attached import Abilities, Obstacle, obstacle, obstacle_of_real_cloud
from harness.planning.requirements import StackRequirements
from harness.plugin_jar.read import read_plugin
from harness.runner.fitting import check_keys
from harness.settings import Settings
from harness.store.evidence import CloudWitness
from harness.support.console import Progress


@dataclass(frozen=True)
class Job:
    """A case with everything that it needs made ready."""

    case: Case
    app: AppDescription
    jar: Path
    requirements: StackRequirements
    refused: str | None = None
    """Why it ends as an error without being run: nothing there would show what it rests on."""


def jobs_of(
    cases: Sequence[Case],
    settings: Settings,
    progress: Progress,
    overrides: Overrides = MappingProxyType({}),
) -> list[Job]:
    """Reads each case's app and builds its jar.

    Args:
        cases: the cases.
        settings: where and how.
        progress: takes lines about what is built, and about what will not fit.
        overrides: what the command line says in place of app.yaml.

    Raises:
        BadInput: an app's description, sources or jar are wrong, or a case wants what the
            Confluence cannot show.
    """
    described = {case.app: apps.load(case.app, overrides) for case in cases}
    jars = {path: server_jar(path, app, progress) for path, app in described.items()}
    for path, app in described.items():
        check_keys(path, app, jars[path], progress)
    return [
        Job(
            case,
            described[case.app],
            jars[case.app],
            _requirements(case, described[case.app], settings),
        )
        for case in cases
    ]


def _requirements(case: Case, app: AppDescription, settings: Settings) -> StackRequirements:
    scale = case.time_scale or settings.scale
    return requirements.of_case(case, app, settings.ccma_for(case.ccma), scale)


def scheduled(jobs: Sequence[Job], workers: int) -> tuple[list[list[Job]], int]:
    """Who runs what, in order, and how many new stacks the order saves over that of the files.

    Raises:
        BadInput: two cases have one id.
    """
    by_id = {job.case.id: job for job in jobs}
    plan = schedule.split(
        [requirements.to_schedule(job.case, job.requirements) for job in jobs],
        requirements.SETTINGS,
        workers,
    )
    lists = [[by_id[each.id] for each in part] for part in plan.workers if part]
    return lists, plan.restarts_saved


def shard(jobs: Sequence[Job], number: int, of: int) -> list[Job]:
    """The jobs of one shard of a run, the same on every machine.

    Raises:
        BadInput: there is no such shard.
    """
    every = [requirements.to_schedule(job.case, job.requirements) for job in jobs]
    chosen = {each.id for each in schedule.shard(every, requirements.SETTINGS, number, of)}
    return [job for job in jobs if job.case.id in chosen]


def abilities_for(jobs: Sequence[Job], stack: Stack, remote: Remote) -> Abilities:
    """What a server can do for these jobs: on the stub's site somebody may have their app already.

    Args:
        jobs: those that were selected.
        stack: the attached one.
        remote: what is known of it.
    """
    there = {str(each["key"]) for each in stack.cloud.apps()}
    own = stack.cloud.tells and not any(job.app.cloud.key in there for job in jobs)
    return replace(remote.abilities, own_cloud_app=own)


def fitted(
    jobs: Sequence[Job], stack: StackRequirements, there: Abilities, said: Progress
) -> list[Job]:
    """The jobs that apply to a Confluence that somebody else runs, with what it is.

    Args:
        jobs: those that were selected.
        stack: what the server is.
        there: what it can do.
        said: takes a line for each case that is left out or cannot be judged.

    Raises:
        BadInput: none applies, or two want different cloud halves.
    """

    def hinders(job: Job) -> Obstacle | None:
        facts = read_plugin(job.jar).facts
        jar = (facts.key or job.app.server.key, facts.version or "")
        return obstacle(job.case, job.app, jar, there)

    def needs(job: Job) -> StackRequirements:
        return replace(stack, cloud_half=job.app.cloud_half if there.own_cloud_app else "")

    fit = _fitting(jobs, hinders, needs, said)
    if len({job.requirements for job in fit if not job.refused}) > 1:
        raise BadInput("the cases want different cloud halves on the stub's site: select by -k")
    return fit


def fitted_to_real_cloud(
    jobs: Sequence[Job], witness: CloudWitness, said: Progress, stack: StackRequirements | None
) -> list[Job]:
    """The jobs that apply to a stack of the harness's own that talks to the real cloud.

    Args:
        jobs: those that were selected.
        witness: what tells what the cloud recorded.
        said: takes a line for each case that is left out or cannot be judged.
        stack: what the stack is, where it is up already; its version is the image's own.

    Raises:
        BadInput: none applies.
    """

    def needs(job: Job) -> StackRequirements:
        # No cloud half of ours is in such a stack: the site has the vendor's own.
        own = replace(job.requirements, cloud_half="")
        return replace(own, ccma=stack.ccma) if stack else own

    return _fitting(jobs, lambda job: obstacle_of_real_cloud(job.case, witness), needs, said)


def _fitting(
    jobs: Sequence[Job],
    hinders: Callable[[Job], Obstacle | None],
    needs: Callable[[Job], StackRequirements],
    said: Progress,
) -> list[Job]:
    """The jobs that apply, each with what it needs there; the others are said.

    Raises:
        BadInput: none applies.
    """
    fit: list[Job] = []
    for job in jobs:
        found = hinders(job)
        if found:
            word = "cannot be judged" if found.applies else "does not apply"
            said(f"  {word}: {job.case.id}: {found.why}")
        if found is None or found.applies:
            refused = found.why if found else None
            fit.append(replace(job, requirements=needs(job), refused=refused))
    if not fit:
        raise BadInput(
            f"none of the {len(jobs)} cases can run there: each is named above, with why"
        )
    return fit


def check_suited(stack: StackRequirements, jobs: Sequence[Job]) -> None:
    """Refuses jobs that need a different stack from the attached one.

    Raises:
        BadInput: says how many, and why the first.
    """
    unfit = [job for job in jobs if job.requirements != stack]
    if unfit:
        first = unfit[0]
        raise BadInput(
            f"--stack: {len(unfit)} of {len(jobs)} cases need another stack, such as "
            f"{first.case.id}: {stack.difference(first.requirements)}; select others by -k"
        )
