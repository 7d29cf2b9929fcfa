"""Reads Confluence's application log.

A record begins only where the line's timestamp pattern does; context lines (" -- url: ...") and
stack traces belong to the record before them. The file is rolled by size with numbered suffixes.
Source: reference/confluence-container.md section 5.1.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from harness.errors import BadInput

LOG_FILE = "logs/atlassian-confluence.log"
READY = "Confluence is ready to serve"

_TRIES = 3
"""How often a log that is rolled while it is read is read again."""

_TIME = "%Y-%m-%d %H:%M:%S,%f"
_HEAD = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?P<level>[A-Z]+) +"
    r"\[(?P<thread>.*?)\] \[(?P<logger>[^\]]*)\] (?P<rest>.*)",
)
_METHOD = re.compile(r"(?P<method>[\w$<>]+) (?P<message>.*)", re.DOTALL)
_CONTEXT = re.compile(r"^ -- ")


@dataclass(frozen=True)
class Record:
    """One record; `time` is the server's own local time, without a zone, as the log has it."""

    time: datetime
    level: str
    thread: str
    logger: str
    method: str
    message: str
    continuation: tuple[str, ...] = ()

    @property
    def context(self) -> str:
        """The request context (url, userName, ...), or an empty text."""
        return next((line[4:] for line in self.continuation if _CONTEXT.match(line)), "")

    @property
    def stack(self) -> tuple[str, ...]:
        """The lines of a stack trace or of a message that goes on over several lines."""
        return tuple(line for line in self.continuation if not _CONTEXT.match(line))


def parse(text: str) -> list[Record]:
    """Read records from text; lines before the first record (a cut one) are left out."""
    return list(records(text.splitlines()))


def records(lines: Iterable[str]) -> Iterator[Record]:
    """Read records from lines, one at a time; a record comes when the next one begins."""
    head: tuple[datetime, re.Match[str]] | None = None
    more: list[str] = []
    for line in lines:
        match = _HEAD.match(line)
        time = _time(match["time"]) if match else None
        if match is None or time is None:
            more.append(line)
            continue
        if head is not None:
            yield _record(*head, more)
        head, more = (time, match), []
    if head is not None:
        yield _record(*head, more)


def whole(read: Callable[[str], bytes]) -> bytes:
    """Return the whole log, rolled files first, so that an offset into it stays valid.

    Rolling moves text from the log to its first rolled file, and leaves the text of all of them
    together as it was; only what is deleted after the last one is lost.

    Args:
        read: gives a file of the home by its path, empty where there is none.
    """
    for _ in range(_TRIES):
        files = [read(LOG_FILE)]
        while rolled := read(f"{LOG_FILE}.{len(files)}"):
            files.append(rolled)
        if len(files) == 1 or not files[0] or not files[1].startswith(files[0]):
            break
        # It was rolled between two of these reads, so its newest file was not seen.
    return b"".join(reversed(files))


def _time(text: str) -> datetime | None:
    """The time that a clock shows so; None where none does, as in a line of a message."""
    try:
        return datetime.strptime(text, _TIME)
    except ValueError:
        return None


def _record(time: datetime, head: re.Match[str], more: list[str]) -> Record:
    rest = head["rest"]
    split = _METHOD.match(rest)
    method, message = (split["method"], split["message"]) if split else ("", rest)
    while more and not more[-1].strip():
        more = more[:-1]
    return Record(
        time=time,
        level=head["level"],
        thread=head["thread"],
        logger=head["logger"],
        method=method,
        message=message,
        continuation=tuple(more),
    )


_ZONE_LINE = "times are in the server's zone: "


def with_zone(text: str, zone: str | None) -> str:
    """The log as it is kept: headed by the zone that its times are in, where that is known.

    Args:
        text: the log.
        zone: the name of a time zone, or an offset such as `+0900`.
    """
    return f"{_ZONE_LINE}{zone}\n{text}" if zone else text


def zone_of(text: str) -> tzinfo:
    """The zone that the times of a kept log are in; UTC where it does not say.

    A zone that this machine does not know counts as UTC too.
    """
    head, _, _ = text.partition("\n")
    return zone_named(head.removeprefix(_ZONE_LINE)) if head.startswith(_ZONE_LINE) else UTC


def zone_named(name: str) -> tzinfo:
    """A time zone by its name or its offset; UTC for one that is not known."""
    return known_zone(name) or UTC


def checked_zone(name: str | None) -> str | None:
    """The name that a user gave to a server's time zone, if any.

    Raises:
        BadInput: this machine knows no such zone.
    """
    if name is not None and known_zone(name) is None:
        raise BadInput(f"--log-zone: {name!r} is no time zone; use one such as Asia/Tokyo or +0900")
    return name


def known_zone(name: str) -> tzinfo | None:
    """A time zone by its name or its offset; None for one that this machine does not know."""
    if offset := re.fullmatch(r"([+-])(\d\d):?(\d\d)", name.strip()):
        minutes = int(offset[2]) * 60 + int(offset[3])
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    try:
        return ZoneInfo(name.strip())
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return None
