"""An interrupt between the start of a service and the note of who ends it leaves nothing."""

import pytest

from harness.engines.ready import Ready
from harness.engines.service import Engine
from harness.environment import reaper
from harness.environment.services.cloud import cloud
from harness.environment.tls import Authority
from harness.lifecycle import runs


def interrupted(ready: Ready, *, standing: bool) -> tuple[runs.Run, reaper.Removed]:
    """A run that is interrupted just after it started the cloud, and what was left of it."""
    began: list[tuple[runs.Run, Engine]] = []

    def begin() -> None:
        with runs.open_run() as run, reaper.nothing_left(run, ready.client):
            engine = ready.open(run, "stack-1")
            began.append((run, engine))
            engine.start(cloud(ready.images.get("cloud", ""), "here", Authority(), 1.0))
            if standing:
                run.stack_file.write_text("{}")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begin()
    [(run, engine)] = began
    left = reaper.take_down(run, ready.client)
    engine.close()  # has nothing left to end, but its own handles
    return run, left


def test_nothing_is_left(ready: Ready) -> None:
    run, left = interrupted(ready, standing=False)

    assert left == reaper.Removed()
    assert not run.folder.exists()


def test_a_stack_that_was_left_standing_stays(ready: Ready) -> None:
    run, left = interrupted(ready, standing=True)

    assert left.containers or left.processes
    assert str(run.folder) in left.folders
