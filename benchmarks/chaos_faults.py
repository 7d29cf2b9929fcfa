"""Carries out the faults of a plan on one run, and takes back what it did.

Only what belongs to the run is touched: processes are found by the state folder that is the
run's own, disks are small file systems of the run's own, and the clock that moves is that of the
command alone.
"""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from benchmarks.chaos_docker import Containers, is_in, make_networks
from benchmarks.chaos_plan import BRING_UP, Fault
from benchmarks.chaos_session import end_session
from benchmarks.deaths import WORDS
from harness.environment.services.names import CONTROL_TOKEN
from harness.lifecycle.runs import OWNER_VARIABLE

_APPEARS_WITHIN = 15.0
_REQUEST_WITHIN = 10.0
_CPU_PROCESSES = 3
_DISK_MB = {"state": 96, "results": 48}
_BUSY = "import time; end = time.monotonic() + {}\nwhile time.monotonic() < end: pass"


@dataclass
class Surroundings:
    """The folders and disks of one run, and what is done to them.

    Args:
        root: the run's own folder, empty.
        owner: what the processes of the run are marked with.
    """

    root: Path
    owner: str
    has_disks: bool = False
    pids: set[int] = field(default_factory=set)

    def folder(self, name: str) -> Path:
        """`state`, `results`, `clock` or `tmp`."""
        path = self.root / name
        path.mkdir(exist_ok=True)
        return path

    @property
    def containers(self) -> Containers:
        """Those of the run."""
        return Containers(self.owner)

    @property
    def clock(self) -> Path:
        """The file with the seconds by which the command's clock is wrong."""
        return self.folder("clock") / "offset"

    def processes(self, part: str = ".") -> Iterator[psutil.Process]:
        """The processes of the run of one part; of all parts without one."""
        pattern, containers = WORDS.get(part, part), self.containers.ids()
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                line = " ".join(process.cmdline()) + " "
                if not re.search(pattern, line):
                    continue
                if is_in(process, containers):
                    yield process
                elif self._is_ours(process):
                    self.pids.add(process.pid)
                    yield process

    def _is_ours(self, process: psutil.Process) -> bool:
        # A renderer writes its title over its environment.
        for each in (process, *process.parents()):
            with suppress(psutil.Error, OSError):
                environment = each.environ()
                if OWNER_VARIABLE in environment:
                    return environment[OWNER_VARIABLE] == self.owner
        return False

    def strike(self, fault: Fault, is_over: Callable[[], bool]) -> str:
        """Carries out a fault; what was done, or why nothing was.

        Args:
            fault: the fault.
            is_over: whether the run has ended, after which there is nothing to wait for.
        """
        time.sleep(fault.delay)  # part of the plan: how far into the phase it strikes
        if fault.kind in ("kill", "stop"):
            return self._signal(fault, is_over)
        if fault.kind == "session":
            port = self._port("confluence")
            return end_session(port, _REQUEST_WITHIN, is_over) if port else "no Confluence"
        if fault.kind == "route":
            return self._route(fault)
        if fault.kind == "disk":
            return self._fill(fault, is_over)
        if fault.kind == "cpu":
            return _take_cpu(fault.seconds)
        if fault.kind == "network":
            return make_networks(fault.seconds, is_over)
        return self.move_clock(fault.part)

    def _signal(self, fault: Fault, is_over: Callable[[], bool]) -> str:
        end = time.monotonic() + (_APPEARS_WITHIN if fault.phase == BRING_UP else 0.5)
        while not (found := list(self.processes(fault.part))):
            if time.monotonic() > end or is_over():
                return f"no {fault.part} to be found"
            time.sleep(0.05)
        number = signal.SIGKILL if fault.kind == "kill" else signal.SIGSTOP
        struck = [each.pid for each in found if _sent(each, number)]
        if fault.kind != "kill":
            _pause(fault.seconds, is_over)
            for each in found:
                _sent(each, signal.SIGCONT)
        return f"{number.name} to {fault.part} {struck}"

    def _route(self, fault: Fault) -> str:
        if (port := self._port("cloud")) is None:
            return "no cloud to be found"
        url = f"http://127.0.0.1:{port}/_harness/faults"
        try:
            token = {"Authorization": f"Bearer {self._token()}"}
            answer = httpx.post(url, json=fault.rule, headers=token, timeout=10, trust_env=False)
        except httpx.HTTPError as error:
            return f"no cloud answered: {error}"
        return f"{answer.status_code} for the fault"

    def _port(self, service: str) -> int | None:
        """The plain port of a service of the newest stack."""
        files = sorted(self.folder("state").glob(f"runs/*/*/{service}/ports.json"), key=_age)
        if not files:
            return self.containers.port(service)
        return int(json.loads(files[-1].read_text())["http"])

    def _token(self) -> str:
        """The control token of the newest stack."""
        files = sorted(self.folder("state").glob(f"runs/*/*/cloud/files/{CONTROL_TOKEN}"), key=_age)
        return files[-1].read_text() if files else self.containers.token()

    def _fill(self, fault: Fault, is_over: Callable[[], bool]) -> str:
        if not self.has_disks:
            return self._limit_files(fault, is_over)
        filler = self.folder(fault.part) / "filler"
        try:
            with filler.open("wb", buffering=0) as file, suppress(OSError):
                while True:
                    file.write(bytes(1 << 16))
            _pause(fault.seconds, is_over)
        finally:
            filler.unlink(missing_ok=True)
        return f"the disk with the {fault.part} was full"

    def _limit_files(self, fault: Fault, is_over: Callable[[], bool]) -> str:
        """Where no file system can be mounted, the services may not write a byte for a while."""
        limited = [*self.processes("jvm"), *self.processes("cloud")]
        for each in limited:
            with suppress(OSError):
                resource.prlimit(each.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        _pause(fault.seconds, is_over)
        for each in limited:
            with suppress(OSError):
                unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
                resource.prlimit(each.pid, resource.RLIMIT_FSIZE, unlimited)
        return f"{len(limited)} services could not write"

    def move_clock(self, offset: str) -> str:
        """Makes the command's wall clock wrong by some seconds."""
        scratch = self.clock.with_name("part")
        scratch.write_text(offset)
        scratch.replace(self.clock)
        return f"the wall clock is wrong by {offset} s"


@contextmanager
def surroundings(root: Path, owner: str) -> Iterator[Surroundings]:
    """The surroundings of one run, with small disks where they can be mounted."""
    made = Surroundings(root, owner)
    mounted = []
    try:
        for name, size in _DISK_MB.items():
            mount = ["mount", "-t", "tmpfs", "-o", f"size={size}m", "chaos", made.folder(name)]
            if os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0:
                mounted.append(made.folder(name))
        made.has_disks = len(mounted) == len(_DISK_MB)
        yield made
    finally:
        for path in mounted:
            subprocess.run(["umount", "--lazy", path], check=False)


def _take_cpu(seconds: float) -> str:
    busy = [
        subprocess.Popen([sys.executable, "-c", _BUSY.format(seconds)])
        for _ in range(_CPU_PROCESSES)
    ]
    for each in busy:
        each.wait()
    return f"{_CPU_PROCESSES} busy processes"


def _pause(seconds: float, is_over: Callable[[], bool]) -> None:
    """Lets a fault last; a run that has ended has no use for it."""
    end = time.monotonic() + seconds
    over = threading.Event()
    while (left := end - time.monotonic()) > 0 and not is_over():
        over.wait(min(left, 0.1))


def _sent(process: psutil.Process, number: signal.Signals) -> bool:
    try:
        process.send_signal(number)
    except psutil.Error:
        return False
    return True


def _age(path: Path) -> float:
    return path.stat().st_mtime
