"""Reads the Universal Plugin Manager's answers; pure, so each rule has its own test.

Source of each rule: reference/confluence-container.md section 4.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx

from harness.drivers.confluence.absence import is_absent
from harness.errors import DriverError

ROOT = "/rest/plugins/1.0/"
INSTALLED = "application/vnd.atl.plugins.installed+json"
PLUGIN = "application/vnd.atl.plugins.plugin+json"
MODULE = "application/vnd.atl.plugins.plugin.module+json"
LICENCE = "application/vnd.atl.plugins+json"
SAFE_MODE = "application/vnd.atl.plugins.safe.mode.flag+json"

UPLOAD_OFF = (
    "Uploading plugins is switched off, as it is by default since early 2024: start Confluence "
    "with -Dupm.plugin.upload.enabled=true"
)
UNSIGNED = (
    "The jar is not signed, which UPM 8 (Confluence 10) refuses by default: start Confluence with "
    "-Datlassian.upm.signature.check.disabled=true, or sign the build"
)

_TEXTAREA = re.compile(r"<textarea[^>]*>(.*?)</textarea>", re.DOTALL | re.IGNORECASE)
_RESOURCE = re.compile(r"/rest/plugins/1\.0/([^/?#]+)-key/?$")


@dataclass(frozen=True)
class Module:
    """One module of an app; `reason` is why it is disabled, where the server says so."""

    key: str
    name: str
    enabled: bool
    reason: str | None = None


@dataclass(frozen=True)
class App:
    """An app as UPM sees it."""

    key: str
    name: str
    version: str
    enabled: bool
    user_installed: bool
    modules: tuple[Module, ...]
    left_disabled: bool = False
    """UPM installed it and left it disabled; `apps.install` then enables it."""


@dataclass(frozen=True)
class Task:
    """One look at a pending task of UPM.

    `error` is None while nothing went wrong; `key` is known once the answer is the plugin itself.
    """

    done: bool
    stage: str
    error: str | None
    key: str | None


@dataclass(frozen=True)
class PluginLicence:
    """What UPM says about a plugin's licence; the licence itself is never kept."""

    valid: bool
    error: str | None
    kind: str | None
    expires: str | None
    users: int | None


def resource_of(key: str, *rest: str) -> str:
    """Return the path of a plugin's resource; the suffix `-key` is added exactly once."""
    return "/".join([f"{ROOT}{quoted(key)}-key", *rest])


def quoted(key: str) -> str:
    """Return a plugin's or module's key as one path segment; its dots stay as they are."""
    return quote(key, safe="")


def key_in(path: str) -> str | None:
    """Return the plugin key that a plugin resource's address names, if it is one."""
    match = _RESOURCE.search(urlsplit(path).path)
    return unquote(match.group(1)) if match else None


def token_from(answer: httpx.Response) -> str:
    """Take the upload token from the answer of UPM's root, or say why there is none.

    Raises:
        DriverError: classified as credentials or Basic refused, UPM missing, or server broken.
    """
    token = answer.headers.get("upm-token")
    if token and answer.is_success:
        return str(token)
    attempted = "asking UPM for an upload token"
    came_back = f"HTTP {answer.status_code} without a token"
    if answer.status_code in {401, 403} or answer.is_redirect:
        raise DriverError(
            attempted,
            came_back,
            "Wrong password, not an administrator, or Basic authentication is closed: start "
            "Confluence with "
            "-Dcom.atlassian.plugins.authentication.basic.auth.filter.force.allow=true or "
            "log in by cookie",
        )
    if answer.is_success or is_absent(answer):
        raise DriverError(attempted, came_back, "UPM is missing or disabled in this Confluence")
    raise DriverError(attempted, came_back, "Confluence is broken or not ready: read its log")


def strip_textarea(text: str) -> str:
    """Return the JSON inside the textarea that UPM wraps an upload's answer in, or the text."""
    match = _TEXTAREA.search(text)
    return unescape(match.group(1)).strip() if match else text.strip()


