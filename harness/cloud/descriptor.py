"""Reads a Connect descriptor; refuses what the product refuses, in its words where they are known.

Sources: public reports of failed installs (unknown modules, a missing scope: getsentry/self-hosted
issues 1434 and 3204); Connect's public descriptor reference for names and places.
"""

import json
from typing import Any

from harness.cloud.egress import Egress, malformed
from harness.cloud.settings import Switches
from harness.cloud.state import App

MODULES = frozenset(
    {
        "adminPages",
        "blueprints",
        "configurePage",
        "confluenceBackgroundScripts",
        "confluenceContentProperties",
        "confluenceThemes",
        "contentBylineItems",
        "contextMenus",
        "customContent",
        "dialogs",
        "dynamicContentMacros",
        "generalPages",
        "globalBackgroundScripts",
        "inlineDialogs",
        "keyboardShortcuts",
        "postInstallPage",
        "profilePages",
        "spaceAdminTabs",
        "spaceToolsTabs",
        "staticContentMacros",
        "webItems",
        "webPanels",
        "webSections",
        "webhooks",
    }
)
"""Modules of Confluence Connect."""

_READING = frozenset({"READ", "WRITE", "DELETE", "SPACE_ADMIN", "PROJECT_ADMIN", "ADMIN"})
"""Scopes that include READ."""


def read(text: bytes, client_key: str, egress: Egress, switches: Switches) -> App:
    """Reads the descriptor of an app that is to be installed.

    Args:
        text: the descriptor.
        client_key: the site's client key.
        egress: decides which addresses in it may be called.
        switches: whether what the product refuses is refused.

    Raises:
        ValueError: it is refused; says why.
        PermissionError: an address in it may not be called; says which.
    """
    descriptor = _object(json.loads(text), "the descriptor")
    _check_schema(descriptor)
    if switches.descriptors == "checked":
        _check_modules(descriptor)
    app = _app(descriptor, client_key)
    for name, url in _addresses(app).items():
        if wrong := malformed(url):
            raise ValueError(f"{name}: {wrong}")
    for name in ("baseUrl", *(f"lifecycle.{each}" for each in app.callbacks)):
        if refused := egress.refuses(_addresses(app)[name]):
            raise PermissionError(f"the descriptor's {name}: {refused}")
    return app


def address(app: App, where: str) -> str:
    """The address of a callback, which is absolute or below the base URL."""
    if where.startswith(("http://", "https://")):
        return where
    return f"{app.base_url.rstrip('/')}/{where.lstrip('/')}"


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{name} is not a JSON object")
    return value


def _check_schema(descriptor: dict[str, Any]) -> None:
    missing = [name for name in ("authentication", "baseUrl", "key") if not descriptor.get(name)]
    if missing:
        raise ValueError(
            "The app descriptor failed to validate against the schema: object has missing "
            f"required properties ({json.dumps(missing)})"
        )
    for name in ("key", "baseUrl"):
        if not isinstance(descriptor[name], str):
            raise ValueError(f"{name} is not a string")
    kind = _object(descriptor["authentication"], "authentication").get("type", "jwt")
    if str(kind).lower() != "jwt":
        raise ValueError("authentication.type is not jwt, so there is no shared secret")
    if not _object(descriptor.get("lifecycle") or {}, "lifecycle").get("installed"):
        raise ValueError(
            f"The app ({descriptor['key']}) requested authentication but did not specify an "
            "installed lifecycle callback in its descriptor"
        )


def _check_modules(descriptor: dict[str, Any]) -> None:
    modules = _object(descriptor.get("modules") or {}, "modules")
    for name in modules:
        if name not in MODULES:
            place = (
                ". It belongs at the top of the descriptor, beside modules"
                if name == "cloudAppMigration"
                else ""
            )
            raise ValueError(f"The app defined an unknown module ({name}){place}")
    scopes = {str(scope).upper() for scope in descriptor.get("scopes") or ()}
    if any(modules.values()) and not scopes & _READING:
        raise ValueError(
            "The app defines features that require the READ scope, but does not request the READ "
            "scope in its descriptor"
        )


def _app(descriptor: dict[str, Any], client_key: str) -> App:
    migration = _object(descriptor.get("cloudAppMigration") or {}, "cloudAppMigration")
    path = migration.get("migrationWebhookPath")
    if path is not None and (not isinstance(path, str) or not path.startswith("/")):
        raise ValueError("cloudAppMigration.migrationWebhookPath must begin with /")
    base_url = descriptor["baseUrl"]
    regions = _object(descriptor.get("regionBaseUrls") or {}, "regionBaseUrls")
    return App(
        key=descriptor["key"],
        client_key=client_key,
        base_url=base_url,
        name=str(descriptor.get("name", descriptor["key"])),
        webhook_path=path,
        regions={str(name): str(url) for name, url in regions.items()},
        callbacks={str(name): str(where) for name, where in descriptor["lifecycle"].items()},
        scopes=tuple(str(scope).upper() for scope in descriptor.get("scopes") or ()),
        endpoints=(f"{base_url.rstrip('/')}{path}",) if path else (),
    )


def _addresses(app: App) -> dict[str, str]:
    """Every address in a descriptor, by the name of its field."""
    found = {"baseUrl": app.base_url}
    found |= {f"lifecycle.{name}": address(app, where) for name, where in app.callbacks.items()}
    found |= {f"regionBaseUrls.{name}": url for name, url in app.regions.items()}
    for url in app.endpoints:
        found["cloudAppMigration.migrationWebhookPath"] = url
    return found
