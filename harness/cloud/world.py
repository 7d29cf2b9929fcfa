"""What handlers work on: all that a cloud holds, and the one way to change its state.

`record` makes a change once it is journalled. Whoever has to act on a change (start a delivery,
set a deadline) subscribes to its kind; `assembly` has the list.
"""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeVar

from harness.cloud.calls import Calls
from harness.cloud.changes import Change, ClockSet, Reset, SwitchesSet, from_json
from harness.cloud.clock import PlatformClock
from harness.cloud.egress import Egress
from harness.cloud.exchanges import Exchanges
from harness.cloud.faults.rules import Faults
from harness.cloud.journal import Journal
from harness.cloud.settings import ServeSettings, Switches
from harness.cloud.site import Site
from harness.cloud.state import State
from harness.cloud.uploads import Store
from harness.cloud.vault import Vault
from harness.vocabulary.effects import Effect

C = TypeVar("C", bound=Change)


@dataclass
class Addresses:
    """Where the cloud can be reached, once it listens."""

    public_url: str = ""
    ports: dict[str, int] = field(default_factory=dict)


class World:
    """Everything that a cloud holds. It is new until `recover` is called.

    Args:
        settings: how the cloud was started.
        site: the content of the site; empty when left out.

    Raises:
        BadInput: another cloud uses the data folder, or a file in it is damaged.
        OSError: the data folder cannot be used.
    """

    def __init__(self, settings: ServeSettings, site: Site | None = None) -> None:
        settings.data.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.addresses = Addresses(public_url=settings.public_url or default_url(settings))
        self.client_key = site_client_key(settings.site)
        described = (site or Site()).content()
        self.state = State(described=described, content=deepcopy(described))
        self.switches = Switches()
        self.clock = PlatformClock(settings.time_scale)
        self.now = self.clock.now
        """Platform time in epoch milliseconds."""
        # First of all that is in the folder: it has the lock.
        self.journal = Journal(settings.data / "journal.jsonl", self.now, settings.sync)
        with ExitStack() as on_failure:
            on_failure.callback(self.journal.close)
            new = self.journal.is_empty()
            self.vault = Vault(settings.data / "vault.json", new, settings.sync)
            self.store = Store(settings.data / "app-data", settings.sync)
            self.exchanges = Exchanges(settings.data / "exchanges", settings.sync)
            on_failure.pop_all()
        self.egress = Egress(self.state, settings.egress, settings.upstream)
        self.faults = Faults()
        self.calls = Calls(self.egress.refuses)
        self._subscribers: dict[type[Change], list[Callable[[Any], None]]] = {}

    @property
    def base_url(self) -> str:
        """The base URL of Confluence on the site, as apps see it."""
        return f"{self.addresses.public_url}/wiki"

    def subscribe(self, kind: type[C], subscriber: Callable[[C], None]) -> None:
        """Has a function called after each change of a kind; the first to subscribe is first."""
        self._subscribers.setdefault(kind, []).append(subscriber)

    def record(self, entry: Mapping[str, Any], changes: Sequence[Change] = ()) -> None:
        """Writes an entry to the journal, and then makes its changes.

        Raises:
            OSError: it could not be written; nothing has changed.
        """
        if not changes:
            self.journal.append(entry)
            return
        self.journal.append(entry, [change.to_json() for change in changes])
        for change in changes:
            self._make(change)

    def record_own(
        self,
        effect: Effect,
        reason: str,
        changes: Sequence[Change] = (),
        transfer_id: str | None = None,
        app_key: str | None = None,
    ) -> None:
        """Records what the cloud does on its own, such as its start or a time-out.

        Raises:
            OSError: it could not be written; nothing has changed.
        """
        entry = {
            "caller": "cloud",
            "direction": "internal",
            "method": None,
            "path": None,
            "route": None,
            "status": None,
            "effect": effect,
            "reason": reason,
            "transfer_id": transfer_id,
            "app_key": app_key,
            "body": None,
            "seconds": 0.0,
        }
        self.record(entry, changes)

    def recover(self) -> None:
        """Makes the changes that an earlier process left in the journal, and journals the start.

        Those who have subscribed before are called for each of these changes too.

        Raises:
            BadInput: a line of the journal is damaged, or another version of the cloud wrote it;
                or the vault lacks the secret of an app.
            OSError: the journal cannot be written.
        """
        for entry in self.journal.recover():
            try:
                for change in entry["changes"]:
                    self._make(from_json(change))
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                why = f"another version of the cloud wrote this line ({type(error).__name__})"
                raise self.journal.damaged(entry["seq"], why) from error
        if self.state.switches:
            self.switches = self._recovered_switches(self.state.switches)
        self._check_secrets()
        if self.state.clock:
            now, wall, rate = self.state.clock
            self.clock.set(now + (time.time() - wall) * rate * 1000.0, rate)
        again = f" after {self.journal.next - 1} journal entries" if self.journal.next > 1 else ""
        self.record_own(Effect.BOOTED, f"the cloud was started{again}")

    def _recovered_switches(self, kept: Mapping[str, Any]) -> Switches:
        try:
            return Switches(**kept)
        except ValueError as error:
            why = "another version of the cloud set switches that this one does not have"
            raise self.journal.damaged(self.journal.next - 1, why) from error

    def _check_secrets(self) -> None:
        for app in self.state.apps.values():
            if app.kind == "connect" and self.vault.shared_secret(app.key) is None:
                raise self.vault.unusable(f"it has no secret for {app.key}, which is installed")

    def set_clock(self, change: ClockSet) -> None:
        """Sets the clock as a change says."""
        self.clock.set(change.now, change.rate)

    def set_switches(self, change: SwitchesSet) -> None:
        """Sets the switches as a change says."""
        self.switches = Switches(**change.switches)

    def reset(self, _change: Reset) -> None:
        """Removes app data and faults, which are not part of the state."""
        self.store.clear()
        self.faults.clear()

    async def close(self) -> None:
        """Closes connections and files."""
        await self.calls.close()
        self.journal.close()

    def _make(self, change: Change) -> None:
        change.apply(self.state)
        for subscriber in self._subscribers.get(type(change), ()):
            subscriber(change)


def default_url(settings: ServeSettings) -> str:
    """The base URL that the site would have in the real cloud."""
    return f"https://{settings.site}.atlassian.net"


def site_client_key(site: str) -> str:
    """The client key of the site's Confluence: the same for all apps and in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{site}.atlassian.net"))
