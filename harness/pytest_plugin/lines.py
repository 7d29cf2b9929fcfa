"""Bad input is one line in a test session, as it is on the command."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harness.errors import BadInput


@contextmanager
def in_one_line() -> Iterator[None]:
    """What a user gave wrongly fails the test with the line that says so, without a traceback."""
    __tracebackhide__ = True
    try:
        yield
    except BadInput as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
