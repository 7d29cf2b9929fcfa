"""Puts back what a run changed on a Confluence that somebody else runs, by what it wrote down.

Each thing is looked at first, and only what is as the run left it is changed: what somebody else
changed meanwhile is theirs, is left and is said. So this may be done any number of times, whether
the run ended early or not.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from harness.drivers.browser import dashboard
from harness.drivers.cloud import CloudControl
from harness.drivers.confluence import apps, dark_features, startup_checks
from harness.drivers.confluence.session import Account, ConfluenceClient
from harness.errors import DriverError, HarnessError
from harness.store.undo import AppChanged, Changes

_SERVED_WITHIN = 180.0
"""Wall seconds for a server that is not there now, as while it restarts, to be there again."""

Said = Callable[[str], None]
Pages = Callable[[], Page]
"""Gives a page of a logged-in browser."""


@dataclass
class PuttingBack:
    """What is at hand for putting things back.

    Args:
        client: an administrator's client.
        address: Confluence's base URL.
        account: for the pages.
        pages: opens a page; called only where plans were made.
        stub: the stub that serves it, where one does.
        said: takes a line for each thing.
    """

    client: ConfluenceClient
    address: str
    account: Account
    pages: Pages
    stub: CloudControl | None
    said: Said
    _left: list[str] = field(default_factory=list)

    def everything(self, changes: Changes) -> None:
        """Puts everything back, each thing whatever becomes of the others.

        Raises:
            DriverError: something could not be put back; says what.
        """
        with self._tried("the server"):
            startup_checks.await_running(self.client, within=_SERVED_WITHIN)
            self._features(changes)
            for key, (first, versions) in changes.apps.items():
                with self._tried(f"the app {key}"):
                    self.app(key, first, versions)
            with self._tried("plans"):
                self._plans(changes)
        if self.stub:
            with self._tried("the stub"):
                self._stub(self.stub, changes)
        if self._left:
            raise DriverError(
                f"putting back what was changed at {self.address}",
                "; ".join(self._left),
                "`harness restore` tries again",
            )

    @contextmanager
    def _tried(self, what: str) -> Iterator[None]:
        """What cannot be put back is kept for the end, and the rest goes on."""
        try:
            yield
        except (HarnessError, PlaywrightError, httpx.HTTPError) as error:
            self._left.append(f"{what}: {str(error).splitlines()[0]}")

    def _features(self, changes: Changes) -> None:
        with self._tried("dark features"):
            found = dark_features.site(self.client)
            back = {}
            for key, (before, last) in changes.features.items():
                if (key in found) != last and before == last:
                    self.said(f"  left      {key}: somebody else switched it {_word(not last)}")
                elif (key in found) != before:
                    back[key] = before
            if back:
                dark_features.set_site(self.client, back)
            for key, (before, _) in changes.features.items():
                if key in back:
                    self.said(f"  put back  {key}: {_word(before)}")

    def app(self, key: str, first: AppChanged, versions: set[str]) -> None:
        """Brings an app to the state that it had before the run.

        Args:
            key: its key in UPM.
            first: what was written down before it was changed first.
            versions: all that the run put there.

        Raises:
            DriverError: UPM does not do it.
        """
        there, before = apps.find(self.client, key), first.before
        known = versions | ({before.version} if before else set())
        if there and there.version not in known:
            self.said(f"  left      {key}: somebody else put version {there.version} there")
            return
        if before is None:
            if there:
                apps.uninstall(self.client, key)
                self.said(f"  put back  {key}: not installed")
            return
        if there is None or there.version != before.version:
            if not first.jar:
                raise DriverError(f"putting {key} {before.version} back", "its jar was not given")
            there = apps.install(self.client, Path(first.jar))
        if there.enabled != before.enabled:
            there = apps.set_enabled(self.client, key, before.enabled)
        state = "enabled" if there.enabled else "disabled"
        self.said(f"  put back  {key}: {there.version}, {state}")

    def _plans(self, changes: Changes) -> None:
        if not changes.plans:
            return
        page = self.pages()
        own = [
            plan
            for plan in dashboard.plans(page, self.address, self.account)
            if plan.name in changes.plans
        ]
        for plan in own:
            with self._tried(f"the plan {plan.name}"):
                dashboard.delete_plan(page, self.address, plan.id, self.account)
        if own:
            self.said(f"  put back  {len(own)} plans of this run's: deleted")

    def _stub(self, stub: CloudControl, changes: Changes) -> None:
        there = {str(each["key"]) for each in stub.apps()}
        for key in changes.cloud_apps:
            if key in there:
                stub.uninstall(key)
                self.said(f"  put back  {key}: not on the stub's site")
        if changes.switches is not None and stub.switches() != changes.switches:
            stub.set_switches(changes.switches)
            self.said("  put back  the stub's switches")


def _word(is_on: bool) -> str:
    return "on" if is_on else "off"
