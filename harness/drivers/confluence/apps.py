"""Installs, finds and removes apps through the Universal Plugin Manager's REST.

The steps and their pitfalls are those of reference/confluence-container.md section 4: the token
header, an accepted upload that may still fail, a task to poll, a plugin that is enabled a moment
before it answers, a removal that is asynchronous.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import httpx

from harness.drivers.confluence import upm
from harness.drivers.confluence.absence import is_absent
from harness.drivers.confluence.upm import App, Module, PluginLicence
from harness.errors import DriverError, WaitTimedOut
from harness.plugin_jar.validate import check_jar
from harness.wait import NotYet, wait_for

__all__ = [
    "ASSISTANT",
    "App",
    "Module",
    "PluginLicence",
    "await_address",
    "find",
    "install",
    "licence",
    "listed",
    "reinstall",
    "remove_licence",
    "safe_mode",
    "set_enabled",
    "set_licence",
    "set_module_enabled",
    "set_safe_mode",
    "takes_uploads",
    "uninstall",
    "user_installed",
]

ASSISTANT = "com.atlassian.migration.agent"
"""The assistant's own plugin key, by which UPM knows its version."""

_JAR = "application/java-archive"
_ENABLE_WITHIN = 10.0
"""Wall seconds that an installed app gets to become enabled before that is an error."""


def install(client: httpx.Client, jar: Path, *, within: float = 120) -> App:
    """Upload a jar and return the app once it is installed and enabled.

    Args:
        client: an administrator's client.
        jar: the plugin's jar or .obr; checked before anything is sent.
        within: wall seconds for the whole of it.

    Raises:
        BadInput: the file is not a plugin.
        DriverError: UPM refused (no token, upload switched off, signature, bundle that does not
            resolve) or the app stayed disabled; the message names the fix where it is known.
        WaitTimedOut: UPM did not come to an end.
    """
    facts = check_jar(jar)
    deadline = time.monotonic() + within
    accepted = _upload(client, jar, deadline)
    task = upm.parse_task(accepted)
    if not task.done:
        address = upm.task_address(accepted, upm.parse_body(accepted, "installing a plugin"))
        task = wait_for(
            f"UPM to install {jar.name}",
            lambda: _poll(client, address),
            within=deadline - time.monotonic(),
        )
    if task.error is not None:
        raise upm.install_error(task.error)
    key = task.key or facts.key
    if key is None:
        raise DriverError(
            f"installing {jar.name}",
            "UPM finished without naming the plugin",
            "Install the jar inside the .obr instead",
        )
    return _await_enabled(client, key, min(_ENABLE_WITHIN, max(1.0, deadline - time.monotonic())))


def reinstall(client: httpx.Client, jar: Path, *, within: float = 120) -> App:
    """Install a jar in place of the same version of itself.

    The old one is removed and seen to be gone first: an upload over the same version may keep the
    old bytecode in the OSGi cache. Settings of the plugin are lost by that.

    Raises:
        BadInput, DriverError, WaitTimedOut: as for `install` and `uninstall`.
    """
    key = check_jar(jar).key
    if key is not None:
        uninstall(client, key, within=within)
    return install(client, jar, within=within)


def find(client: httpx.Client, key: str) -> App | None:
    """Return the app with this plugin key, or None when it is not installed.

    Raises:
        DriverError: UPM answered neither.
    """
    answer = client.get(upm.resource_of(key), headers={"Accept": f"{upm.PLUGIN}, application/json"})
    if answer.status_code == httpx.codes.NOT_FOUND:
        return None
    _expect(answer, f"reading the plugin {key}")
    return upm.parse_app(upm.parse_body(answer, f"reading the plugin {key}"))


def user_installed(client: httpx.Client) -> tuple[App, ...]:
    """Return the apps that were added to this Confluence, without the bundled ones."""
    return tuple(app for app in listed(client) if app.user_installed)


