"""Connect's life cycle: installs, enables and uninstalls an app, as the product does.

Sources: Connect's public documentation; `reference/tried.md` for what ACE 11.5.3 accepted.
"""

import secrets
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from harness.cloud import descriptor, redact
from harness.cloud.call import Refusal
from harness.cloud.calls import CallFailed, CallRefused
from harness.cloud.state import App
from harness.cloud.tokens import path_below, qsh, sign_hs256, sign_install
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

_TIMEOUT = 10.0
"""Wall seconds that an app has to answer."""


async def read_descriptor(world: World, url: str) -> App:
    """Reads an app's descriptor.

    Args:
        world: the cloud that the app is to be installed on.
        url: the descriptor's own URL, whatever its path.

    Raises:
        Refusal: 502, it cannot be read; 400, it is not the descriptor of a Connect app, or its host
            may not be called.
    """
    if refused := world.egress.refuses(url):
        raise Refusal(400, Effect.EGRESS_REFUSED, refused)
    try:
        answer = await world.calls.make("GET", url, timeout=_TIMEOUT)
    except CallRefused as refused_address:
        raise Refusal(400, Effect.EGRESS_REFUSED, str(refused_address)) from refused_address
    except CallFailed as error:
        raise Refusal(502, Effect.NOT_FOUND, f"GET {url}: {error}") from error
    if answer.status_code != 200:
        raise Refusal(502, Effect.NOT_FOUND, f"GET {url} was answered {answer.status_code}")
    try:
        app = descriptor.read(answer.content, world.client_key, world.egress, world.switches)
        return replace(app, descriptor_url=url)
    except ValueError as error:
        raise Refusal(400, Effect.MALFORMED, f"{url} cannot be installed: {error}") from error
    except PermissionError as error:
        raise Refusal(400, Effect.EGRESS_REFUSED, str(error)) from error


async def call_installed(world: World, app: App) -> str:
    """Calls `installed`, and returns the shared secret that the app now has.

    An app that was installed before keeps its secret, but only at the base URL that has it: whoever
    installs the same key from elsewhere gets a secret of its own. Either way the token is signed
    with RS256, as in Connect's signed installs.

    Raises:
        Refusal: 502, the app did not accept the call.
    """
    known = world.state.apps.get(app.key)
    same = known is not None and known.base_url == app.base_url
    kept = world.vault.shared_secret(app.key) if same else None
    secret = kept or secrets.token_urlsafe(48)
    if "installed" in app.callbacks:
        await _call(world, app, "installed", _signed_by_platform(world, app), secret)
    return secret


async def call_enabled(world: World, app: App) -> None:
    """Calls `enabled`, signed with the shared secret; Connect ignores the answer.

    Raises:
        Refusal: 502, the app did not accept the call.
    """
    if "enabled" in app.callbacks:
        secret = world.vault.shared_secret(app.key) or ""
        await _call(
            world, app, "enabled", lambda hashed: sign_hs256(app.client_key, secret, hashed)
        )


async def call_uninstalled(world: World, app: App) -> None:
    """Calls `uninstalled`, signed like an install; Connect ignores the answer.

    Raises:
        Refusal: 502, the app did not accept the call.
    """
    if "uninstalled" in app.callbacks:
        await _call(world, app, "uninstalled", _signed_by_platform(world, app))


def _signed_by_platform(world: World, app: App) -> Any:
    vault = world.vault
    as_text = world.switches.install_audience == "text"
    audience = app.base_url if as_text else [app.base_url]
    return lambda hashed: sign_install(
        app.client_key, audience, hashed, vault.private_key, vault.key_id
    )


async def _call(world: World, app: App, event: str, sign: Any, secret: str | None = None) -> None:
    url = descriptor.address(app, app.callbacks[event])
    payload = {
        "key": app.key,
        "clientKey": app.client_key,
        "publicKey": world.vault.host_key,
        "serverVersion": "6452",
        "pluginsVersion": "1000.0.0",
        "baseUrl": world.base_url,
        "productType": "confluence",
        "description": "Atlassian Confluence at the migration harness",
        "eventType": event,
    }
    if secret is not None:
        payload["sharedSecret"] = secret
    token = sign(qsh("POST", path_below(app.base_url, url), urlsplit(url).query))
    status, reason = None, ""
    try:
        headers = {"Authorization": f"JWT {token}"}
        answer = await world.calls.make(
            "POST", url, json=payload, headers=headers, timeout=_TIMEOUT
        )
        status = answer.status_code
        accepted = answer.is_success
        reason = f"the app answered {status}"
    except CallFailed as error:
        accepted, reason = False, str(error)
    world.record(
        {
            "caller": "cloud",
            "direction": "out",
            "method": "POST",
            "path": redact.url(url),
            "route": f"callback {event}",
            "status": status,
            "effect": Effect.CALLED_BACK if accepted else Effect.CALLBACK_REFUSED,
            "reason": redact.text(reason),
            "transfer_id": None,
            "app_key": app.key,
            "body": redact.body(payload),
            "seconds": 0.0,
        }
    )
    if not accepted:
        raise Refusal(
            502,
            Effect.CALLBACK_REFUSED,
            f"POST {url} ({event}): {reason}; it must answer with a 2xx status",
        )
