"""A page's timers and requests are followed, and are to the page what they were before."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

from harness.drivers.browser.page_activity import ACTIVITY, FOLLOW, SOON_MS

HERE = "http://page.test"
NOBODY = "http://nobody.test/"

SAME = {
    "a timer's arguments": "new Promise((done) => setTimeout((...all) => done(all), 1, 'x', 2))",
    "a timer given as text": "new Promise((done) => { window.d = done; setTimeout('d(7)', 1); })",
    "a timer that is taken back": """new Promise((done) => {
        clearTimeout(setTimeout(() => done('ran'), 1));
        setTimeout(() => done('not run'), 20); })""",
    "a timer that throws": """new Promise((done) => {
        addEventListener('error', (event) => { event.preventDefault(); done(event.message); });
        setTimeout(() => { throw new Error('own'); }, 1); })""",
    "an interval": """new Promise((done) => { let n = 0; const id = setInterval((by) => {
        n += by; if (n > 4) { clearInterval(id); done(n); } }, 1, 2); })""",
    "an idle callback": "new Promise((done) => requestIdleCallback((d) => done(d.didTimeout)))",
    "an answer": "fetch('/').then((answer) => answer.text())",
    "an answer that cannot be had": f"fetch('{NOBODY}').catch((error) => error.name)",
    "a body that cannot be read": "fetch('/').then((a) => a.json()).catch((e) => e.name)",
    "a request of the older kind": """new Promise((done) => { const r = new XMLHttpRequest();
        r.onload = () => done(r.responseText); r.open('GET', '/'); r.send(); })""",
    "a task": "scheduler.postTask(() => 3, {delay: 1})",
    "a socket's type": """(() => { const s = new WebSocket('ws://nobody.test/');
        return [s instanceof WebSocket, s.url, WebSocket.CLOSED]; })()""",
    "a body as a stream": "fetch('/').then((answer) => answer.body instanceof ReadableStream)",
}
NOT_IDLE = {
    "a timer": "setTimeout(() => {}, 5000)",
    "an interval": "setInterval(() => {}, 1000)",
    "an idle callback": "requestIdleCallback(() => {})",
    "a request": "void fetch('/never')",
    "a request of the older kind": """(() => { const r = new XMLHttpRequest();
        r.open('GET', '/never'); r.send(); })()""",
    "a body": "void new Response(new ReadableStream({})).text()",
    "a body as a stream": "void new Response('x').body",
    "a task": "void scheduler.postTask(() => 3, {delay: 5000})",
    "a socket": "void new WebSocket('ws://nobody.test/')",
    "a worker": "void new Worker(URL.createObjectURL(new Blob([''])))",
    "an animation": "void document.body.animate({opacity: [0, 1]}, 5000)",
}
IDLE_IN_TIME = {
    "nothing": "0",
    "a timer that has run": "setTimeout(() => {}, 1)",
    "a timer that was taken back": "clearTimeout(setTimeout(() => {}, 5000))",
    "an interval that was taken back": "clearInterval(setInterval(() => {}, 5))",
    "an answer that was read": "fetch('/').then((answer) => answer.text())",
    "an answer that could not be had": f"fetch('{NOBODY}').catch(() => 0)",
    "a refresh in a minute": "setTimeout(() => {}, 60_000)",
    "a slow interval": "setInterval(() => {}, 60_000)",
    "an animation without end": """void document.body.animate(
        {opacity: [0, 1]}, {duration: 9, iterations: Infinity})""",
}
IS_IDLE = f"() => window[{ACTIVITY}].idle({SOON_MS})"


def serve(route: Route) -> None:
    url = route.request.url
    if url.startswith(NOBODY):
        route.abort()
    elif not url.endswith("/never"):
        route.fulfill(body="<!doctype html><p>here", content_type="text/html")


def opened(browser: Browser) -> Page:
    page = browser.new_page()
    page.route("**/*", serve)
    return page


@pytest.fixture(scope="module")
def plain(browser) -> Iterator[Page]:
    page = opened(browser)
    yield page
    page.close()


@pytest.fixture(scope="module")
def followed(browser) -> Iterator[Page]:
    page = opened(browser)
    page.add_init_script(FOLLOW)
    yield page
    page.close()


def run(page: Page, script: str) -> object:
    page.goto(f"{HERE}/")
    said: object = page.evaluate(f"() => {script}")
    return said


@pytest.mark.parametrize("script", SAME.values(), ids=SAME)
def test_it_is_to_the_page_what_it_was(plain, followed, script):
    assert run(followed, script) == run(plain, script)


@pytest.mark.parametrize("script", NOT_IDLE.values(), ids=NOT_IDLE)
def test_a_page_that_has_something_to_do_is_not_idle(followed, script):
    followed.goto(f"{HERE}/")
    assert followed.evaluate(f"() => {{ {script}; return ({IS_IDLE})(); }}") is False


@pytest.mark.parametrize("script", IDLE_IN_TIME.values(), ids=IDLE_IN_TIME)
def test_a_page_that_has_done_it_is_idle(followed, script):
    run(followed, script)
    followed.wait_for_function(IS_IDLE)
