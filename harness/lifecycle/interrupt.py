"""Ctrl-C, SIGTERM and SIGHUP end a command in order, once.

The first signal raises KeyboardInterrupt wherever the command is, in an event loop between two of
its turns, so that every block is left through its clean-up; further ones are ignored, so that the
clean-up is not cut short. Any error after that is a consequence of the interrupt, and does not
change how the command ends.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

from harness.support.console import Progress

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_AGAIN_SECONDS = 0.05
"""Wall seconds until an interrupt comes again, where a destructor or a loop swallowed it."""

_PATIENCE = 5
"""How often it comes again before a loop's turn is left in its middle."""


@dataclass
class Stop:
    """How a command was interrupted, if it was.

    Attributes:
        came: the signal; None while none has come.
        advice: what the user can do after an interrupt, as the command's last line.
    """

    came: signal.Signals | None = None
    advice: str = ""


@contextmanager
def orderly(progress: Progress) -> Iterator[Stop]:
    """Within the block, the first signal interrupts and the rest wait for the clean-up.

    Args:
        progress: takes a line when a signal comes, and the advice at the end.

    Raises:
        SystemExit: a signal came; by the shell's convention with 128 and its number.
    """
    stop = Stop()
    with interrupting(stop, progress):
        try:
            yield stop
        except BaseException:
            if stop.came is None:
                raise
        if stop.came is None:
            return
    if stop.advice:
        progress(stop.advice)
    raise SystemExit(128 + stop.came) from None


@contextmanager
def interrupting(stop: Stop, progress: Progress) -> Iterator[None]:
    """Within the block, the first signal raises KeyboardInterrupt and later ones do nothing.

    Signals reach the main thread only; in another thread the block is an ordinary one.

    Args:
        stop: where the signal is noted.
        progress: takes a line when it comes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def swallowed(unraisable: "sys.UnraisableHookArgs") -> None:
        # A library that is interrupted within its own start is collected half-made, with noise.
        if stop.came is None:
            shown(unraisable)
        elif unraisable.exc_type is KeyboardInterrupt:
            once.is_raised = False
            once.come_again(stop.came)

    once = _Once(stop, progress)
    shown, sys.unraisablehook = sys.unraisablehook, swallowed
    before = {each: signal.signal(each, once.come) for each in _SIGNALS}
    try:
        yield
    finally:
        for timer in once.again:
            timer.cancel()
            timer.join()
        for each, handler in before.items():
            signal.signal(each, handler)
        sys.unraisablehook = shown


@dataclass
class _Once:
    """Raises KeyboardInterrupt for the first signal, and for no other."""

    stop: Stop
    progress: Progress
    is_raised: bool = False
    again: list[threading.Timer] = field(default_factory=list)
    """One for each time that a signal was to come again."""

    def come(self, number: int, frame: FrameType | None) -> None:
        """Handles a signal."""
        _ignore()
        if self.stop.came is None:
            self.stop.came = signal.Signals(number)
            _let_go_of_lost_terminal()
            with suppress(RuntimeError):  # it came in the middle of a line that is being written
                self.progress(f"{self.stop.came.name}: removing what this run made ...")
        loop = _loop_of(frame)
        if loop is None or len(self.again) >= _PATIENCE:
            self.interrupt()
        else:
            # Within a turn of a loop, such as that of a browser's driver, half is done: a call is
            # sent whose answer nobody would expect. The loop is left before its next turn, unless
            # this one lasts, as that of a test does which waits for a row within a loop.
            loop.call_soon_threadsafe(self.interrupt)
            self.come_again(self.stop.came)

    def come_again(self, number: signal.Signals) -> None:
        """Has the signal come once more, soon."""
        signal.signal(number, self.come)
        self.again.append(threading.Timer(_AGAIN_SECONDS, os.kill, (os.getpid(), number)))
        self.again[-1].start()

    def interrupt(self) -> None:
        """Raises, unless it has been done; within a `deferred` block, at its end."""
        if self.is_raised or self.stop.came is None:
            return
        if signal.getsignal(self.stop.came) not in (self.come, signal.SIG_IGN):
            signal.raise_signal(self.stop.came)
            return
        self.is_raised = True
        _ignore()
        raise KeyboardInterrupt


@contextmanager
def deferred() -> Iterator[None]:
    """A signal that comes within the block takes effect at its end.

    Otherwise nothing would wait for a thread, browser or process whose start was interrupted.
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
        # Also where the block failed: what it was starting may have had the signal, too.
        for number in came[:1]:
            signal.raise_signal(number)


def _ignore() -> None:
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)


def _loop_of(frame: FrameType | None) -> asyncio.AbstractEventLoop | None:
    """The event loop that runs the frame; None for code outside, which a loop may wait for."""
    while frame:
        if frame.f_code is asyncio.BaseEventLoop.run_forever.__code__:
            with suppress(RuntimeError):  # it begins or ends just now
                return asyncio.get_running_loop()
            return None
        frame = frame.f_back
    return None


def _let_go_of_lost_terminal() -> None:
    """Discards output once its terminal is closed: each write to it would be an error."""
    for stream in (1, 2):
        try:
            os.write(stream, b"")
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream)
            os.close(nowhere)
