"""The command as a user runs it, and a way to wait for what it says."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness_command import Command


@pytest.fixture
def command(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Command]:
    """The command on the engine under test; whatever it leaves is removed at the end."""
    engine = request.config.getoption("--harness-engine") or "auto"
    command = Command(tmp_path / "state", tmp_path, engine)
    yield command
    command.end()


@pytest.fixture
def wait_for_line() -> Callable[["subprocess.Popen[str]", str], str]:
    """Reads a command's lines until one holds a text; fails when the command ends first."""

    def wait(process: "subprocess.Popen[str]", text: str) -> str:
        assert process.stderr is not None
        seen = []
        for line in process.stderr:
            seen.append(line)
            if text in line:
                return line
        pytest.fail(f"the command ended without {text!r}; it said:\n{''.join(seen)}")

    return wait
