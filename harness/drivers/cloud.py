"""Drives the stub's cloud and the scripted cloud app through their control APIs, over HTTP.

The public faces of both are for Confluence, Connect apps and browsers; what only a test may
do (set the clock, install an app, read the journal) goes through here.
"""

import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from harness.drivers.control_api import control_client, sent
from harness.errors import BadInput
from harness.support.trust import usual
from harness.vocabulary.script import Behaviour
from harness.wait import Living, NotYet

JournalEntry = Mapping[str, Any]
"""One entry of the cloud's journal, as `docs/cloud.md` describes it."""


DESCRIPTOR = "/atlassian-connect.json"
"""Where a Connect app's descriptor is, unless it says so itself."""

_NEVER = 999_999_999
"""A sequence number that no journal reaches."""


class CloudControl:
    """The cloud's control API.

    Args:
        url: base URL of the cloud's plain listener.
        service: the cloud's service, where known; calls that wait for it end when it ends.
        token: what the control API wants to be sent; empty where it wants nothing.
    """

    tells = True
    """Whether it has a journal, and can be told what to do."""

    def __init__(self, url: str, service: Living | None = None, token: str = "") -> None:
        self.url, self.token = url, token
        self._client = control_client(f"{url}/_harness/", service, token, verify=usual())

    def is_up(self) -> bool:
        """Whether the cloud answers."""
        try:
            return self._client.get("health").is_success
        except httpx.TransportError:
            return False

    def set_clock(self, now: datetime, rate: float) -> None:
        """Sets platform time, and how many of its seconds pass in a wall second."""
        body = {"now": round(now.timestamp() * 1000), "rate": rate}
        _send(self._client, "PUT", "clock", json=body)

    def install(self, base_url: str, descriptor: str = DESCRIPTOR) -> str:
        """Installs a Connect app on the site, by the path of its descriptor; its key."""
        return self._install(f"{base_url.rstrip('/')}{descriptor}")

    def _install(self, descriptor_url: str) -> str:
        body = {"descriptorUrl": descriptor_url}
        return str(_send(self._client, "POST", "apps", json=body)["appKey"])

    def install_forge(self, key: str, events_url: str, environment: str) -> None:
        """Puts a Forge app on the site, deployed in an environment."""
        body = {"key": key, "eventsUrl": events_url, "environment": environment}
        _send(self._client, "POST", "forge-apps", json=body)

    def put_back(self, app: Mapping[str, Any]) -> None:
        """Installs an app as `apps` listed it."""
        if app.get("kind") == "forge":
            self.install_forge(app["key"], app["base_url"], app["environment"])
        elif url := app.get("descriptor_url"):
            self._install(url)
        else:
            self.install(app["base_url"])

    def uninstall(self, key: str) -> None:
        """Removes an app from the site."""
        _send(self._client, "DELETE", f"apps/{key}")

    def apps(self) -> Sequence[Mapping[str, Any]]:
        """The apps on the site, with the addresses of their webhooks."""
        apps: Sequence[Mapping[str, Any]] = _send(self._client, "GET", "apps")["apps"]
        return apps

    def add_fault(self, fault: Mapping[str, Any]) -> None:
        """Puts a fault in force, until the next reset; `docs/cloud.md` lists the kinds."""
        _send(self._client, "POST", "faults", json=fault)

    def faults(self) -> Sequence[Mapping[str, Any]]:
        """The faults in force."""
        faults: Sequence[Mapping[str, Any]] = _send(self._client, "GET", "faults")["faults"]
        return faults

    def set_switches(self, switches: Mapping[str, Any]) -> None:
        """Turns switches of the cloud; those that are not named stay as they are."""
        _send(self._client, "PUT", "settings", json=dict(switches))

    def switches(self) -> Mapping[str, Any]:
        """All switches of the cloud with their present values."""
        answer: Mapping[str, Any] = _send(self._client, "GET", "settings")
        return answer

    def list_pair(self, server_app_key: str, cloud_app_key: str, *, listed: bool) -> None:
        """Sets whether the Marketplace lists these keys as one app's pair."""
        body = {"serverAppKey": server_app_key, "cloudAppKey": cloud_app_key, "listed": listed}
        _send(self._client, "POST", "marketplace", json=body)

    def reset(self) -> None:
        """Forgets migrations, transfers, data and faults; apps, journal and clock stay."""
        _send(self._client, "POST", "reset")

    def mark(self, text: str) -> None:
        """Puts a marker into the journal."""
        _send(self._client, "POST", "marks", json={"text": text})

    def transfers(self) -> Sequence[Mapping[str, Any]]:
        """All transfers since the last reset, oldest first."""
        answer = _send(self._client, "GET", "transfers")
        transfers: Sequence[Mapping[str, Any]] = answer["transfers"]
        return transfers

    def pages(self) -> Sequence[Mapping[str, Any]]:
        """The site's pages: `id`, `server_id`, `space_key`, `title`, `body`, version `number`."""
        answer = _send(self._client, "GET", "content")
        pages: Sequence[Mapping[str, Any]] = answer["pages"]
        return pages

    def journal(self, since: int = 0, wait: float = 0) -> tuple[Sequence[JournalEntry], int]:
        """Entries from a sequence number on, and the number to go on from.

        Args:
            since: the number.
            wait: wall seconds to wait for an entry, where there is none yet; at most 5.
        """
        params = {"since": since, "wait": round(wait * 1000)}
        answer = _send(self._client, "GET", "journal", params=params)
        return answer["entries"], int(answer["next"])

    def journal_end(self) -> int:
        """The number from which `journal` returns only what is written from now on."""
        return int(_send(self._client, "GET", "journal", params={"since": _NEVER})["next"])

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


