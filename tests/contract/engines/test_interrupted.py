"""An interrupt between the start of a service and the note of who ends it leaves nothing."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from harness.engines import docker
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


@contextmanager
def made(client: Any, *names: str, **labels: str) -> Iterator[None]:
    """Volumes with these labels, which are gone in the end whatever becomes of them."""
    for name in names:
        client.volumes.create(name, labels=labels)
    try:
        yield
    finally:
        for each in client.volumes.list():
            if each.name in names:
                each.remove(force=True)


@pytest.mark.engine("docker")
def test_a_volume_that_came_back_without_labels_goes_with_its_container(ready: Ready) -> None:
    """As Docker makes one anew for a container that is made after its volume was removed."""
    client, label = ready.client, {"mh-test": uuid.uuid4().hex}
    assert client is not None
    ours, theirs, shared = (
        f"{each}-test-{label['mh-test']}" for each in ("mh", "somebodys", "mh-archive")
    )
    mounts = {name: {"bind": f"/{name}", "mode": "rw"} for name in (ours, theirs, shared)}
    with made(client, theirs), made(client, shared, archive="a golden home"):
        client.containers.create(ready.images["cloud"], labels=label, volumes=mounts)
        assert ours in {each.name for each in client.volumes.list()}

        docker.remove(client, {"label": [f"mh-test={label['mh-test']}"]})

        left = {each.name for each in client.volumes.list()}
        assert {ours, theirs, shared} & left == {theirs, shared}
