"""Passes Confluence's set-up wizard over HTTP, for 7.x to 10.x.

The wizard has no API. What makes a client robust against it, each rule from
reference/confluence-container.md section 2.3: the next step comes from the post's own answer (on
10.2 a GET of / leads back for ever), invalid input is a 200 with the same form, early posts give
5xx for minutes, every loop is bounded, and a finished instance is left alone.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from harness.drivers.confluence import startup_checks
from harness.drivers.confluence.pages import HtmlPage, read_page
from harness.drivers.confluence.session import ConfluenceClient, connect
from harness.drivers.confluence.setup_steps import SetupInput, SetupStep, is_finished, step_of
from harness.errors import BadInput, DriverError
from harness.wait import NotYet, wait_for

__all__ = ["SetupInput", "set_up"]

MAX_SILENT_FAILURES = 6
MAX_POSTS = 24
_POST_SECONDS = 120.0
"""Wall seconds for one request: the administrator and deployment posts take tens of seconds."""


@dataclass(frozen=True)
class _ShownStep:
    """A page of the wizard, as an answer delivered it."""

    answer: httpx.Response
    page: HtmlPage
    step: SetupStep | None
    finished: bool

    @property
    def where(self) -> str:
        return f"HTTP {self.answer.status_code} at {self.answer.url.path} ({self.page.title!r})"


@dataclass(frozen=True)
class _Wizard:
    """One pass through the wizard: its client and its bounds."""

    client: httpx.Client
    setup_input: SetupInput
    deadline: float
    early: float
    alive: Callable[[], str | None]
    log_tail: Callable[[], str]
    every: float

    def find_way(self) -> _ShownStep:
        """Ask for the start page until it leads to a known step or out of the wizard."""

        def look() -> _ShownStep | NotYet:
            shown = _shown(self.client.get("/", follow_redirects=True))
            if shown.step is None and not shown.finished:
                return NotYet(f"an unknown page: {shown.where}")
            return shown

        return self._ask("the set-up wizard to show a known step", look)

    def post(self, shown: _ShownStep, step: SetupStep) -> _ShownStep:
        """Post a step's form until it is taken; 5xx is retried with the token of a new page."""
        tried: list[_ShownStep] = []

        def look() -> _ShownStep | NotYet:
            current = shown
            if tried:
                current = _shown(self.client.get(shown.answer.url, follow_redirects=True))
                if current.answer.is_server_error or current.step != step:
                    return _unless_broken(current)  # the post had got through after all
            tried.append(current)
            action, fields = step.submission(current.page, self.setup_input)
            address = current.answer.url.join(action)
            return _unless_broken(
                _shown(self.client.post(address, data=fields, follow_redirects=True))
            )

        return self._ask(f"the set-up wizard's step {step.name} to be answered", look)

    def _ask(self, step: str, look: Callable[[], _ShownStep | NotYet]) -> _ShownStep:
        def guarded() -> _ShownStep | NotYet:
            try:
                return look()
            except httpx.TransportError as error:
                return NotYet(f"no answer ({error or type(error).__name__})")

        return wait_for(
            step,
            guarded,
            within=min(self.early, max(0.0, self.deadline - time.monotonic())),
            alive=self.alive,
            log_tail=self.log_tail,
            service="confluence",
            every=self.every,
        )


def set_up(
    base_url: str,
    setup_input: SetupInput,
    *,
    within: float = 900,
    early: float = 300,
    alive: Callable[[], str | None] = lambda: None,
    log_tail: Callable[[], str] = lambda: "",
    every: float = 1.0,
    transport: httpx.BaseTransport | None = None,
) -> tuple[str, ...]:
    """Set a Confluence up, from its first page to an administrator that REST knows.

    Args:
        base_url: its address, with its context path; /status answers already.
        setup_input: administrator, licence and database.
        within: wall seconds for all of it.
        early: wall seconds for which 5xx is retried at one step.
        alive: see `wait_for`.
        log_tail: see `wait_for`.
        every: wall seconds between two tries of the same post.
        transport: what to send through instead of the network; for tests.

    Returns:
        The names of the steps that were passed; none when it was set up already.

    Raises:
        BadInput: the wizard needs a licence that was not given, or refuses the one that was.
        DriverError: a step is refused again and again, or the wizard shows unknown pages.
        ServiceDied, WaitTimedOut: see `wait_for`.
    """
    options: dict[str, Any] = {"timeout": httpx.Timeout(_POST_SECONDS, connect=5)}
    if transport is not None:
        options["transport"] = transport
    deadline = time.monotonic() + within
    with ConfluenceClient(base_url, None, **options) as client:
        state = startup_checks.await_booted(client, within=within, alive=alive, log_tail=log_tail)
        if state == "RUNNING":
            return ()
        wizard = _Wizard(client, setup_input, deadline, early, alive, log_tail, every)
        passed = _pass(wizard)
        for step in (startup_checks.await_running, startup_checks.await_rest):
            left = max(1.0, deadline - time.monotonic())
            step(client, within=left, alive=alive, log_tail=log_tail)
    with connect(base_url, setup_input.admin, transport=transport) as admin:
        left = max(1.0, deadline - time.monotonic())
        startup_checks.await_authenticated(admin, within=left, alive=alive, log_tail=log_tail)
    return passed


def _pass(wizard: _Wizard) -> tuple[str, ...]:
    passed: list[str] = []
    failures = 0
    shown = wizard.find_way()
    for _ in range(MAX_POSTS):
        if shown.finished:
            return tuple(passed)
        if shown.step is None:
            shown = wizard.find_way()
            continue
        step, shown = shown.step, wizard.post(shown, shown.step)
        if shown.step != step:
            passed.append(step.name)
            failures = 0
            continue
        _refuse_at_once(step, shown.page)
        failures += 1
        if failures >= MAX_SILENT_FAILURES:
            raise DriverError(
                f"passing the set-up wizard's step {step.name}",
                f"the same form came back {failures} times, the last: {shown.where}"
                f"{_complaints(shown.page)}",
                "Invalid input is a 200 with the same form: see the page's own message",
            )
    raise DriverError(
        "passing the set-up wizard",
        f"still not at its end after {MAX_POSTS} pages, the last: {shown.where}",
        f"Steps passed: {', '.join(passed) or 'none'}",
    )


def _shown(answer: httpx.Response) -> _ShownStep:
    page, path = read_page(answer.text), answer.url.path
    return _ShownStep(answer, page, step_of(path, page), is_finished(path))


def _unless_broken(shown: _ShownStep) -> _ShownStep | NotYet:
    return NotYet(shown.where) if shown.answer.is_server_error else shown


def _refuse_at_once(step: SetupStep, page: HtmlPage) -> None:
    if step.error_id and step.error_id in page.ids:
        raise BadInput(
            f"Confluence refused the {step.name}{_complaints(page)}: check that it is a Data "
            "Center licence, not expired, and not created in the future"
        )


def _complaints(page: HtmlPage) -> str:
    """Return what the page says is wrong; never what was typed in."""
    return f": {'; '.join(page.errors)}" if page.errors else ""