def parse_body(answer: httpx.Response, attempted: str) -> Mapping[str, Any]:
    """Read a JSON object from an answer, wrapped in a textarea or not.

    Raises:
        DriverError: there is none.
    """
    try:
        body = json.loads(strip_textarea(answer.text))
    except ValueError:
        body = None
    if not isinstance(body, Mapping):
        raise DriverError(attempted, f"HTTP {answer.status_code} without a JSON object")
    return body


def task_address(answer: httpx.Response, body: Mapping[str, Any]) -> httpx.URL:
    """Return where a task is polled: links.self, which is server-relative and already has the
    context path, else the Location header.

    Raises:
        DriverError: neither is there.
    """
    links = body.get("links")
    link = links.get("self") if isinstance(links, Mapping) else None
    link = link or answer.headers.get("location")
    if not link:
        raise DriverError(
            "installing a plugin", "UPM accepted the upload but named no task to follow"
        )
    return answer.request.url.join(link)


def parse_task(answer: httpx.Response) -> Task:
    """Read one poll of a task.

    A 303 to the plugin's resource, an answer of type plugin+json and one without a `type` member
    all mean finished; so does `status.done`. `err` in `status.contentType` means failed.
    """
    if answer.status_code == httpx.codes.SEE_OTHER:
        return Task(True, "installed", None, key_in(answer.headers.get("location", "")))
    body = parse_body(answer, "polling UPM's task")
    kind = answer.headers.get("content-type", "").split(";")[0]
    if kind == PLUGIN or ("type" not in body and "status" not in body and "key" in body):
        return Task(True, "installed", None, _text(body.get("key")))
    status = body.get("status")
    status = status if isinstance(status, Mapping) else {}
    content_type = str(status.get("contentType") or kind)
    if "err" in content_type or _has_error(status):
        return Task(True, content_type, _error_text(status), None)
    links = body.get("links")
    address = links.get("result") or links.get("plugin") if isinstance(links, Mapping) else None
    done = status.get("done") is True or "type" not in body
    return Task(done, content_type, None, key_in(str(address or "")))


def install_error(text: str) -> DriverError:
    """Turn UPM's error into one that names the fix where it is known."""
    advice = "Read the application log: logger upm.core.install.DefaultPluginInstallationService"
    lowered = text.casefold()
    if "signature" in lowered:
        advice = UNSIGNED
    elif "upload" in lowered and ("cannot be installed" in lowered or "disabled" in lowered):
        advice = UPLOAD_OFF
    return DriverError("installing a plugin", f"UPM says: {text}", advice)


def parse_app(body: Mapping[str, Any]) -> App:
    """Read a plugin's representation."""
    modules = body.get("modules")
    return App(
        key=str(body.get("key", "")),
        name=str(body.get("name") or body.get("key", "")),
        version=str(body.get("version", "")),
        enabled=body.get("enabled") is True,
        user_installed=body.get("userInstalled") is True,
        modules=tuple(
            Module(
                str(module["key"]),
                str(module.get("name") or ""),
                module.get("enabled") is True,
                _text(module.get("disabledReason")),
            )
            for module in (modules if isinstance(modules, list) else [])
            if isinstance(module, Mapping) and module.get("key")
        ),
    )


def parse_licence(body: Mapping[str, Any]) -> PluginLicence:
    """Read a plugin licence's representation, leaving the licence itself behind."""
    users = body.get("maximumNumberOfUsers")
    return PluginLicence(
        valid=body.get("valid") is True,
        error=_text(body.get("error")),
        kind=_text(body.get("licenseType")),
        expires=_text(body.get("expiryDate")),
        users=users if isinstance(users, int) else None,
    )


def _has_error(status: Mapping[str, Any]) -> bool:
    return bool(status.get("errorMessage")) or (
        status.get("done") is True and "error" in str(status.get("subCode") or "")
    )


def _error_text(status: Mapping[str, Any]) -> str:
    return str(status.get("errorMessage") or status.get("subCode") or "an error without a message")


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)
