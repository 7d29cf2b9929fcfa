"""What the proxy knows: the server's time, the case that runs, and what was said so far."""

import asyncio
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from harness.cassette import keeping
from harness.cassette.exchange import NO_CASE, Body, Exchange, Header, Line, Mark, Request, Response
from harness.cassette.files import written
from harness.cassette.player import Played, Player


class Desk:
    """Takes what is said, in order, and keeps it.

    Args:
        file: where lines are kept, for their owner only.
        header: the recording's first line.
        scale: server seconds per wall second.
        player: answers in the cloud's place; None where the cloud does.
    """

    def __init__(self, file: Path, header: Header, scale: float, player: Player | None) -> None:
        self.player, self._scale = player, scale
        self._case, self._base = NO_CASE, (time.time(), datetime.now(UTC))
        self._exchanges = 0
        self._lines: list[bytes] = []
        self._grown = asyncio.Event()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._file: IO[bytes] = os.fdopen(descriptor, "ab")
        self._keep(header)

    def server_time(self, wall: float) -> datetime:
        """The server's time at a moment of the machine's clock, in epoch seconds."""
        base, server = self._base
        return server + timedelta(seconds=(wall - base) * self._scale)

    def begin(self, case: str, at: datetime) -> None:
        """A case begins, at that server time."""
        self._case, self._base = case, (time.time(), at)
        if self.player:
            self.player.begin(case, at)
        self._keep(Mark(case, at))

    def play(self, request: Request, wall: float) -> Played:
        """What a request is answered from the recording."""
        assert self.player is not None
        return self.player.answer(request, self.server_time(wall))

    def keep(
        self,
        request: Request,
        response: Response,
        wall: float,
        removed: Sequence[str] = (),
        played: Played | None = None,
    ) -> None:
        """Keeps an exchange that began at that moment of the machine's clock."""
        self._exchanges += 1
        self._keep(
            Exchange(
                n=self._exchanges,
                case=self._case,
                at=self.server_time(wall),
                wall=datetime.fromtimestamp(wall, UTC),
                seconds=time.time() - wall,
                request=request,
                response=response,
                removed=tuple(removed),
                replayed=played.source if played else "",
                not_recorded=played.not_recorded if played else "",
            )
        )

    def since(self, number: int) -> tuple[bytes, int]:
        """The lines from a number on, as they stand in the file, and the number to go on from."""
        number = min(number, len(self._lines))
        lines = self._lines[number : number + _AT_ONCE]
        return b"".join(lines), number + len(lines)

    async def grown(self, number: int, seconds: float) -> None:
        """Waits, at most so many wall seconds, until there is a line with that number."""
        end = time.monotonic() + seconds
        while len(self._lines) <= number and (left := end - time.monotonic()) > 0:
            self._grown.clear()
            try:
                await asyncio.wait_for(self._grown.wait(), left)
            except TimeoutError:
                return

    def _keep(self, line: Line) -> None:
        raw = written([line])
        self._lines.append(raw)
        self._file.write(raw)
        self._file.flush()
        self._grown.set()


_AT_ONCE = 2000


def kept_request(
    method: str, url: str, media_type: str, content: bytes | None, size: int
) -> tuple[Request, list[str]]:
    """A request as it is kept, and the places that a secret was taken out of.

    Args:
        content: its body; None where that went past without being kept.
        size: the body's announced length then.
    """
    address, removed = keeping.address_of(url, "request")
    body, more = _body(content, size, media_type, "request")
    return Request(method, address, body, media_type.partition(";")[0]), removed + more


def kept_response(
    status: int, headers: dict[str, str], content: bytes | None
) -> tuple[Response, list[str]]:
    """An answer as it is kept, and the places that a secret was taken out of."""
    kept, removed = keeping.headers_of(headers, "response")
    length = headers.get("content-length", "")
    size = int(length) if length.isdecimal() else 0
    body, more = _body(content, size, kept.get("content-type", ""), "response")
    return Response(status, kept, body), removed + more


def _body(content: bytes | None, size: int, media_type: str, place: str) -> tuple[Body, list[str]]:
    if content is None:
        return keeping.left_out(size, ""), []
    return keeping.body_of(content, media_type, place)