def listed(client: httpx.Client) -> tuple[App, ...]:
    """Return all apps that UPM lists, bundled ones too.

    Raises:
        DriverError: UPM does not answer.
    """
    answer = client.get(upm.ROOT, headers={"Accept": upm.INSTALLED})
    _expect(answer, "listing the plugins")
    plugins = upm.parse_body(answer, "listing the plugins").get("plugins")
    every = plugins if isinstance(plugins, list) else []
    return tuple(upm.parse_app(plugin) for plugin in every if isinstance(plugin, Mapping))


def takes_uploads(client: httpx.Client) -> bool | None:
    """Whether UPM takes uploads, by one that has no jar in it; None where its answer says neither.

    Raises:
        DriverError: UPM gives no token.
    """
    token = upm.token_from(client.get(upm.ROOT, headers={"Accept": upm.INSTALLED}))
    answer = client.post(upm.ROOT, params={"token": token}, files={"none": ("none.txt", b"")})
    if answer.status_code == httpx.codes.FORBIDDEN:
        return False
    return True if answer.status_code == httpx.codes.BAD_REQUEST or answer.is_success else None


def uninstall(client: httpx.Client, key: str, *, within: float = 90) -> None:
    """Remove an app and wait until it is gone; one that is not installed is left alone.

    Raises:
        DriverError: UPM refused to remove it (a bundled app, for example).
        WaitTimedOut: it was still there after `within` wall seconds.
    """
    deadline = time.monotonic() + within
    answer = _unless_busy(
        lambda: client.delete(upm.resource_of(key)), f"UPM to be free to remove {key}", within
    )
    if answer.status_code == httpx.codes.NOT_FOUND:
        return
    _expect(answer, f"uninstalling {key}")

    def look() -> bool | NotYet:
        try:
            app = find(client, key)
        except httpx.TransportError as error:
            return NotYet(f"no answer ({error})")
        return True if app is None else NotYet(f"still there, enabled: {app.enabled}")

    wait_for(f"the plugin {key} to be gone", look, within=max(0.0, deadline - time.monotonic()))


def set_enabled(client: httpx.Client, key: str, enabled: bool) -> App:
    """Enable or disable an app and return it as UPM then shows it.

    Raises:
        DriverError: it is not installed, or UPM refused.
        WaitTimedOut: it did not change.
    """
    attempted = f"{'enabling' if enabled else 'disabling'} {key}"
    _put(client, upm.resource_of(key), upm.PLUGIN, {"enabled": enabled}, attempted)

    def look() -> App | NotYet:
        app = find(client, key)
        if app is not None and app.enabled == enabled:
            return app
        return NotYet(f"enabled: {app.enabled}" if app else "no such plugin")

    return wait_for(f"{attempted} to take effect", look, within=_ENABLE_WITHIN)


def set_module_enabled(client: httpx.Client, key: str, module: str, enabled: bool) -> Module:
    """Enable or disable one module of an app and return it as UPM then shows it.

    Raises:
        DriverError: there is no such app or module, or UPM refused.
        WaitTimedOut: it did not change.
    """
    attempted = f"{'enabling' if enabled else 'disabling'} the module {module} of {key}"
    path = upm.resource_of(key, "modules", f"{upm.quoted(module)}-key")
    _put(client, path, upm.MODULE, {"enabled": enabled}, attempted)

    def look() -> Module | NotYet:
        app = find(client, key)
        found = next((m for m in app.modules if m.key == module), None) if app else None
        if found is not None and found.enabled == enabled:
            return found
        return NotYet(f"enabled: {found.enabled}" if found else "no such module")

    return wait_for(f"{attempted} to take effect", look, within=_ENABLE_WITHIN)


