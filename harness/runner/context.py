"""Where a run's jobs run, and who hears of it."""

from dataclasses import dataclass
from pathlib import Path

from harness.engines.ready import Ready
from harness.environment.attach import AttachedStack
from harness.lifecycle.runs import Run
from harness.settings import Settings
from harness.store.events import EventLog
from harness.support.console import Progress


@dataclass(frozen=True)
class RunContext:
    """Where jobs run, and who hears of it.

    Attributes:
        settings: where and how.
        ready: the engine.
        run: the run that owns everything.
        events: called when a case starts and ends.
        progress: takes lines about stacks.
        folder: where results go.
        name: the prefix of the stacks' names, which differ within a run.
        attached: the one stack to run on, where that is given.
        is_kept: whether the folder stays where it is after the run, so that a user can look there.
        again: the command that runs the run's cases again; empty where there is none.
    """

    settings: Settings
    ready: Ready
    run: Run
    events: EventLog
    progress: Progress
    folder: Path
    name: str = "stack"
    attached: AttachedStack | None = None
    is_kept: bool = True
    again: str = ""
