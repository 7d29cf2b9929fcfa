"""What happens to the site: apps come and go, servers attach, the Marketplace lists pairs."""

from dataclasses import dataclass
from typing import Any, ClassVar

from harness.cloud.changes.base import Change
from harness.cloud.state import App, Server, State


@dataclass(frozen=True, slots=True)
class AppInstalled(Change):
    """An app was installed; a Connect app's shared secret is in the vault."""

    kind: ClassVar[str] = "app-installed"
    app: dict[str, Any]

    def _apply(self, state: State) -> None:
        app = App(**self.app)
        app.endpoints, app.scopes = tuple(app.endpoints), tuple(app.scopes)
        state.apps[app.key] = app


@dataclass(frozen=True, slots=True)
class AppUninstalled(Change):
    """An app left the site."""

    kind: ClassVar[str] = "app-uninstalled"
    app_key: str

    def _apply(self, state: State) -> None:
        state.apps.pop(self.app_key, None)


@dataclass(frozen=True, slots=True)
class WebhooksSet(Change):
    """An app replaced its webhook endpoints."""

    kind: ClassVar[str] = "webhooks-set"
    app_key: str
    endpoints: list[str]

    def _apply(self, state: State) -> None:
        state.apps[self.app_key].endpoints = tuple(self.endpoints)


@dataclass(frozen=True, slots=True)
class ServerAttached(Change):
    """A Confluence connected to the site."""

    kind: ClassVar[str] = "server-attached"
    server: dict[str, Any]

    def _apply(self, state: State) -> None:
        server = Server(**self.server)
        state.servers[server.id] = server


@dataclass(frozen=True, slots=True)
class PairListed(Change):
    """The Marketplace began or ceased to list a server app with a cloud app."""

    kind: ClassVar[str] = "pair-listed"
    server_key: str
    cloud_key: str
    listed: bool

    def _apply(self, state: State) -> None:
        pair = (self.server_key, self.cloud_key)
        (state.listings.add if self.listed else state.listings.discard)(pair)
