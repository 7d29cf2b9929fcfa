"""Runs the proxy that stands before a cloud app and keeps what it is sent."""

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from harness.engines.recorder_program import RecorderProgram
from harness.lifecycle import child_environment
from harness.wait import wait_for

_UP_WITHIN = 60.0
"""Wall seconds that the proxy has to listen in."""

_ENDS_WITHIN = 10.0
"""Wall seconds that the proxy has to end in."""


@dataclass(frozen=True)
class Tap:
    """What is tapped, and how.

    Attributes:
        to: address of the cloud app.
        host, port: where the proxy listens; 0 takes a free port.
        folder: where the recording is kept.
        trust: PEM of the CA of the app's certificate; None for the usual ones.
    """

    to: str
    host: str
    port: int
    folder: Path
    trust: Path | None = None


def command(program: RecorderProgram, tap: Tap, state: Path, name: str) -> list[str]:
    """The proxy's command line.

    Args:
        program: what it runs from.
        tap: what is tapped.
        state: folder for what it needs while it runs.
        name: of the recording's file.
    """
    words = [str(program.python), "-m", "harness.recorder", "tap", "--to", tap.to]
    words += ["--host", tap.host, "--port", str(tap.port), "--data", str(tap.folder)]
    words += ["--name", name, "--state", str(state), "--ports-file", str(state / "ports.json")]
    words += ["--of", json.dumps({"cloud app": tap.to})]
    return [*words, *(["--trust", str(tap.trust)] if tap.trust else [])]


def serve(program: RecorderProgram, tap: Tap, said: Callable[[str], None]) -> int:
    """Serves until stopped.

    Args:
        program: what the proxy runs from.
        tap: what is tapped.
        said: takes a line about where what is kept.

    Returns:
        The proxy's exit status.
    """
    name = f"tap-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    with tempfile.TemporaryDirectory(prefix="harness-tap-") as state:
        # In a session of its own, so that a Ctrl-C reaches it once, from here.
        process = subprocess.Popen(
            command(program, tap, Path(state), name),
            env={**child_environment.to_start(), "PYTHONPATH": str(program.modules)},
            start_new_session=True,
        )
        try:
            port = wait_for(
                "the proxy to listen",
                lambda: _announced(Path(state)),
                within=_UP_WITHIN,
                alive=lambda: _ended(process),
                service="the proxy",
            )
            said(
                f"http://{tap.host}:{port} leads to {tap.to}; each call is kept in {tap.folder} "
                "until Ctrl-C"
            )
            return process.wait()
        finally:
            _end(process)


def _announced(state: Path) -> int | None:
    try:
        return int(json.loads((state / "ports.json").read_text())["proxy"])
    except FileNotFoundError:
        return None


def _ended(process: subprocess.Popen[bytes]) -> str | None:
    status = process.poll()
    return None if status is None else f"exited with code {status}"


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
