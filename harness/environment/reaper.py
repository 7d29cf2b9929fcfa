"""Removes what dead runs left behind: containers, processes, folders, shared memory."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import docker
import psutil

from harness.engines import docker_clones, shared_memory
from harness.engines.docker import OWNER_LABEL, RUN_LABEL, remove
from harness.lifecycle import runs
from harness.support.child import BROWSER_DRIVER

_GRACE_SECONDS = 5.0
_LOADED_SECONDS = 1.0


@dataclass(frozen=True)
class Removed:
    """What a sweep removed, by kind, as names for people."""

    containers: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    shared_memory: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [*self.containers, *self.processes, *self.folders, *self.shared_memory]
        return ", ".join(parts) or "nothing"


def sweep(client: docker.DockerClient | None) -> Removed:
    """Removes all debris of this user's dead runs on this machine.

    Args:
        client: Docker's, or None where no engine answers.
    """
    if client:
        docker_clones.forget_orphans(client)
    dead_here = [run for run in runs.known() if not runs.is_alive(run)]
    named = {run.id for run in dead_here}
    if client:
        named |= {run_id for run_id in _labelled(client) if not runs.is_alive(runs.find(run_id))}
    named |= {run_id for _, run_id in _processes() if not runs.is_alive(runs.find(run_id))}
    return _merged(take_down(runs.find(run_id), client) for run_id in sorted(named))


def take_down(run: runs.Run, client: docker.DockerClient | None) -> Removed:
    """Removes everything that carries one run's id, alive or not."""
    processes = [process for process, run_id in _processes() if run_id == run.id]
    names = tuple(f"process {process.pid}" for process in processes)
    services = {*shared_memory.recorded(run.folder), *(process.pid for process in processes)}
    _end(processes)
    shared = tuple(
        str(path) for pid in sorted(services) for path in shared_memory.remove_stale(pid)
    )
    containers = remove(client, {"label": f"{RUN_LABEL}={run.id}"}) if client else []
    folders = (str(run.folder),) if runs.forget(run) else ()
    return Removed(tuple(containers), names, folders, shared)


@contextmanager
def nothing_left(run: runs.Run, client: docker.DockerClient | None) -> Iterator[None]:
    """Removes what is left of a run if the block is interrupted; a stack of `up` stays.

    An interrupt takes effect anywhere, even between the start of something and the note of who
    ends it; and it may come out of a library as another error.

    Args:
        run: the run that the block belongs to.
        client: Docker's, or None where the run is on local processes.
    """
    try:
        yield
    except BaseException:
        if not run.stack_file.exists():
            take_down(run, client)
        raise


def _labelled(client: docker.DockerClient) -> set[str]:
    mine: dict[str, str | list[str] | bool] = {"label": f"{OWNER_LABEL}={runs.owner_label()}"}
    found = [
        *(item.labels for item in client.containers.list(True, filters=mine, ignore_removed=True)),
        *((item.attrs.get("Labels") or {}) for item in client.volumes.list(filters=mine)),
        *((item.attrs.get("Labels") or {}) for item in client.networks.list(filters=mine)),
    ]
    return {labels[RUN_LABEL] for labels in found}


def _processes() -> Iterator[tuple[psutil.Process, str]]:
    """This owner's processes that carry a run's id, except this process and its ancestors.

    Another owner's are left alone: this process cannot see whether their runs are alive.
    """
    me, owner = psutil.Process(), runs.owner_label()
    spared = {me.pid, *(parent.pid for parent in me.parents())}
    for process in psutil.process_iter():
        try:
            environment = _environment(process, me)
        except (psutil.Error, OSError):
            continue
        run_id = environment.get(runs.RUN_VARIABLE)
        mine = environment.get(runs.OWNER_VARIABLE) == owner
        if run_id and mine and process.pid not in spared:
            yield process, run_id


def _environment(process: psutil.Process, me: psutil.Process) -> dict[str, str]:
    """A process's environment; Linux shows none while its program is being loaded.

    A child of ours may have been started a moment ago, and then shows it a moment later.
    """
    end = time.monotonic() + _LOADED_SECONDS
    while not (found := process.environ()) and time.monotonic() < end:
        if process.ppid() != me.pid or process.status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.001)
    return found


def _end(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            # A browser's driver has nothing to put in order, and waits for a browser that has gone.
            is_driver = BROWSER_DRIVER in process.cmdline()
            (process.kill if is_driver else process.terminate)()
    _, alive = psutil.wait_procs(processes, timeout=_GRACE_SECONDS)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=_GRACE_SECONDS)


def _merged(parts: Iterator[Removed]) -> Removed:
    every = list(parts)
    return Removed(
        tuple(name for part in every for name in part.containers),
        tuple(name for part in every for name in part.processes),
        tuple(name for part in every for name in part.folders),
        tuple(name for part in every for name in part.shared_memory),
    )