def licence(client: httpx.Client, key: str) -> PluginLicence | None:
    """Return what UPM says about an app's licence, or None when it has none.

    UPM reports none by 404, by 204, or by an answer that names neither a kind nor an error.
    """
    answer = client.get(upm.resource_of(key, "license"), headers={"Accept": upm.LICENCE})
    if answer.status_code == httpx.codes.NO_CONTENT or is_absent(answer):
        return None
    _expect(answer, f"reading the licence of {key}")
    found = upm.parse_licence(upm.parse_body(answer, f"reading the licence of {key}"))
    return found if found.valid or found.kind or found.error else None


def set_licence(client: httpx.Client, key: str, raw: str) -> PluginLicence:
    """Give an app a licence. The licence is sent only, never kept or shown.

    Raises:
        DriverError: UPM refused it or calls it invalid.
    """
    attempted = f"setting the licence of {key}"
    answer = _put(
        client, upm.resource_of(key, "license"), upm.LICENCE, {"rawLicense": raw}, attempted
    )
    found = upm.parse_licence(upm.parse_body(answer, attempted))
    if not found.valid:
        raise DriverError(attempted, f"UPM calls it invalid: {found.error or 'no reason given'}")
    return found


def remove_licence(client: httpx.Client, key: str) -> None:
    """Take an app's licence away; an app that has none is left alone."""
    answer = client.delete(upm.resource_of(key, "license"))
    if answer.status_code != httpx.codes.NOT_FOUND:
        _expect(answer, f"removing the licence of {key}")


def safe_mode(client: httpx.Client) -> bool:
    """Tell whether UPM is in safe mode, in which all added apps are disabled."""
    answer = client.get(f"{upm.ROOT}safe-mode", headers={"Accept": upm.SAFE_MODE})
    _expect(answer, "reading the safe mode")
    return upm.parse_body(answer, "reading the safe mode").get("enabled") is True


def set_safe_mode(client: httpx.Client, enabled: bool, *, keep_state: bool = False) -> None:
    """Enter or leave safe mode.

    Args:
        client: an administrator's client.
        enabled: whether to be in safe mode afterwards.
        keep_state: on leaving, keep the apps as they are instead of restoring them.

    Raises:
        DriverError: UPM refused.
        WaitTimedOut: it did not change.
    """
    attempted = f"switching safe mode {'on' if enabled else 'off'}"
    path = f"{upm.ROOT}safe-mode?keepState={str(keep_state).lower()}"
    if safe_mode(client) != enabled:
        _put(client, path, upm.SAFE_MODE, {"enabled": enabled, "links": {}}, attempted)
    wait_for(
        f"{attempted} to take effect",
        lambda: True if safe_mode(client) == enabled else None,
        within=_ENABLE_WITHIN,
    )


def await_address(client: httpx.Client, path: str, *, within: float = 60) -> httpx.Response:
    """Wait until an app's own address answers; `enabled` comes a moment before that.

    404 and 5xx mean "not yet"; anything else is the answer. So is 501: a stand-in runs no app's
    own pages and REST, and that the app is enabled is all that it can tell.

    Raises:
        WaitTimedOut: still 404 or 5xx after `within` wall seconds.
    """

    def look() -> httpx.Response | NotYet:
        try:
            answer = client.get(path)
        except httpx.TransportError as error:
            return NotYet(f"no answer ({error})")
        if answer.status_code == httpx.codes.NOT_IMPLEMENTED:
            return answer
        if answer.status_code == httpx.codes.NOT_FOUND or answer.is_server_error:
            return NotYet(f"HTTP {answer.status_code}")
        return answer

    return wait_for(f"{path} to be served", look, within=within)


