"""The cloud as one object: what handlers work on, and the one way in which its state changes."""

import ssl
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from harness.cloud import state as states
from harness.cloud.changes import Change, ClockSet, MessageQueued, Reset, SwitchesSet, from_json
from harness.cloud.clock import PlatformClock
from harness.cloud.deadlines import Deadlines
from harness.cloud.egress import Egress
from harness.cloud.faults.rules import Faults
from harness.cloud.journal import Journal
from harness.cloud.settings import ServeSettings, Switches
from harness.cloud.site import Site
from harness.cloud.store import Store
from harness.cloud.upstream import Exchanges
from harness.cloud.vault import Vault
from harness.cloud.webhooks import Deliveries
from harness.vocabulary.effects import Effect


@dataclass
class Addresses:
    """Where the cloud can be reached; known once it listens."""

    public_url: str = ""
    ports: dict[str, int] = field(default_factory=dict)


class Cloud:
    """All parts of a cloud.

    Args:
        settings: how it was started.
        site: the content of the site; empty when left out.
    """

    def __init__(self, settings: ServeSettings, site: Site | None = None) -> None:
        settings.data.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.site = site or Site()
        self.addresses = Addresses(public_url=settings.public_url or default_url(settings))
        self.state = states.State()
        self.switches = Switches()
        self.clock = PlatformClock(settings.time_scale)
        self.vault = Vault(settings.data / "vault.json")
        self.store = Store(settings.data / "app-data")
        self.exchanges = Exchanges(settings.data / "exchanges")
        self.egress = Egress(self.state, settings.egress)
        self.faults = Faults()
        self.deadlines = Deadlines(self)
        self.deliveries = Deliveries(self)
        self.client_key = site_client_key(settings.site)
        self.journal = Journal(settings.data / "journal.jsonl", self.now, settings.sync)
        self._recover()

    def now(self) -> int:
        """Platform time in epoch milliseconds."""
        return self.clock.now()

    @property
    def base_url(self) -> str:
        """The base URL of Confluence on the site, as told to apps."""
        return f"{self.addresses.public_url}/wiki"

    def record(self, entry: Mapping[str, Any], changes: Sequence[Change] = ()) -> None:
        """Writes an entry to the journal, and then makes its changes.

        Raises:
            OSError: it could not be written; nothing has changed.
        """
        self.journal.append(entry, [change.to_json() for change in changes])
        for change in changes:
            change.apply(self.state)
            self._follow_up(change)

    def record_own(
        self,
        effect: Effect,
        reason: str,
        changes: Sequence[Change] = (),
        transfer_id: str | None = None,
        app_key: str | None = None,
    ) -> None:
        """Writes what the cloud does of itself: time-outs, its start."""
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

    def _follow_up(self, change: Change) -> None:
        if isinstance(change, MessageQueued):
            self.deliveries.start(self.state.messages[change.message["id"]])
        elif isinstance(change, ClockSet):
            self.clock.set(change.now, change.rate)
            self.deadlines.wake()
            self.deliveries.wake()
        elif isinstance(change, SwitchesSet):
            self.switches = Switches(**change.switches)
        elif isinstance(change, Reset):
            self.deliveries.forget()
            self.store.clear()
            self.faults.clear()
        self.deadlines.learn(change)

    def _recover(self) -> None:
        for entry in self.journal.recover():
            for change in entry["changes"]:
                made = from_json(change)
                made.apply(self.state)
                self.deadlines.learn(made)
        if self.state.switches:
            self.switches = Switches(**self.state.switches)
        if self.state.clock:
            now, wall, rate = self.state.clock
            self.clock.set(now + (time.time() - wall) * rate * 1000.0, rate)
        again = f" after {self.journal.next - 1} journal entries" if self.journal.next > 1 else ""
        self.record_own(Effect.BOOTED, f"the cloud was started{again}")

    def start(self) -> None:
        """Begins what runs beside requests; to be called inside the loop."""
        self.client = httpx.AsyncClient(
            verify=ssl.create_default_context(), trust_env=False, follow_redirects=False
        )
        self.deadlines.start()
        for message in list(self.state.messages.values()):
            self.deliveries.start(message)

    async def stop(self) -> None:
        """Ends what runs beside requests."""
        await self.deadlines.stop()
        await self.deliveries.stop()
        await self.client.aclose()
        self.journal.close()


def default_url(settings: ServeSettings) -> str:
    """The base URL of the site in the real cloud."""
    return f"https://{settings.site}.atlassian.net"


def site_client_key(site: str) -> str:
    """The client key of the site's Confluence: the same for all its apps, and in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{site}.atlassian.net"))
