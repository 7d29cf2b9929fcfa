"""Ctrl-C and SIGTERM end a command in order, once.

The first signal raises KeyboardInterrupt wherever the command is, so that every block is left
through its clean-up; further ones are ignored, so that the clean-up is not cut short.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from harness.progress import Progress

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def orderly(progress: Progress) -> Iterator[None]:
    """Within the block, the first signal interrupts and the rest wait for the clean-up."""

    def once(number: int, _: FrameType | None) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        progress(f"{signal.Signals(number).name}: removing what this run made ...")
        raise KeyboardInterrupt(number)

    before = {each: signal.signal(each, once) for each in _SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def exit_status(interrupt: KeyboardInterrupt) -> int:
    """The shell's convention for a command that a signal ended."""
    number = interrupt.args[0] if interrupt.args else signal.SIGINT
    return 128 + int(number)
