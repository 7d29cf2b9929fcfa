"""A command in a terminal of its own, so that a key reaches all that is in its foreground."""

import os
import pty
import re
import select
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

CTRL_C = b"\x03"

_PARTS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+")
_LINE_UP, _ERASE_LINE = "\x1b[1A", "\x1b[2K"


@dataclass
class Terminal:
    """A command that was started at a terminal; closing the block ends what is left of it."""

    pid: int
    master: int
    text: str = field(default="", init=False)
    status: int | None = field(default=None, init=False)
    closed: bool = field(default=False, init=False)

    @classmethod
    def start(cls, words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Self:
        """Starts a command as the leader of a new session at a new terminal."""
        pid, master = pty.fork()
        if pid == 0:
            os.chdir(folder)
            os.execvpe(words[0], list(words), dict(environment))  # noqa: S606 - no shell is meant
        return cls(pid, master)

    def read(self, *, until: str | None = None, within: float) -> bool:
        """Reads what the command says, until a text came or it ended.

        Args:
            until: the text; None waits for the end.
            within: wall seconds.

        Returns:
            Whether that happened in time.
        """
        deadline = time.monotonic() + within
        while (left := deadline - time.monotonic()) > 0:
            if until is not None and until in self.text:
                return True
            if self.ended():
                return until is None or until in self.text
            if self.closed:
                time.sleep(min(left, 0.02))
            elif select.select([self.master], [], [], min(left, 0.05))[0]:
                with suppress(OSError):  # the terminal's other end is closed
                    self.text += os.read(self.master, 65536).decode(errors="replace")
        return False

    def ended(self) -> bool:
        """Whether the command has ended; what it said last is read then."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid == 0:
                return False
            self.status = os.waitstatus_to_exitcode(status)
            with suppress(OSError):
                while not self.closed and select.select([self.master], [], [], 0)[0]:
                    if not (chunk := os.read(self.master, 65536)):
                        break
                    self.text += chunk.decode(errors="replace")
        return True

    def press(self, key: bytes) -> None:
        """Presses a key: Ctrl-C reaches every process in the terminal's foreground group."""
        os.write(self.master, key)

    def signal_group(self, number: signal.Signals) -> None:
        """Sends a signal to the whole foreground group, as a terminal that is closed does."""
        os.killpg(os.tcgetpgrp(self.master), number)

    def close(self) -> None:
        """Closes the terminal: the system sends SIGHUP, and each write there is an error."""
        os.close(self.master)
        self.closed = True

    @property
    def screen(self) -> list[str]:
        """The lines that a person sees in the end, but for empty ones."""
        lines, row = [""], 0
        for part in _PARTS.findall(self.text):
            if part == "\n":
                row += 1
                lines += [""] * (row + 1 - len(lines))
            elif part == _LINE_UP:
                row = max(0, row - 1)
            elif part in ("\r", _ERASE_LINE):
                lines[row] = "" if part == _ERASE_LINE else lines[row]
            elif not part.startswith("\x1b"):
                lines[row] += part
        return [line.rstrip() for line in lines if line.strip()]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if not self.closed:
            os.close(self.master)
