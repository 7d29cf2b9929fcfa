"""Puts back what a run that ended early left on a Confluence, from what it wrote down."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page

from harness.drivers.browser.launch import browser_session
from harness.drivers.browser.login import log_in
from harness.environment.attach_remote import account_from, connected, stub_at
from harness.environment.remote import trust_of
from harness.errors import HarnessError, InUse
from harness.store import undo
from harness.support.console import Progress
from harness.testbed.put_back import PuttingBack


def restore_every(
    paths: Sequence[Path], user: str | None, environ: Mapping[str, str], progress: Progress
) -> bool:
    """Puts back what each file tells of, whatever becomes of the others.

    A file that a run holds is left: that run puts back itself what it changes.

    Args:
        paths: the files.
        user: who to be; None for who each run was.
        environ: holds the password or token, and what the stub wants.
        progress: takes a line for each thing.

    Returns:
        Whether there was anything to be put back.

    Raises:
        HarnessError: something could not be put back, or not be read; its file stays.
    """
    failed: list[HarnessError] = []
    found = False
    for path in paths:
        try:
            found |= restore_one(path, user, environ, progress)
        except InUse:
            found = True
            there = undo.read(path)
            where = there.begun.address if there else path.name
            progress(f"left as it is: a run is at work at {where}, and puts back what it changes")
        except HarnessError as error:
            failed.append(error)
    if len(failed) == 1:
        raise failed[0]
    if failed:
        raise HarnessError("; ".join(str(each) for each in failed))
    return found


def restore_one(
    path: Path, user: str | None, environ: Mapping[str, str], progress: Progress
) -> bool:
    """Puts back what one file tells of, and removes the file; again, it does nothing.

    Args:
        path: the file.
        user: who to be; None for who the run was.
        environ: holds the password or token, and what the stub wants.
        progress: takes a line for each thing.

    Returns:
        Whether there was anything to be put back.

    Raises:
        BadInput: the run still lives, or the server does not let the user in.
        DriverError: something could not be put back; the file stays.
    """
    with undo.held(path) as journal, ExitStack() as at_end:
        left = undo.read(path)
        if left is None:
            return False
        begun = left.begun
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
        return True
