"""What a run would do on a Confluence that somebody else runs, in words; nothing of it is done."""

from collections.abc import Iterator

from harness.drivers.confluence import dark_features
from harness.environment.attach import AttachedStack
from harness.planning.attached import Abilities
from harness.plugin_jar.read import read_plugin
from harness.runner.jobs import Job, abilities_for, fitted, jobs_of
from harness.runner.request import RunPlan
from harness.support.console import Progress


def what_would_be(work: RunPlan, attached: AttachedStack, progress: Progress) -> Iterator[str]:
    """Each change that the cases would make, and what it would be put back to.

    Args:
        work: the run as requested.
        attached: the server.
        progress: takes lines about jars that are built, and about cases that cannot run there.

    Raises:
        BadInput: no case can run there.
    """
    stack = attached.stack
    assert stack.remote
    jobs = jobs_of(work.cases, work.settings, progress)
    there = abilities_for(jobs, stack, stack.remote)
    jobs = [job for job in fitted(jobs, stack.requirements, there, progress) if not job.refused]
    yield "would be done, and put back:"
    with stack.client() as client:
        on = dark_features.site(client)
    for key in sorted({key for job in jobs for key in job.case.dark_features}):
        yield f"  dark feature {key}: set for each case; is {'on' if key in on else 'off'} now"
    yield from sorted({_of_the_app(job, there) for job in jobs})
    if stack.cloud.tells:
        yield "  the stub: its migrations, transfers and faults forgotten before each case"
    if there.own_cloud_app and jobs:
        yield f"  the stub's site: {jobs[0].app.cloud.key} put on it"
    plans = "the named plan run again" if there.plan else "a plan made, run and deleted"
    yield f"would run, {plans} for each:"
    for job in jobs:
        yield f"  {job.case.id}"


def _of_the_app(job: Job, there: Abilities) -> str:
    facts = read_plugin(job.jar).facts
    key, version = facts.key or job.app.server.key, facts.version or ""
    found = there.installed.get(key)
    if found is None:
        return f"  app {key}: {version} installed, and removed at the end"
    if found.version != version:
        return f"  app {key}: {version} installed; {found.version} put back from --app-before"
    state = "as it is" if found.enabled else "enabled, and disabled again at the end"
    return f"  app {key}: {version} is there and used {state}"
