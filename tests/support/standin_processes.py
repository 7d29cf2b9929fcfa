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
from harness.wait import wait_for


@dataclass(frozen=True)
class StandIn:
    """A stand-in that runs as a process of this machine."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]


@contextmanager
def run_standin(
    built: Path, home: Path, variables: Mapping[str, str], properties: Sequence[str] = ()
) -> Iterator[StandIn]:
    """Start a stand-in on free ports, with properties of its JVM, and end it with the block."""
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
    with output.open("ab") as out:
        process = subprocess.Popen(
            [
                *(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"),
                *(f"-D{each}" for each in properties),
                *("-jar", built / "standin.jar"),
            ],
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=home,
        )
    with ended(process):
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


def await_running(url: str) -> None:
    """Wait until a stand-in is RUNNING."""
    with httpx.Client(base_url=url, trust_env=False) as anyone:
        startup_checks.await_running(anyone, within=60)
