"""What a look at a row costs, and whether it is ever wrong: `python -m benchmarks.pages [N]`.

A thousand pages from seeds whose truth is known, each read once. Beside it, for pages that a server
draws and for those that a script does, the time of a look beyond the page's own drawing: that of
the same page loaded and waited for by a locator of its row, in turn with the looks.
"""

import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence

from harness.support import assets

sys.path.insert(0, str(assets.root() / "tests" / "support"))
import page_variations
from page_variations import KEY, TROUBLES, Site, Variation, read, variation
from playwright.sync_api import Page

from harness.drivers.browser import drawn_page
from harness.drivers.browser import look as looking
from harness.drivers.browser.launch import browser_session
from harness.drivers.browser.look import look

ROUNDS = 40
_SHOWN = Variation(1, status="RUNNING", percent=40, others=("COMPLETE", "READY"))
PAGES = {
    "server": _SHOWN,
    "script": Variation(**vars(_SHOWN) | {"seed": 2, "drawn_by": "script"}),
    "script, 300 ms": Variation(
        **vars(_SHOWN) | {"seed": 3, "drawn_by": "script", "delays": (0, 150, 150)}
    ),
}


def main(arguments: Sequence[str]) -> int:
    """Prints both tables; the exit status is 1 where a row was wrong."""
    count = int(arguments[0]) if arguments else 1000
    with page_variations.serve() as site, browser_session() as browser:
        page = browser.new_page()
        for name, shown in PAGES.items():
            site.fixed[shown.seed] = shown
            own, whole = _costs(page, site, shown)
            print(f"{name:16} own drawing {own:6.1f} ms, look {whole:6.1f} ms (medians)")
        found, odd = _read_all(page, site, count)
    print(f"{count} pages: {', '.join(f'{n} {what}' for what, n in sorted(found.items()))}")
    print("\n".join(odd))
    return 1 if found["wrong"] else 0


def _costs(page: Page, site: Site, shown: Variation) -> tuple[float, float]:
    """Medians in wall milliseconds of the page's own drawing, and of a look at it."""
    page.goto(f"{site.url}{shown.address}")
    row = page.get_by_role("row").filter(has_text=KEY).first

    def own() -> None:
        page.reload(wait_until="domcontentloaded")
        row.wait_for()
        row.inner_text()

    def whole() -> None:
        look(page, KEY)

    taken: dict[Callable[[], None], list[float]] = {own: [], whole: []}
    for _ in range(ROUNDS):
        for step, seconds in taken.items():
            begun = time.perf_counter()
            step()
            seconds.append(time.perf_counter() - begun)
    return (1000 * statistics.median(taken[own]), 1000 * statistics.median(taken[whole]))


def _read_all(page: Page, site: Site, count: int) -> tuple[Counter[str], list[str]]:
    drawn_page.DRAWN_WITHIN, looking.SERVED_WITHIN = 6.0, 0.2
    site.fixed.clear()
    found: Counter[str] = Counter()
    odd = []
    for seed in range(count):
        shown = variation(seed)
        row, seen = read(page, site, shown)
        told = seen.split(":")[0]
        if row is not None:
            outcome = "right" if row == shown.truth else "wrong"
        elif shown.truth is not None:
            outcome = "unreadable though it is there"
        else:
            outcome = "told" if told == TROUBLES[shown.kind] else "told otherwise"
        found[outcome] += 1
        if outcome not in ("right", "told"):
            odd.append(f"{outcome}: {shown} -> {row} {seen}")
    return found, odd


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
