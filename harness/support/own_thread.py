"""A thread of its own for work that must not be done in the caller's.

Playwright's sync API runs an event loop in the thread that it is used from, for as long as it
lives. In a test's thread neither `asyncio.run` nor another Playwright could begin then.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Protocol, Self, TypeVar

T = TypeVar("T")


class Hands(Protocol):
    """Does a piece of work, here or in another thread, and returns what it returns."""

    def __call__(self, work: Callable[[], T], /) -> T:
        """Does the work; what it raises is raised."""


def here(work: Callable[[], T]) -> T:
    """Does the work in this very thread."""
    return work()


_LOOK_UP_SECONDS = 1.0
"""Wall seconds after which whoever waits looks for signals."""


def _nothing() -> None: ...


class OwnThread:
    """Does one piece of work after the other in a thread of its own; the caller waits.

    Whoever waits may be interrupted, and the thread cannot be: then `give_up` is called with the
    interrupt, has to end what the work waits for, and the interrupt goes on when that has ended.
    """

    def __init__(self) -> None:
        self.give_up: Callable[[BaseException], object] = lambda _: None
        self._executor = ThreadPoolExecutor(1, "harness")
        # Now, since an interrupt of a thread's start would leave one that the executor forgets.
        self._executor.submit(_nothing).result()

    def __call__(self, work: Callable[[], T]) -> T:
        """Does the work there.

        Args:
            work: what to do; it may not call this thread again.

        Raises:
            BaseException: what the work raised, with its own traceback.
        """
        __tracebackhide__ = True
        try:
            future = self._executor.submit(work)
            while not future.done():
                # Not once for all: a signal that comes just before a wait does not end it.
                wait([future], timeout=_LOOK_UP_SECONDS)
            error = future.exception()
        except BaseException as interrupt:  # of whoever waits: Ctrl-C, or a test's time limit
            self.give_up(interrupt)
            self._executor.submit(_nothing).result()  # all that was begun before has ended
            raise
        if error is not None:
            # Without the executor's own line, so that a failing test shows its own and ours.
            raise error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)
        return future.result()

    def close(self) -> None:
        """Ends the thread, when its work is done."""
        self._executor.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
