"""Stand-ins as processes of this machine, for tests of what only a stand-in can be asked for."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from harness.drivers.confluence import startup_checks
from harness.engines import shared_memory
from harness.engines.toolchain import find as find_toolchain
from harness.wait import wait_for


@dataclass(frozen=True)
class StandIn:
    """A stand-in that runs as a process of this machine."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]


@contextmanager
def run_standin(
    built: Path,
    home: Path,
    variables: Mapping[str, str],
    properties: Sequence[str] = (),
    *,
    scale: int = 1,
    ahead: float = 0,
) -> Iterator[StandIn]:
    """Start a stand-in on free ports, with properties of its JVM, and end it with the block.

    Args:
        built: the folder of the built stand-in.
        home: its home.
        variables: of its environment, beside those for its ports.
        properties: of its JVM.
        scale: server seconds per wall second.
        ahead: server seconds by which its clock begins ahead, as that of one that ran before.
    """
    java = shutil.which("java")
    assert java
    ports, output = home / "ports.json", home / "output.txt"
    environment = {
        "PATH": os.environ["PATH"],
        "CONFLUENCE_HOME": str(home),
        "STANDIN_HTTP_PORT": "0",
        "STANDIN_SYNCHRONY_PORT": "0",
        "STANDIN_BIND": "127.0.0.1",
        "STANDIN_PORTS_FILE": str(ports),
        **variables,
    }
    ports.unlink(missing_ok=True)
    command = [
        *(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"),
        *(f"-D{each}" for each in properties),
        *("-jar", str(built / "standin.jar")),
    ]
    if scale != 1:
        environment |= {"FAKETIME": f"{ahead:+f} x{scale}", "STANDIN_TIME_SCALE": str(scale)}
        command = shared_memory.under(find_toolchain().faketime, command)
    with output.open("ab") as out:
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=home,
        )
    with ended(process), _no_shared_memory(process.pid):
        yield StandIn(await_port(process, ports, output), home, process)


def await_port(process: subprocess.Popen[bytes], ports: Path, output: Path) -> str:
    """Wait for a process's ports file and return the URL of its plain port."""
    address = wait_for(
        f"{ports.name} to be written",
        lambda: json.loads(ports.read_text()) if ports.exists() else None,
        within=60,
        alive=lambda: None if process.poll() is None else f"exited with {process.poll()}",
        log_tail=lambda: "\n".join(output.read_text(errors="replace").splitlines()[-40:]),
        service=str(process.args),
    )
    return f"http://127.0.0.1:{address['http']}"


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a process with the block."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _no_shared_memory(pid: int) -> Iterator[None]:
    """Removes what libfaketime leaves of a process."""
    try:
        yield
    finally:
        shared_memory.remove(pid)


def await_running(url: str) -> None:
    """Wait until a stand-in is RUNNING."""
    with httpx.Client(base_url=url, trust_env=False) as anyone:
        startup_checks.await_running(anyone, within=60)