def _upload(client: httpx.Client, jar: Path, deadline: float) -> httpx.Response:
    headers = {"Accept": upm.INSTALLED}
    basic = {"os_authType": "basic"} if isinstance(client.auth, httpx.BasicAuth) else {}
    content = jar.read_bytes()

    def send() -> httpx.Response:
        # The token is good for one upload, so each try asks for its own.
        token = upm.token_from(client.get(upm.ROOT, params=basic, headers=headers))
        return client.post(
            upm.ROOT,
            params={"token": token},
            files={"plugin": (jar.name, content, _JAR)},
            headers={"Accept": "application/json"},
        )

    remaining = max(0.0, deadline - time.monotonic())
    answer = _unless_busy(send, f"UPM to be free for {jar.name}", remaining)
    if answer.status_code == httpx.codes.FORBIDDEN:
        raise DriverError(f"uploading {jar.name}", "HTTP 403", upm.UPLOAD_OFF)
    if answer.status_code != httpx.codes.SEE_OTHER:
        _expect(answer, f"uploading {jar.name}")
    return answer


def _unless_busy(send: Callable[[], httpx.Response], step: str, within: float) -> httpx.Response:
    """Send again while UPM answers 409: it does one long task at a time."""

    def look() -> httpx.Response | NotYet:
        answer = send()
        if answer.status_code == httpx.codes.CONFLICT:
            return NotYet("HTTP 409: another task of UPM is running")
        return answer

    return wait_for(step, look, within=within)


def _poll(client: httpx.Client, address: httpx.URL) -> upm.Task | NotYet:
    try:
        answer = client.get(address, headers={"Accept": "application/json"})
    except httpx.TransportError as error:
        return NotYet(f"no answer ({error})")
    if answer.status_code == httpx.codes.NOT_FOUND:
        # UPM may forget a finished task before it is polled; the plugin itself then tells.
        return upm.Task(True, "forgotten", None, None)
    if answer.is_server_error:
        return NotYet(f"HTTP {answer.status_code}")
    if answer.status_code != httpx.codes.SEE_OTHER:
        _expect(answer, "polling UPM's task")
    task = upm.parse_task(answer)
    return task if task.done else NotYet(task.stage)


def _await_enabled(client: httpx.Client, key: str, within: float) -> App:
    was_enabled, refusal = False, ""

    def look() -> App | NotYet:
        nonlocal was_enabled, refusal
        app = find(client, key)
        if app is None:
            return NotYet("UPM does not list it")
        if app.enabled:
            return replace(app, left_disabled=was_enabled)
        if not was_enabled:
            # Data Center leaves some apps disabled; an admin then presses Enable.
            was_enabled = True
            try:
                _put(client, upm.resource_of(key), upm.PLUGIN, {"enabled": True}, f"enabling {key}")
            except DriverError as error:
                refusal = f"; enabling it failed: {error.came_back}"
            return look()
        off = ", ".join(
            module.key + (f" ({module.reason})" if module.reason else "")
            for module in app.modules
            if not module.enabled
        )
        return NotYet(f"installed but disabled (modules off: {off or 'none'}){refusal}")

    try:
        return wait_for(f"the plugin {key} to be enabled", look, within=within)
    except WaitTimedOut as error:
        raise DriverError(
            f"installing {key}",
            error.last_seen,
            "Its bundle or one of its modules did not start: the application log says why",
        ) from error


def _put(
    client: httpx.Client, path: str, media_type: str, body: Mapping[str, object], attempted: str
) -> httpx.Response:
    headers = {"Content-Type": media_type, "Accept": f"{media_type}, application/json"}
    answer = client.put(path, json=dict(body), headers=headers)
    _expect(answer, attempted)
    return answer


def _expect(answer: httpx.Response, attempted: str) -> None:
    """Raise for an unsuccessful answer, with UPM's own reason where it gives one."""
    if answer.is_success:
        return
    advice = ""
    if answer.status_code in {401, 403} or answer.is_redirect:
        advice = "The user is not an administrator, or a secure administrator session is needed"
    try:
        body = upm.parse_body(answer, attempted)
        reason = body.get("errorMessage") or body.get("message") or body.get("subCode") or ""
    except DriverError:
        reason = ""
    came_back = f"HTTP {answer.status_code}" + (f" ({reason})" if reason else "")
    raise DriverError(attempted, came_back, advice)
