"""Bounds calls of Playwright's that have no time limit of their own.

Reading a page, or writing a trace, waits for the driver's answer however long that takes. Once in
some thousand cases the driver forgets the answer (seen: a trace of which only a part was written).
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from harness.errors import DriverError


@contextmanager
def bounded(seconds: float, attempted: str) -> Iterator[None]:
    """Gives the calls of the block up after some time; use it in the browser's thread.

    Args:
        seconds: wall seconds for the whole block.
        attempted: what the block does, for the error.

    Raises:
        DriverError: they took longer.
    """
    loop = asyncio.get_running_loop()
    others = asyncio.all_tasks(loop)
    is_late = False

    def give_up() -> None:
        nonlocal is_late
        is_late = True
        for task in asyncio.all_tasks(loop) - others:
            task.cancel()

    timer = loop.call_later(seconds, give_up)
    try:
        yield
    except asyncio.CancelledError:
        if not is_late:
            raise
        why = f"the browser's driver gave no answer within {seconds:g} s"
        raise DriverError(attempted, why) from None
    finally:
        timer.cancel()
