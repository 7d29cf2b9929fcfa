"""A browser, its renderer or its driver that ends, and pages that wait for what will not come."""

import gc
import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page
from processes import silent_service

from harness.drivers.browser import captures
from harness.drivers.browser.bounded import bounded
from harness.drivers.browser.captures import trace
from harness.drivers.browser.closing import closer
from harness.drivers.browser.launch import BrowserSession, why
from harness.errors import DriverError


def children(pattern: str) -> list[psutil.Process]:
    """This process's descendants whose command line has a pattern."""
    found = []
    for each in psutil.Process().children(recursive=True):
        try:
            if re.search(pattern, " ".join(each.cmdline())):
                found.append(each)
        except psutil.Error:
            continue
    return found


CLOSED = "confluence was killed|has been closed"
"""A wait that begins while its page is being closed is not told the reason."""

DRIVER, BROWSER, RENDERER = "run-driver", "chrom.*remote-debugging-pipe", "type=renderer"


@pytest.fixture
def session() -> Iterator[BrowserSession]:
    with BrowserSession() as made:
        yield made
    assert children(DRIVER) == []


def test_the_driver_is_out_of_reach_of_the_terminal(session: BrowserSession) -> None:
    session.browser()
    [driver] = children(DRIVER)
    assert os.getsid(driver.pid) == driver.pid != os.getsid(0)


def test_the_driver_gets_what_it_needs_and_not_the_users_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ATL_LICENSE_KEY", "a licence\nPATH=/nowhere")
    monkeypatch.setenv("GITHUB_TOKEN", "a token")
    with BrowserSession({"MIGRATION_HARNESS_RUN": "run-1"}) as session:
        assert session.browser().new_context().new_page().evaluate("1 + 1") == 2
        [driver] = children(DRIVER)
        given = driver.environ()
        assert given["MIGRATION_HARNESS_RUN"] == "run-1"
        assert given["PATH"] == os.environ["PATH"]
        assert not {"ATL_LICENSE_KEY", "GITHUB_TOKEN"} & set(given)
        assert {"ATL_LICENSE_KEY", "GITHUB_TOKEN"} <= set(os.environ)


def test_a_living_browser_is_given_again(session: BrowserSession) -> None:
    assert session.browser() is session.browser()


@pytest.mark.parametrize("victim", [DRIVER, BROWSER])
def test_what_has_ended_is_said_and_replaced(session: BrowserSession, victim: str) -> None:
    page = session.browser().new_context().new_page()
    for process in children(victim):
        process.kill()
    begun = time.monotonic()
    with pytest.raises(PlaywrightError) as raised:
        page.get_by_text("it never comes").wait_for(timeout=20_000)
    assert time.monotonic() - begun < 5
    assert "has ended" in why(raised.value.message)
    again = session.browser().new_context().new_page()
    again.set_content("<p>it goes on</p>")
    assert again.get_by_text("it goes on").is_visible()


@pytest.mark.parametrize("victim", [DRIVER, BROWSER])
def test_what_was_killed_while_nobody_waited_is_replaced(
    session: BrowserSession, victim: str
) -> None:
    session.browser()
    killed = children(victim)
    for process in killed:
        process.kill()
    psutil.wait_procs(killed, timeout=5)
    assert session.browser().new_context().new_page().evaluate("1 + 1") == 2


def test_a_crashed_renderer_is_said_and_the_browser_stays(session: BrowserSession) -> None:
    browser = session.browser()
    context = browser.new_context()
    page = context.new_page()
    page.set_content("<p>here</p>")
    for process in children(RENDERER):
        process.kill()
    with pytest.raises(PlaywrightError) as raised:
        page.get_by_text("it never comes").wait_for(timeout=20_000)
    assert "renderer crashed" in why(raised.value.message)
    assert session.browser() is browser
    assert context.new_page().evaluate("1 + 1") == 2


def test_what_waits_for_a_page_ends_when_its_pages_are_closed(
    session: BrowserSession, tmp_path: Path
) -> None:
    context = session.browser().new_context()
    page = context.new_page()
    close = closer(context)
    timer = threading.Timer(0.3, close, ["confluence was killed"])
    begun = time.monotonic()
    with trace(context, tmp_path / "trace.zip") as kept:
        timer.start()
        with pytest.raises(PlaywrightError, match=CLOSED):
            page.get_by_text("it never comes").wait_for(timeout=20_000)
        assert time.monotonic() - begun < 5
        late = context.new_page()
        with pytest.raises(PlaywrightError, match=CLOSED):
            late.get_by_text("it never comes").wait_for(timeout=20_000)
    assert time.monotonic() - begun < 10
    assert kept.is_file()
    timer.join()


def test_a_page_that_is_loaded_is_given_up_when_it_is_closed(session: BrowserSession) -> None:
    context = session.browser().new_context()
    page = context.new_page()
    timer = threading.Timer(0.3, closer(context), ["confluence was killed"])
    begun = time.monotonic()
    with silent_service() as silent:
        timer.start()
        with pytest.raises(PlaywrightError):
            page.goto(silent.url)
    with pytest.raises(PlaywrightError, match=CLOSED):
        page.get_by_text("it never comes").wait_for(timeout=20_000)
    assert time.monotonic() - begun < 5
    timer.join()


def test_the_end_of_the_driver_is_not_logged_beside_its_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with BrowserSession() as session:
        page = session.browser().new_context().new_page()
        for process in children(DRIVER):
            process.kill()
        with pytest.raises(PlaywrightError):
            page.evaluate("1 + 1")
    del page, session
    gc.collect()
    assert caplog.text == ""


def test_to_close_pages_of_a_session_that_is_over_does_nothing() -> None:
    with BrowserSession() as session:
        close = closer(session.browser().new_context())
    close("too late")


def read_in_vain(page: Page) -> None:
    with bounded(0.2, "reading"):
        page.evaluate("new Promise(() => {})")


def test_an_answer_that_never_comes_is_given_up(session: BrowserSession) -> None:
    page = session.browser().new_context().new_page()
    with pytest.raises(DriverError, match=r"reading: .* gave no answer within 0\.2"):
        read_in_vain(page)
    with bounded(20, "reading"):
        assert page.evaluate("1 + 1") == 2


def test_a_trace_that_is_never_written_costs_its_driver_and_no_more(
    session: BrowserSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = session.browser().new_context()
    page = context.new_page()
    monkeypatch.setattr(captures, "_WRITTEN_WITHIN", 1.0)
    [driver] = children(DRIVER)

    def record() -> None:
        with captures.trace(context, tmp_path / "trace.zip"):
            page.set_content("<p>traced</p>")
            driver.suspend()  # a driver that forgets the answer cannot be had at will

    with pytest.raises(DriverError, match=r"writing the trace: .* gave no answer"):
        record()
    assert not (tmp_path / "trace.zip").exists()
    assert session.browser().new_context().new_page().evaluate("1 + 1") == 2
