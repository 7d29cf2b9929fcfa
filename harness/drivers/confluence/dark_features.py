"""Switches Confluence's dark features and reads each change back.

REST comes first, the admin page is the fallback: that REST's base is the same on 9.x and 10.x for
writes is inferred, whether it takes free-form keys is open, and the body of its answers is not
documented. So an answer that is not understood is no proof; the page then decides.
Source: reference/confluence-container.md section 3.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

import httpx

from harness.drivers.confluence.pages import HtmlPage, query_value, read_page
from harness.errors import BadInput, DriverError

Level = Literal["site", "user"]

_PAGES: Mapping[Level, str] = {
    "site": "/admin/darkfeatures.action",
    "user": "/users/darkfeatures.action",
}
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*[A-Za-z0-9]")
_VERSION = re.compile(r"v?\d+(\.\d+)+")
_NOT_SERVED = frozenset({401, 403, 404, 405, 406, 415, 500, 501})


@dataclass(frozen=True)
class DarkFeatures:
    """What a dark feature page lists: what the JVM was started with, and what was enabled."""

    system: frozenset[str]
    level: frozenset[str]
    """The keys of the page's own level: site, or the user's."""

    remove_links: Mapping[str, str]


def set_site(client: httpx.Client, states: Mapping[str, bool]) -> None:
    """Switch site features to their values in `states`; others stay as they are.

    Args:
        client: an administrator's client.
        states: key -> whether it is to be on for the whole site.

    Raises:
        BadInput: a key is not a dark feature key, or a feature to be switched off was enabled by a
            JVM property: the effective set is the union of all levels, so it cannot be switched
            off at run time.
        DriverError: neither REST nor the page changed it.
    """
    _set(client, "site", states)


def set_user(client: httpx.Client, states: Mapping[str, bool]) -> None:
    """Switch features for the client's own user; arguments and errors as for `set_site`."""
    _set(client, "user", states)


def site(client: httpx.Client) -> frozenset[str]:
    """Return the keys that are enabled at site level, as the admin page lists them."""
    return listed(client, "site").level


def system(client: httpx.Client) -> frozenset[str]:
    """Return the keys that the JVM was started with; not switchable at run time."""
    return listed(client, "site").system


def user(client: httpx.Client) -> frozenset[str]:
    """Return the keys that are enabled for the client's own user."""
    return listed(client, "user").level


def is_on(client: httpx.Client, key: str, level: Level = "site") -> bool | None:
    """Ask REST whether a feature is effective; None when its answer says nothing usable.

    A 404 says nothing: the feature may be unknown, or the whole resource.
    """
    return parse_state(client.get(_rest(level, key)), key)


def listed(client: httpx.Client, level: Level) -> DarkFeatures:
    """Read a dark feature page.

    Raises:
        DriverError: the page was not served.
    """
    return parse_features(_open_page(client, level), level)


def parse_state(answer: httpx.Response, key: str) -> bool | None:
    """Read the undocumented body of a feature's resource, in any of the shapes one may expect.

    true / "true"; {"enabled": true}; {"key": true}; a list of keys or of such objects. A value
    that is none of these gives None.
    """
    if not answer.is_success:
        return None
    try:
        return _state_of(answer.json(), key)
    except ValueError:
        return None


def parse_features(page: HtmlPage, level: Level) -> DarkFeatures:
    """Read the lists of a dark feature page by their headings; the markup around is not used."""
    found: dict[str, set[str]] = {"system": set(), level: set()}
    links: dict[str, str] = {}
    section = ""
    for text in page.texts:
        words = text.text.casefold()
        if "dark feature" in words:
            section = next((name for name in found if name in words.split()), "")
            continue
        if text.heading:
            section = ""
            continue
        key = query_value(text.href, "featureKey") if text.href else None
        if text.href and key:
            links[key] = text.href
            found[level].add(key)
        elif section and text.href is None:
            found[section].update(_keys_in(text.text))
    for form in page.forms:
        value = form.fields.get("featureKey")
        if value:
            found[level].add(value)
    return DarkFeatures(frozenset(found["system"]), frozenset(found[level]), links)


def _keys_in(text: str) -> Iterable[str]:
    """Find the keys in a line of a list; a key has a dot, a word of a sentence has none inside.

    A version is none: the page's footer names Confluence's, below the last list.
    """
    words = (word.strip("()[],;") for word in text.split())
    words = (word for word in words if not _VERSION.fullmatch(word))
    only = text.strip("()[],; ")
    return [word for word in words if _KEY.fullmatch(word) and ("." in word or word == only)]


