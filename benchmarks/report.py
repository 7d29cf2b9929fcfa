"""How long a page of 500 cases takes to be written, to open and to be filtered.

Usage: python -m benchmarks.report RUN [CASES]
A stored run's cases are taken again and again, with all their artefacts.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page

from harness.drivers.browser.launch import browser_session
from harness.report import html
from harness.store.layout import RESULTS

LIMIT_SECONDS = 2.0
CASES = 500


def main(run: Path, count: int) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        multiplied(run, folder, count)
        begun = time.monotonic()
        page_file = html.write(folder)
        print(f"{count} cases, {page_file.stat().st_size / 1e6:.1f} MB")
        print(f"written                    {time.monotonic() - begun:6.2f} s")
        empty = folder / "empty.html"
        empty.write_text("<!doctype html><title>empty</title><p>nothing")
        with browser_session() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            print(f"an empty page opened       {open_page(page, empty):6.2f} s")
            print(f"the same once more         {open_page(page, empty):6.2f} s")
            opened = open_page(page, page_file)
            print(f"opened and painted         {opened:6.2f} s   limit {LIMIT_SECONDS:.0f} s")
            print(f"a letter typed to filter   {timed(page, type_a_letter):6.0f} ms")
            print(f"a case opened              {timed(page, open_a_case):6.0f} ms")
            print(f"scrolled to the end        {timed(page, scroll):6.0f} ms")
    return 0 if opened < LIMIT_SECONDS else 1


def multiplied(run: Path, folder: Path, count: int) -> None:
    """A run of many cases made of a small one's; artefacts are linked."""
    results = json.loads((run / RESULTS).read_text())
    cases = results["cases"]
    for path in run.iterdir():
        if path.is_dir():
            (folder / path.name).mkdir()
            for artefact in path.iterdir():
                (folder / path.name / artefact.name).hardlink_to(artefact)
    made = []
    for number in range(count):
        case = cases[number % len(cases)]
        name = f"many[{case['id']},{number}]"
        made.append(case | {"id": name, "axes": case["axes"] | {"round": str(number)}})
    (folder / RESULTS).write_text(json.dumps(results | {"cases": made}))


def open_page(page: Page, file: Path) -> float:
    """Wall seconds until a file is opened and painted."""
    begun = time.monotonic()
    page.goto(file.as_uri())
    painted(page)
    return time.monotonic() - begun


def painted(page: Page) -> None:
    """Waits until the browser has painted what was asked of it."""
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def timed(page: Page, work: str) -> float:
    """Milliseconds that a script and the paint after it take."""
    measured: float = page.evaluate(
        """async work => {
            const begun = performance.now();
            await (WORK)();
            await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
            return performance.now() - begun;
        }""".replace("WORK", work)
    )
    return measured


type_a_letter = """() => {
    const find = document.getElementById("find");
    find.value = "r";
    find.dispatchEvent(new Event("input"));
}"""
open_a_case = '() => { document.querySelector("details.case:not([hidden])").open = true; }'
scroll = "() => scrollTo(0, document.body.scrollHeight)"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else CASES))
