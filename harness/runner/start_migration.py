"""Starts a case's migration: by the plan wizard, or by running a plan again over the trigger REST.

The trigger exists for tests of apps (reference/app-migration-platform.md, section 4.5): it makes
a new migration of a plan that has run. So a plan is run again only for a case that would have
made the same one: of the same app, with the same flags, assessment and consent. The first such
case on a stack makes it with the wizard; so does every case on a CCMA that has no trigger.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from playwright.sync_api import Page

from harness.cases import Case
from harness.drivers.browser import dashboard, migration_assistant
from harness.drivers.confluence import migration, startup_checks
from harness.errors import DriverError
from harness.planning.requirements import plan_of
from harness.testbed.testbed import Testbed
from harness.vocabulary.effects import Effect
from harness.vocabulary.rows import ROWLESS
from harness.wait import wait_for

_CALLED_WITHIN = 30.0


def start(testbed: Testbed, case: Case, page: Page, ready: Callable[[], None]) -> datetime:
    """Starts the migration, and leaves the page at its plan.

    Args:
        testbed: what the case runs on, in the state that the case wants.
        case: the case.
        page: a page of the testbed's browser.
        ready: called once all is ready and before the migration starts.

    Returns:
        The server time of the start.

    Raises:
        DriverError: the assistant is not as expected.
    """
    url, key = testbed.stack.confluence_url, plan_of(case)
    if testbed.again:
        return _run_again(testbed, testbed.again, page, ready)
    has_row = all(row.status not in ROWLESS for row in case.expectation.rows)
    plan = testbed.executed.get(key) if testbed.start == "trigger" and has_row else None
    if plan is not None:
        migration_assistant.open_plan(page, plan, base_url=url)
        begun = startup_checks.server_time(testbed.client)
        ready()
        if migration.trigger(testbed.client, plan, [testbed.app.server.key]):
            return begun
    name = testbed.plan_name(case.id)
    choices = replace(testbed.plan_choices, spaces=case.cloud.spaces)
    plan = migration_assistant.create_plan(page, url, name, testbed.stack.account, choices)
    begun = startup_checks.server_time(testbed.client)
    ready()
    migration_assistant.run_plan(page, plan, base_url=url)
    if has_row:
        testbed.executed[key] = plan
    return begun


def _run_again(testbed: Testbed, named: str, page: Page, ready: Callable[[], None]) -> datetime:
    """Runs a plan again that somebody else has made, by its name or id."""
    url, account = testbed.stack.confluence_url, testbed.stack.account
    every = dashboard.plans(page, url, account)
    plan = next((each for each in every if named in (each.id, each.name)), None)
    if plan is None:
        names = ", ".join(repr(each.name) for each in every[:5]) or "none"
        raise DriverError(
            f"running the plan {named!r} again", f"the dashboard lists no such plan (but {names})"
        )
    migration_assistant.open_plan(page, plan.id, base_url=url, account=account)
    begun = startup_checks.server_time(testbed.client)
    ready()
    if not migration.trigger(testbed.client, plan.id, [testbed.app.server.key]):
        raise DriverError(
            f"running the plan {plan.name} again",
            "HTTP 404",
            "The assistant has no trigger REST before 3.4.8; leave --plan out to have plans made",
        )
    return begun


def cancel(testbed: Testbed, page: Page, since: int) -> None:
    """Stops the plan once its listener is called, as an admin would.

    Args:
        testbed: what the case runs on.
        page: shows the plan.
        since: the journal's number from which the case's entries come.

    Raises:
        DriverError: the page has no way to stop it.
        WaitTimedOut: the listener was not called.
    """

    plan = migration_assistant.plan_id_in(page.url) or page.url

    def triggered() -> bool | None:
        entries, _ = testbed.stack.cloud.journal(since)
        return any(each["effect"] == Effect.TRIGGERED for each in entries) or None

    wait_for("the listener to be called, for the admin to cancel", triggered, within=_CALLED_WITHIN)
    migration_assistant.stop_plan(
        page, plan, base_url=testbed.stack.confluence_url, account=testbed.stack.account
    )
