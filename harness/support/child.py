"""Runs a program to its end, out of reach of the terminal's Ctrl-C.

A key at the terminal goes to every process of its foreground group. A child that got it would end
in its own way and time, beside the harness, which then sees a failure instead of an interrupt.
"""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

BROWSER_DRIVER = "run-driver"
"""Part of the command line of every driver of Playwright's."""


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    merged: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Runs a command in a session of its own and returns its end with all its output.

    When the harness is interrupted meanwhile, the command and what it started are killed.

    Args:
        command: the program and its arguments.
        env: its whole environment: no child gets this process's.
        cwd: the folder to run it in.
        merged: whether its errors are put among its output.
    """
    with subprocess.Popen(
        [str(word) for word in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if merged else subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            output, errors = process.communicate()
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors or "")
