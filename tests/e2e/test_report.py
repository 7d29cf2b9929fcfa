"""The report of a real run in a real browser: the seed's story, what is planted, use by hand."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness_command import SEED, Command
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

BUG = "feature=on and dev-mode=on and ccma=3.1.7"

PLANTED = (
    "<script>alert(1)</script>",
    "</script></template></details><script>alert(2)</script>",
    '"><img src=x onerror=alert(3)>',
    "' onmouseover='alert(4)",
    "javascript:alert(5)",
    "<svg/onload=alert(6)>",
    "\x1b[31mred\x1b]8;;javascript:alert(7)\x07link\x1b]8;;\x07 \x00\x08\u202e\u200b",
    "W" * 3000,
)
HOSTILE = " ".join(PLANTED)


@dataclass(frozen=True)
class Reported:
    """A run of the seed's bug, made once, and a command that no test has to clean up after."""

    command: Command
    run: Path

    def page(self, run: Path | None = None) -> Path:
        """Makes a run's page."""
        return Path(self.said(run or self.run).strip())

    def said(self, run: Path, *words: str) -> str:
        done = self.command.run("report", str(run), *words)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def reported(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Reported]:
    folder = tmp_path_factory.mktemp("report")
    engine = request.config.getoption("--harness-engine") or "auto"
    command = Command(folder / "state", folder, engine)
    done = command.run("run", str(SEED), "-k", BUG)
    assert done.returncode == 0, done.stderr
    (run,) = (folder / "build" / "runs").iterdir()
    yield Reported(command, run)
    command.end()


@pytest.fixture(scope="module")
def written(reported: Reported) -> Path:
    """The run's page."""
    return reported.page()


@pytest.fixture
def opened(harness_browser: Browser) -> Iterator[Page]:
    """A page that fails its test when a dialog opens, a script fails, or anything is fetched."""
    context = harness_browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    seen: list[str] = []

    def console(message: ConsoleMessage) -> None:
        seen.append(f"console: {message.text}")

    page.on("dialog", lambda dialog: (seen.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("console", console)
    page.on("pageerror", lambda error: seen.append(f"error: {error}"))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(("file:", "data:")) else seen.append(request.url)
        ),
    )
    yield page
    context.close()
    assert seen == []


def test_the_first_screen_tells_the_seeds_story(
    reported: Reported, written: Path, opened: Page
) -> None:
    assert written == reported.run / "report.html"
    opened.goto(written.as_uri())
    expect(opened.get_by_role("heading", level=1)).to_have_text(
        "The row says READY. The cloud has SUCCESS 100\u00a0%."
    )
    for text in ("Never caught up", "SUCCESS 100", "READY", "dev mode defect"):
        expect(opened.get_by_text(text).first).to_be_in_viewport()
    opened.get_by_role("link", name="Evidence, screenshot, trace and log of this case").click()
    expect(opened.get_by_role("heading", name="The cloud's journal")).to_be_visible()
    expect(opened.get_by_role("img", name="The plan's page at the end")).to_be_visible()
    assert opened.locator("img").evaluate("image => image.naturalWidth") > 600


def test_the_page_is_used_with_the_keyboard_alone(written: Path, opened: Page) -> None:
    opened.goto(written.as_uri())
    case = opened.locator("details.case")
    opened.keyboard.press("/")
    opened.keyboard.type("nothing like it")
    expect(case).to_be_hidden()
    opened.keyboard.press("Escape")
    expect(case).to_be_visible()
    opened.keyboard.press("j")
    opened.keyboard.press("Enter")
    expect(opened.get_by_role("heading", name="Timeline")).to_be_visible()
    chip = opened.get_by_role("button", name="known bug 1")
    chip.focus()
    opened.keyboard.press("Space")
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(case).to_be_visible()


