"""Recordings on the disk: for their owner only, and read within limits.

A recording is a folder with a file of JSON lines for each stack. It may come from somebody else,
so that everything in it is checked as it is read.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.cassette.exchange import Exchange, Header, Line, Mark, from_json, to_json
from harness.errors import BadInput

SUFFIX = ".cassette.jsonl"

LINE_LIMIT = 24 * 1024 * 1024
"""Characters of a line: two bodies as long as they may be, and what stands around them."""
FILE_LIMIT = 512 * 1024 * 1024
"""Bytes of all files of a recording."""
LINES_LIMIT = 100_000
FILES_LIMIT = 256
DEPTH_LIMIT = 60
"""How deeply lists and objects may be nested."""


@dataclass(frozen=True)
class Tape:
    """One file of a recording.

    Attributes:
        name: the file's name without its ending; that of the stack that was recorded.
        header: what it is of.
        marks: where its cases begin, in order.
        exchanges: what was said, in order.
    """

    name: str
    header: Header
    marks: tuple[Mark, ...]
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True)
class Recording:
    """All files of a recording."""

    tapes: tuple[Tape, ...]

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that were recorded, in order."""
        return tuple(dict.fromkeys(mark.case for tape in self.tapes for mark in tape.marks))


def read_folder(folder: Path) -> Recording:
    """Reads a recording.

    Raises:
        BadInput: the folder holds none, or a line of it is damaged, of another version, or beyond
            a limit; with file and line.
    """
    if not folder.is_dir():
        raise BadInput(f"there is no recording in {folder}: it is no folder")
    paths = sorted(folder.glob(f"*{SUFFIX}"))
    if not paths:
        raise BadInput(
            f"there is no recording in {folder}: it has no file *{SUFFIX}. "
            "`harness run --record FOLDER` makes one"
        )
    if len(paths) > FILES_LIMIT:
        raise BadInput(f"{folder} has {len(paths)} recordings; at most {FILES_LIMIT} are read")
    size = sum(path.stat().st_size for path in paths)
    if size > FILE_LIMIT:
        raise BadInput(
            f"the recording in {folder} has {size >> 20} MiB; at most {FILE_LIMIT >> 20} are read"
        )
    return Recording(tuple(_read_file(path) for path in paths))


def _read_file(path: Path) -> Tape:
    with path.open("rb") as file:
        lines = [*_checked(iter(lambda: file.readline(LINE_LIMIT + 1), b""), path)]
    return tape_of(path.name.removesuffix(SUFFIX), lines, path)


def _checked(raw: Iterator[bytes], path: Path) -> Iterator[Line]:
    for number, line in enumerate(raw, 1):
        if number > LINES_LIMIT:
            raise BadInput(f"more than {LINES_LIMIT} lines", path=path, line=number)
        try:
            yield parse(line)
        except ValueError as error:
            raise BadInput(f"no line of a recording: {error}", path=path, line=number) from None


def parse(line: bytes) -> Line:
    """The line of a recording that is written so.

    Raises:
        ValueError: it is none, or beyond a limit.
    """
    if len(line) > LINE_LIMIT:
        raise ValueError(f"it is longer than {LINE_LIMIT >> 20} MiB")
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is no JSON ({error})") from None
    if _is_deeper(data, DEPTH_LIMIT):
        raise ValueError(f"it is nested more than {DEPTH_LIMIT} deep")
    return from_json(data)


def tape_of(name: str, lines: Sequence[Line], path: Path | None = None) -> Tape:
    """The lines of one file, in order.

    Raises:
        BadInput: the first one is no header.
    """
    if not lines or not isinstance(lines[0], Header):
        raise BadInput("no recording: its first line is no header", path=path, line=1)
    return Tape(
        name,
        lines[0],
        tuple(each for each in lines if isinstance(each, Mark)),
        tuple(each for each in lines if isinstance(each, Exchange)),
    )


def written(lines: Iterable[Line]) -> bytes:
    """Lines as they stand in a file."""
    return b"".join(
        json.dumps(to_json(each), ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        for each in lines
    )


def write(path: Path, content: bytes) -> None:
    """Writes a file of a recording, for its owner only; its folder is made where it is missing."""
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o700, parents=True)
    beside = path.with_name(f".{path.name}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    beside.replace(path)


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            item
            for each in level
            if isinstance(each, dict | list)
            for item in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True