def _set(client: httpx.Client, level: Level, states: Mapping[str, bool]) -> None:
    for key in states:
        if not _KEY.fullmatch(key):
            raise BadInput(f"{key!r} is not a dark feature key (letters, digits, dots and dashes)")
    on = [key for key, state in states.items() if state]
    off = [key for key, state in states.items() if not state]
    left = [*_enable_by_rest(client, level, on), *_disable_by_rest(client, level, off)]
    if left:
        _by_page(client, level, {key: states[key] for key in left})


def _enable_by_rest(client: httpx.Client, level: Level, keys: list[str]) -> list[str]:
    """Enable keys over REST; return those that REST does not show as enabled afterwards."""
    if not keys:
        return []
    answer = client.post(_rest(level), json=keys)
    if answer.status_code in _NOT_SERVED:  # before 5.6, or for a key that it does not know
        for key in keys:
            client.put(_rest(level, key), json={})
    return [key for key in keys if is_on(client, key, level) is not True]


def _disable_by_rest(client: httpx.Client, level: Level, keys: list[str]) -> list[str]:
    for key in keys:
        client.delete(_rest(level, key))
    return [key for key in keys if is_on(client, key, level) is not False]


def _by_page(client: httpx.Client, level: Level, states: Mapping[str, bool]) -> None:
    """Switch keys on the page, which also decides where REST's read-back said otherwise."""
    features = listed(client, level)
    fixed = [key for key, state in states.items() if not state and key in features.system]
    if fixed:
        raise BadInput(
            f"{', '.join(fixed)}: enabled at system level by -Datlassian.darkfeature.{fixed[0]}="
            "true, so it cannot be switched off at run time; start Confluence without that "
            "property and use the site level"
        )
    for key, state in states.items():
        if (key in features.level) != state:
            _switch_on_page(client, level, key, state)
    after = listed(client, level).level
    wrong = [key for key, state in states.items() if (key in after) != state]
    if wrong:
        raise DriverError(
            f"switching dark features at {level} level",
            f"{', '.join(wrong)} did not change, neither over REST nor on {_PAGES[level]}",
            "Check that the user is a system administrator",
        )


def _switch_on_page(client: httpx.Client, level: Level, key: str, state: bool) -> None:
    page = _open_page(client, level)
    here = client.base_url.join(client.base_url.path.rstrip("/") + _PAGES[level])
    if state:
        form = next(
            (f for f in page.forms if "featureKey" in f.controls and not f.fields["featureKey"]),
            None,
        )
        action = form.action if form and form.action else str(here)
        fields = dict(form.fields) if form else {}
        client.post(here.join(action), data=fields | {"featureKey": key})
        return
    form = next((f for f in page.forms if f.fields.get("featureKey") == key), None)
    link = parse_features(page, level).remove_links.get(key)
    if form is not None:
        client.post(here.join(form.action), data={**form.fields, **form.buttons})
    elif link is not None:
        client.get(here.join(link))
    else:
        raise DriverError(
            f"switching off {key}", f"no way to remove it was found on {_PAGES[level]}"
        )


def _open_page(client: httpx.Client, level: Level) -> HtmlPage:
    answer = client.get(_PAGES[level])
    if answer.status_code != httpx.codes.OK:
        raise DriverError(
            f"opening {_PAGES[level]}",
            f"HTTP {answer.status_code}",
            "The user is not an administrator, or is not logged in",
        )
    return read_page(answer.text)


def _rest(level: Level, key: str | None = None) -> str:
    base = f"/rest/feature/1/{level}"
    return base if key is None else f"{base}/{quote(key, safe='')}"


def _state_of(body: Any, key: str) -> bool | None:
    if isinstance(body, bool):
        return body
    if isinstance(body, str):
        return {"true": True, "false": False}.get(body.casefold(), body == key or None)
    if isinstance(body, Mapping):
        for name in ("enabled", key):
            if isinstance(body.get(name), bool):
                return bool(body[name])
        inner = next((body[n] for n in ("features", "site", "keys") if n in body), None)
        return _state_of(inner, key) if isinstance(inner, list) else None
    if isinstance(body, list):
        items = [item for item in body if isinstance(item, Mapping) and item.get("key") == key]
        return _state_of(items[0], key) if items else key in body
    return None
