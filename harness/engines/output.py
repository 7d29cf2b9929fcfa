"""What the services of a standing stack write, as it comes."""

import time
from collections.abc import Callable, Iterator

from harness.engines.attached import AttachedContainer
from harness.engines.service import Running

_LOOKS = 0.2
"""Wall seconds between two looks at a file that grows."""


def output(service: Running, lines: int, *, follow: bool) -> Iterator[str]:
    """The last lines of what a service writes, and all that comes then until it ends.

    Args:
        service: one of a stack that another command brought up.
        lines: how many of its last lines.
        follow: whether to go on.
    """
    if isinstance(service, AttachedContainer):
        came = service.container.logs(stream=True, follow=follow, tail=lines)
        yield from (part.decode(errors="replace") for part in came)
        return
    whole = service.output_tail(_ALL)
    yield "".join(whole.splitlines(keepends=True)[-lines:])
    if follow:

        def more(offset: int) -> bytes:
            return service.output_tail(_ALL).encode()[offset:]

        yield from growing(more, service.ended, len(whole.encode()))


_ALL = 10_000_000


def growing(
    read: Callable[[int], bytes], ended: Callable[[], str | None], offset: int
) -> Iterator[str]:
    """What is added to a file from an offset on, until its writer has ended.

    Args:
        read: gives the file from an offset on.
        ended: how its writer ended; None while it lives.
        offset: where to begin, in bytes.
    """
    while True:
        is_over = ended() is not None
        if content := read(offset):
            offset += len(content)
            yield content.decode(errors="replace")
        elif is_over:
            return
        else:
            time.sleep(_LOOKS)