class CloudAppControl:
    """The scripted cloud app's control API.

    Args:
        url: base URL of its plain listener.
        service: the app's service, where known; calls that wait for it end when it ends.
        token: what the control API wants to be sent; empty where it wants nothing.
    """

    def __init__(self, url: str, service: Living | None = None, token: str = "") -> None:
        self.url, self.token = url, token
        self._client = control_client(f"{url}/_app/", service, token, verify=usual())

    def is_up(self) -> bool:
        """Whether the app answers."""
        try:
            return self._client.get("events").is_success
        except httpx.TransportError:
            return False

    def behave(self, behaviour: str | Behaviour) -> None:
        """Forgets what happened, and behaves as given from the next transfer on."""
        _send(self._client, "POST", "reset")
        script = (
            {"behaviour": behaviour}
            if isinstance(behaviour, str)
            else behaviour.model_dump(mode="json", by_alias=True)
        )
        _send(self._client, "PUT", "script", json=script)

    def describe(self, *, webhook: bool) -> None:
        """Sets whether its descriptor names a migration webhook, from the next install on."""
        _send(self._client, "PUT", "descriptor", json={"webhook": webhook})

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


class ConnectAppControl:
    """A vendor's cloud app, which follows no script: all that can be asked is whether it answers.

    Args:
        url: its base URL, as reached from here.
        authority: PEM of the CA of its certificate; None if it is never called.
        health: the path that answers with success once it is up.
    """

    def __init__(self, url: str, authority: bytes | None, health: str = DESCRIPTOR) -> None:
        self.url, self.authority, self.health = url, authority, health
        trust = ssl.create_default_context(cadata=authority.decode() if authority else None)
        # From here it is reached through a published port, under another name than its own.
        trust.check_hostname = False
        self._client = httpx.Client(base_url=url, timeout=10, verify=trust, trust_env=False)

    def is_up(self) -> bool | NotYet:
        """Whether the app answers where it says so, or what came instead.

        A Connect app serves its descriptor.
        """
        address = f"{self.url}{self.health}"
        try:
            answer = self._client.get(self.health)
        except httpx.TransportError as error:
            return NotYet(f"{address} gave no answer: {error}")
        return answer.is_success or NotYet(f"{address} gave HTTP {answer.status_code}")

    def behave(self, behaviour: str | Behaviour) -> None:
        """Refuses: it behaves as it was written.

        Raises:
            BadInput: always.
        """
        shown = behaviour if isinstance(behaviour, str) else "steps of one's own"
        raise BadInput(
            f"cloud_app: {shown!r} is for a cloud half of `kind: scripted`; "
            "a vendor's own app follows no script"
        )

    def describe(self, *, webhook: bool) -> None:
        """Refuses: its descriptor is its own.

        Raises:
            BadInput: always.
        """
        raise BadInput(
            "cloud_install: no-webhook is for a cloud half of `kind: scripted`; "
            f"a vendor's own app has its own descriptor (webhook={webhook})"
        )

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


def platform_time(entry: JournalEntry) -> datetime:
    """When an entry was written, in platform time."""
    return datetime.fromisoformat(str(entry["platform_time"])).astimezone(UTC)


def _send(client: httpx.Client, method: str, path: str, **arguments: Any) -> Any:
    answer = sent(client, f"{method} {client.base_url}{path}", method, path, **arguments)
    return answer.json() if answer.content else {}
