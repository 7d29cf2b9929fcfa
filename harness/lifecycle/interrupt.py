"""Ctrl-C and SIGTERM end a command in order, once.

The first signal raises KeyboardInterrupt wherever the command is, so that every block is left
through its clean-up; further ones are ignored, so that the clean-up is not cut short.
"""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from harness.support.console import Progress

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def orderly(progress: Progress) -> Iterator[None]:
    """Within the block, the first signal interrupts and the rest wait for the clean-up.

    Raises:
        SystemExit: a signal came; by the shell's convention with 128 and its number.
    """
    came = signal.SIGINT

    def once(number: int, _: FrameType | None) -> None:
        nonlocal came
        came = signal.Signals(number)
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        # A library that is interrupted within its own start is collected half-made, with noise.
        sys.unraisablehook = lambda _: None
        progress(f"{came.name}: removing what this run made ...")
        raise KeyboardInterrupt

    before = {each: signal.signal(each, once) for each in _SIGNALS}
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(128 + came) from None
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def deferred() -> Iterator[None]:
    """A signal that comes within the block takes effect at its end.

    A thread whose start is interrupted runs on without being anybody's: nobody waits for it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is interrupted
        return
    came: list[int] = []
    before = {each: signal.signal(each, lambda number, _: came.append(number)) for each in _SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    for number in came[:1]:
        signal.raise_signal(number)