def test_a_link_to_a_case_opens_it_on_a_phone_in_the_dark(written: Path, opened: Page) -> None:
    opened.emulate_media(color_scheme="dark")
    opened.set_viewport_size({"width": 390, "height": 844})
    opened.goto(f"{written.as_uri()}#case-seed-feature-on-dev-mode-on-ccma-3.1.7")
    expect(opened.get_by_role("heading", name="Causes")).to_be_visible()
    assert opened.evaluate("document.documentElement.scrollWidth") == 390
    dark = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    opened.get_by_role("button", name="Theme: system").click()
    expect(opened.get_by_role("button", name="Theme: light")).to_be_visible()
    assert opened.evaluate("getComputedStyle(document.body).backgroundColor") != dark


def plant(run: Path) -> None:
    """Puts what is hostile into everything that a report reads."""
    results = json.loads((run / "results.json").read_text())
    case = results["cases"][0]
    case |= {"id": f"seed{HOSTILE}", "reason": HOSTILE, "known_bug": HOSTILE, "verdict": "failed"}
    case["axes"] = {HOSTILE: HOSTILE, "other": HOSTILE}
    case["dark_features"] |= {HOSTILE: True}
    case["artifacts"] |= {"other": "javascript:alert(8)"}
    results |= {"run": HOSTILE, "engine": HOSTILE}
    results["confluence"]["image"] = HOSTILE
    (run / "results.json").write_text(json.dumps(results))
    for name, file in case["artifacts"].items():
        path = run / file
        if name == "journal":
            entries = [json.loads(line) for line in path.read_text().splitlines()]
            texts = ("caller", "reason", "route", "app_key")
            told = [
                e | dict.fromkeys(texts, HOSTILE) | {"body": {HOSTILE: HOSTILE}} for e in entries
            ]
            path.write_text("\n".join(map(json.dumps, told)))
        elif name == "server_log":
            when = case["timeline"][0]["server_time"][:19].replace("T", " ")
            path.write_text(f"{when},000 ERROR [main] [x.Y] z {HOSTILE}\n{HOSTILE}\n")
        elif name in ("upm", "plan", "osgi"):
            path.write_text(path.read_text().replace("charts-plugin", json.dumps(HOSTILE)[1:-1]))


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_planted_neither_runs_nor_breaks_the_page(
    reported: Reported, opened: Page, tmp_path: Path, width: int
) -> None:
    run = tmp_path / "planted"
    shutil.copytree(reported.run, run)
    plant(run)
    opened.set_viewport_size({"width": width, "height": 800})
    opened.goto(reported.page(run).as_uri())
    opened.locator("details.case > summary").click()
    expect(opened.get_by_role("heading", name="The server's log")).to_be_visible()
    for summary in opened.locator("summary").all():
        summary.hover()
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    running = "[...document.scripts].filter(script => script.type !== 'text/plain').length"
    assert opened.evaluate(running) == 1
    assert opened.locator("img").count() == 1
    assert opened.locator("[onerror], [onload], [onmouseover]").count() == 0
    assert "<script>" in opened.locator("body").inner_text()
    assert opened.locator("a[href^='javascript' i]").count() == 0


def test_even_a_script_that_got_in_would_not_run(written: Path, harness_browser: Browser) -> None:
    text = written.read_text()
    holed = written.with_name("holed.html")
    hole = "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
    holed.write_text(text.replace("<main>", f"<main>{hole}", 1))
    with harness_browser.new_context() as context:
        page = context.new_page()
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text))
        page.goto(holed.as_uri())
        assert page.evaluate("window.ran") is None
        assert any("Content Security Policy" in each for each in refused)


def test_a_summary_for_ci(reported: Reported) -> None:
    told = reported.said(reported.run, "--markdown")
    assert told.startswith("## The row says READY. The cloud has SUCCESS 100 %.")
    assert "| known bug | `seed[feature=on,dev-mode=on,ccma=3.1.7]` | READY |" in told
    assert "`dev-mode-row-not-updated`, proved" in told


def test_a_run_that_is_none(command: Command) -> None:
    done = command.run("report", "no-such-run")
    assert done.returncode == 3
    assert "there is no run 'no-such-run'" in done.stderr
    assert "Traceback" not in done.stderr
