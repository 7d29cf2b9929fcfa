"""The rows of "App migration progress": one snapshot of the page, read by pure functions.

The page changes while it is looked at, so a row must never be put together from two looks: one
script in the page returns the texts of the whole block, and everything else happens here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Page
from pydantic import BaseModel, ConfigDict

from harness.drivers.browser.dom_text import PIECES

BLOCK = "App migration progress"

_SNAPSHOT = (
    """(title) => {
    const plain = (text) => text.replace(/\\s+/g, ' ').trim();
    const pieces = """
    + PIECES
    + """;
    const headings = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6,[role=heading]')];
    const says = (h) => plain(h.textContent).toLowerCase() === title.toLowerCase();
    const heading = headings.find((h) => says(h) && h.getClientRects().length);
    if (!heading) return {block: false, headers: [], rows: []};
    const follows = (element) =>
        heading.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
    const table = [...document.querySelectorAll('table,[role=table],[role=grid]')].find(follows);
    const next = headings.find((h) => h !== heading && follows(h));
    const before = (a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (!table || (next && before(next, table))) return {block: true, headers: [], rows: []};
    const lines = [...table.querySelectorAll('tr,[role=row]')].map((row) => [
        ...row.querySelectorAll('th,td,[role=columnheader],[role=rowheader],[role=cell],[role=gridcell]'),
    ]);
    const isHeader = (cell) =>
        cell.getAttribute('role') === 'columnheader' ||
        (cell.tagName === 'TH' && cell.scope !== 'row');
    const isHead = (cells) => cells.length > 0 && cells.every(isHeader);
    const head = lines.find(isHead) || [];
    return {
        block: true,
        headers: head.map((cell) => plain(cell.textContent)),
        rows: lines.filter((cells) => cells.length && !isHead(cells)).map((c) => c.map(pieces)),
    };
}"""
)

_PERCENT = re.compile(r"(\d{1,3})\s*%")
_KEY = re.compile(r"[\w.\-]+")
_KEY_LABEL = re.compile(r"^(server app key|app key|key)\s*:?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """What the admin sees for one app.

    `status` is normalised (READY, RUNNING, TIMED_OUT, ...); `percent` is None where none is shown.
    """

    app: str
    server_app_key: str | None
    status: str
    percent: int | None


@dataclass(frozen=True)
class Progress:
    """The block at one moment; `block` is False when the page has no such heading at all."""

    block: bool
    rows: tuple[Row, ...] = ()

    def row(self, server_app_key: str) -> Row | None:
        """Return the row of an app by its server app key."""
        return next((row for row in self.rows if row.server_app_key == server_app_key), None)


class Snapshot(BaseModel):
    """The texts of the block as the page's script returns them: rows of cells of text pieces."""

    model_config = ConfigDict(frozen=True)

    block: bool
    headers: tuple[str, ...] = ()
    rows: tuple[tuple[tuple[str, ...], ...], ...] = ()


def read_progress(page: Page) -> Progress:
    """Read the block from a plan's page, as it is at one moment."""
    return parse_progress(Snapshot.model_validate(page.evaluate(_SNAPSHOT, BLOCK)))


def parse_progress(snapshot: Snapshot) -> Progress:
    """Turn the block's texts into rows; columns are found by their headers."""
    columns = _columns(snapshot.headers)
    rows = tuple(_row(cells, columns) for cells in snapshot.rows if len(cells) > 1)
    return Progress(snapshot.block, rows)


def normalised(status: str) -> str:
    """Write a status in upper case with underscores, whatever its case and separators were."""
    return "_".join(re.findall(r"[A-Z0-9]+", status.upper()))


def percent_in(texts: Sequence[str]) -> int | None:
    """Find a percentage; an en dash, an empty cell or a plain text has none."""
    match = _PERCENT.search(" ".join(texts))
    return int(match.group(1)) if match else None


def _columns(headers: Sequence[str]) -> tuple[int, int, int]:
    """Return the places of app, status and progress; without known headers, in that order."""
    names = [header.casefold() for header in headers]

    def place(default: int, *words: str) -> int:
        return next((i for i, name in enumerate(names) if any(w in name for w in words)), default)

    return place(0, "app", "name"), place(1, "status"), place(2, "progress", "%", "complete")


def _row(cells: Sequence[Sequence[str]], columns: tuple[int, int, int]) -> Row:
    app, status, progress = (cells[i] if i < len(cells) else () for i in columns)
    return Row(
        app=app[0] if app else "",
        server_app_key=_key_in(app[1:]),
        status=normalised(_PERCENT.sub("", " ".join(status))),
        percent=percent_in([*progress, *status]),
    )


def _key_in(pieces: Sequence[str]) -> str | None:
    """Find the server app key among what follows the app's name in its cell."""
    for piece in pieces:
        key = _KEY_LABEL.sub("", piece).strip("() ")
        if _KEY.fullmatch(key):
            return key
    return None
