"""The rows of "App migration progress", read from the texts of the block by pure functions.

Columns are found by their headers, or by what is in them; an app's row by its key or its name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from harness.vocabulary import rows as vocabulary

_PERCENT = re.compile(r"(\d{1,3})\s*%")
_SPELLINGS = {"CANCELED": "CANCELLED", "COMPLETED": "COMPLETE", "CANCELING": "CANCELLING"}
_NOT_SHOWN = frozenset({"ABSENT", "NO_ROW"})
KNOWN = frozenset(vocabulary.STATUSES) - _NOT_SHOWN | set(_SPELLINGS)
"""Statuses that a row may show; "Canceling" since CCMA 3.9.4, SKIPPED by its REST's model."""

_KEY = re.compile(r"[\w.\-]+")
_KEY_LABEL = re.compile(r"^(server app key|app key|key)\s*:?\s*", re.IGNORECASE)
_LABEL = re.compile(r"(app|name|status|state)\s*:?", re.IGNORECASE)


@dataclass(frozen=True)
class ShownRow:
    """What the admin sees for one app.

    `status` is normalised (READY, RUNNING, TIMED_OUT, ...); `percent` is None where none is shown.
    """

    app: str
    server_app_key: str | None
    status: str
    percent: int | None


@dataclass(frozen=True)
class ProgressBlock:
    """The block at one moment; `block` is False when the page has no such heading at all."""

    block: bool
    rows: tuple[ShownRow, ...] = ()

    def row(self, server_app_key: str) -> ShownRow | None:
        """Return the row of an app by its server app key."""
        return next((row for row in self.rows if row.server_app_key == server_app_key), None)


class Snapshot(BaseModel):
    """The texts of the block as the page's script returns them: rows of cells of text pieces."""

    model_config = ConfigDict(frozen=True)

    block: bool
    headers: tuple[str, ...] = ()
    rows: tuple[tuple[tuple[str, ...], ...], ...] = ()
    marks: tuple[tuple[str, ...], ...] = ()
    """By row, the values of attributes such as data-server-app-key."""
    loose: tuple[tuple[str, ...], ...] = ()
    """Where no table holds it: the texts from the app's name or key to its status."""
    items: int = 0
    """How many statuses are outside tables."""
    text: str = ""
    folded: bool = False


@dataclass(frozen=True)
class FoundRow:
    """What a block shows for one app: a row and how it was found, nothing, or why it is unclear."""

    row: vocabulary.Row | None = None
    by: Literal["key", "name"] | None = None
    problem: str | None = None


def parse_progress(snapshot: Snapshot) -> ProgressBlock:
    """Turn the block's texts into rows; columns are found by their headers."""
    columns = _columns(snapshot.headers)
    rows = tuple(_row(cells, columns) for cells in snapshot.rows if len(cells) > 1)
    return ProgressBlock(snapshot.block, rows)


def find_row(
    shown: ProgressBlock, snapshot: Snapshot, server_app_key: str, app_names: Sequence[str] = ()
) -> FoundRow:
    """Finds an app's row by its key, else by its name; two rows that could be it are a problem."""
    names = {name.casefold() for name in app_names}
    by_key, by_name = [], []
    cells = [cells for cells in snapshot.rows if len(cells) > 1]
    marks = [m for m, c in zip(snapshot.marks, snapshot.rows, strict=False) if len(c) > 1]
    for index, row in enumerate(shown.rows):
        pieces = [_plain_key(piece) for cell in cells[index] for piece in cell]
        own_marks = marks[index] if index < len(marks) else ()
        if server_app_key in (row.server_app_key, *pieces, *own_marks):
            by_key.append(row)
        elif names & {row.app.casefold(), *(piece.casefold() for piece in pieces)}:
            by_name.append(row)
    if by_key or by_name:
        return _only(by_key, "key") if by_key else _only(by_name, "name")
    return _loose(snapshot.loose, server_app_key, names)


def _only(rows: Sequence[ShownRow], by: Literal["key", "name"]) -> FoundRow:
    if len({(row.status, row.percent) for row in rows}) > 1 or (by == "name" and len(rows) > 1):
        return FoundRow(problem=f"{len(rows)} rows could be the app's")
    row = rows[0]
    if row.status not in KNOWN:
        return FoundRow(problem=f"{row.status or 'nothing'} is not a status that is known")
    return FoundRow(vocabulary.Row(_SPELLINGS.get(row.status, row.status), row.percent), by)


def _loose(found: Sequence[Sequence[str]], key: str, names: set[str]) -> FoundRow:
    """A row that is not in a table: name, key, then a status, and nothing else between."""
    if not found:
        return FoundRow()
    if len(found) > 1:
        return FoundRow(problem=f"{len(found)} places name the app")
    pieces = found[0]
    statuses = [i for i, p in enumerate(pieces) if normalised(_PERCENT.sub("", p)) in KNOWN]
    if len(statuses) != 1:
        return FoundRow(problem=f"{len(statuses)} statuses stand beside the app's name")
    at = statuses[0]
    before = [_plain_key(piece) for piece in pieces[:at]]
    own = [p for p in before if p == key or p.casefold() in names]
    others = [p for p in before if p and p not in own and not _LABEL.fullmatch(p)]
    # Where no name is known, the text before the key is the name.
    if not own or others[1 if own == [key] and not names else 0 :]:
        return FoundRow(problem="the texts between the app's name and a status are not known")
    status = normalised(_PERCENT.sub("", pieces[at]))
    row = vocabulary.Row(_SPELLINGS.get(status, status), percent_in(pieces[at:]))
    return FoundRow(row, "key" if key in own else "name")


def normalised(status: str) -> str:
    """Write a status in upper case with underscores, whatever its case and separators were."""
    return "_".join(re.findall(r"[A-Z0-9]+", status.upper()))


def _plain_key(piece: str) -> str:
    """A piece of text without what may surround a key: brackets and a label."""
    return _KEY_LABEL.sub("", piece.strip("() ")).strip("() ")


def percent_in(texts: Sequence[str]) -> int | None:
    """Find a percentage; an en dash, an empty cell or a plain text has none."""
    match = _PERCENT.search(" ".join(texts))
    return int(match.group(1)) if match else None


def _columns(headers: Sequence[str]) -> tuple[int, int, int]:
    """Return the columns of app, status and progress; without known headers, in that order."""
    names = [header.casefold() for header in headers]

    def place(default: int, *words: str) -> int:
        return next((i for i, name in enumerate(names) if any(w in name for w in words)), default)

    return place(0, "app", "name"), place(1, "status"), place(2, "progress", "%", "complete")


def _row(cells: Sequence[Sequence[str]], columns: tuple[int, int, int]) -> ShownRow:
    app, status, progress = (cells[i] if i < len(cells) else () for i in columns)
    if normalised(_PERCENT.sub("", " ".join(status))) not in KNOWN:
        # Columns without headers, in another order; or words beside the status.
        known = [p for cell in cells for p in cell if normalised(_PERCENT.sub("", p)) in KNOWN]
        status = known if len(known) == 1 else status
    return ShownRow(
        app=app[0] if app else "",
        server_app_key=_key_in(app[1:]),
        status=normalised(_PERCENT.sub("", " ".join(status))),
        percent=percent_in([*progress, *status]),
    )


def _key_in(pieces: Sequence[str]) -> str | None:
    """Find the server app key among what follows the app's name in its cell."""
    for piece in pieces:
        key = _plain_key(piece)
        if _KEY.fullmatch(key):
            return key
    return None
