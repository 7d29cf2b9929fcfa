"""Compares a plan's page with the progress REST and reports the differences.

Both show the last polled state, so they should agree. The REST speaks the platform's words
(IN_PROGRESS, SUCCESS), the page the assistant's (Running, Complete).
"""

from collections.abc import Sequence

from harness.drivers.browser.rows import ProgressBlock, ShownRow, normalised
from harness.drivers.confluence.migration import AppProgress

_AS_ON_THE_PAGE = {
    "IN_PROGRESS": "RUNNING",
    "SUCCESS": "COMPLETE",
    "COMPLETED": "COMPLETE",
    "FAILURE": "FAILED",
    "CANCELED": "CANCELLED",
}


def disagreements(shown: ProgressBlock, reported: Sequence[AppProgress]) -> tuple[str, ...]:
    """Return one sentence per difference between a page and the REST; none when they agree.

    Where an app has several transfers, the last one listed counts. A percentage that only one
    side has is not a difference, nor is 0 on one side and none on the other.
    """
    newest = {app.server_app_key: app for app in reported}
    named = {app.server_app_name: app.server_app_key for app in reported if app.server_app_name}
    rows = {row.server_app_key or named.get(row.app, row.app): row for row in shown.rows}
    sentences = [
        f"{key}: the page has a row ({_row(rows[key])}), the REST none"
        for key in rows.keys() - newest.keys()
    ]
    sentences += [
        f"{key}: the REST says {newest[key].status}, the page has no row"
        for key in newest.keys() - rows.keys()
    ]
    for key in rows.keys() & newest.keys():
        row, app = rows[key], newest[key]
        status = normalised(app.status)
        same_status = row.status == _AS_ON_THE_PAGE.get(status, status)
        if not same_status or (row.percent or 0) != (app.percent or 0):
            percent = "" if app.percent is None else f" {app.percent} %"
            sentences.append(f"{key}: the page shows {_row(row)}, the REST {status}{percent}")
    return tuple(sorted(sentences))


def _row(row: ShownRow) -> str:
    return row.status if row.percent is None else f"{row.status} {row.percent} %"
