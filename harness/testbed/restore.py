"""Puts back what a run that ended early left on a Confluence, from what it wrote down."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page

from harness.drivers.browser.launch import browser_session
from harness.drivers.browser.login import log_in
from harness.environment.attach_remote import account_from, connected, stub_at
from harness.environment.remote import trust_of
from harness.store import undo
from harness.store.undo import Left
from harness.support.console import Progress
from harness.testbed.put_back import PuttingBack


def restore_one(
    left: Left, user: str | None, environ: Mapping[str, str], progress: Progress
) -> None:
    """Puts back what one file tells of, and removes the file; again, it does nothing.

    Args:
        left: the file's content.
        user: who to be; None for who the run was.
        environ: holds the password or token, and what the stub wants.
        progress: takes a line for each thing.

    Raises:
        BadInput: the run still lives, or the server does not let the user in.
        DriverError: something could not be put back; the file stays.
    """
    begun = left.begun
    with undo.held(left.path) as journal, ExitStack() as at_end:
        account = account_from(user or begun.user, environ)
        trust = trust_of(begun.address, Path(begun.ca) if begun.ca else None)
        client = at_end.enter_context(connected(begun.address, account, trust))
        stub = stub_at(begun.stub, environ, at_end) if begun.stub else None

        def page() -> Page:
            browser = at_end.enter_context(browser_session(launch=trust.launch))
            opened = at_end.enter_context(browser.new_context()).new_page()
            log_in(opened, begun.address, account)
            return opened

        progress(f"putting back what run {begun.run} changed at {begun.address}:")
        hand = PuttingBack(client, begun.address, account, page, stub, progress)
        hand.everything(left.changes)
        journal.done()
