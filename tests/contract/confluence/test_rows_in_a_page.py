"""The page's script against markup of several kinds, in a real browser."""

import pytest

from harness.drivers.browser.look import read_progress
from harness.drivers.browser.rows import ProgressBlock, ShownRow

TABLE = """<h1>Plan</h1><table><tr><th>Spaces</th></tr><tr><td>DS</td><td>Complete</td></tr></table>
<h2>App <span>migration</span> progress</h2><p>Refreshed each ten minutes</p>
<table><thead><tr><th>App</th><th>Status</th><th>ProgressBlock</th></tr></thead><tbody>
<tr><td><strong>Charts</strong> <span>charts-plugin</span></td>
<td><span style="text-transform: uppercase">Timed out</span></td><td>40%</td></tr>
<tr><th scope="row">Other<small>other-plugin</small></th><td>Ready</td><td>\u2013</td></tr>
</tbody></table>"""
ROLES = """<div role="heading">App migration progress</div><div role="table">
<div role="row"><div role="columnheader">Status</div><div role="columnheader">App</div></div>
<div role="row"><div role="cell">READY</div><div role="cell">Charts<i>charts-plugin</i></div></div>
</div>"""
HIDDEN = f"<div style='display:none'>{TABLE}</div>"
ELSEWHERE = """<h2>App migration progress</h2><p>No apps</p><h2>Spaces</h2>
<table><tr><td>DS</td><td>Complete</td></tr></table>"""


@pytest.mark.parametrize(
    ("html", "progress"),
    [
        (
            TABLE,
            ProgressBlock(
                True,
                (
                    ShownRow("Charts", "charts-plugin", "TIMED_OUT", 40),
                    ShownRow("Other", "other-plugin", "READY", None),
                ),
            ),
        ),
        (ROLES, ProgressBlock(True, (ShownRow("Charts", "charts-plugin", "READY", None),))),
        (HIDDEN, ProgressBlock(False)),
        (ELSEWHERE, ProgressBlock(True)),
        ("<h1>Plan</h1>", ProgressBlock(False)),
    ],
    ids=["table", "roles", "hidden", "a table of another heading", "no block"],
)
def test_the_block_is_read(browser, html, progress):
    page = browser.new_page()
    page.set_content(html)
    assert read_progress(page) == progress
    page.close()


def test_a_row_is_never_put_together_from_two_states(browser):
    """The page flips between two rows as fast as it can; only these two may be read."""
    page = browser.new_page()
    page.set_content(ROLES)
    page.evaluate(
        """() => {
            const cells = document.querySelectorAll('[role=cell]');
            setInterval(() => {
                const ready = cells[0].textContent === 'READY';
                cells[0].textContent = ready ? 'RUNNING' : 'READY';
                cells[1].textContent = ready ? 'Running app' : 'Ready app';
            }, 0);
        }"""
    )
    seen = {(row.status, row.app) for _ in range(200) for row in read_progress(page).rows}
    assert seen <= {("READY", "Charts"), ("READY", "Ready app"), ("RUNNING", "Running app")}
    page.close()
