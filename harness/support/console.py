"""Says what is happening while something long goes on: a line at its start and at its end."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Protocol

from harness.support.printable import printable


class Volume(IntEnum):
    """How much a command says beside its results and errors."""

    QUIET, NORMAL, VERBOSE = range(3)


_volume = [Volume.NORMAL]


def set_volume(to: Volume) -> None:
    """Sets how much this process says; the command does so once, from its options."""
    _volume[0] = to


def volume() -> Volume:
    """How much this process says."""
    return _volume[0]


class Progress(Protocol):
    """Where lines about what is happening go."""

    def __call__(self, line: str, /) -> None:
        """Takes one line, without its line end."""


def to_stderr(line: str) -> None:
    """Writes the line to standard error, so that standard output stays for results.

    It may quote a log, a page or a jar, so secrets and terminal codes are left out.
    """
    # Made when the first line is: `harness --help` has none.
    from harness.redaction import without_secrets

    print(printable(without_secrets(line)), file=sys.stderr, flush=True)  # noqa: T201 - this is the place that prints


def say(line: str) -> None:
    """Writes a line about what is happening to standard error, unless the user wants quiet."""
    if _volume[0] > Volume.QUIET:
        to_stderr(line)


@contextmanager
def step(progress: Progress, what: str) -> Iterator[None]:
    """Reports `what` when it begins, and how many wall seconds it took when it ends well."""
    progress(f"{what} ...")
    begun = time.monotonic()
    yield
    progress(f"{what}: {time.monotonic() - begun:.1f} s")
