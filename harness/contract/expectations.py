"""What an answer has to be like; each expectation says what differs, and nothing where it agrees.

Pure: an expectation is a function of one answer.
"""

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from harness.drivers.confluence.dark_features import parse_state
from harness.drivers.confluence.pages import read_page

Expectation = Callable[[httpx.Response], str | None]
"""Takes an answer; returns what differs in it from what is expected, or None."""


def all_of(*wanted: Expectation) -> Expectation:
    """Each of these; the first that differs is said."""

    def differs(answer: httpx.Response) -> str | None:
        return next(filter(None, (each(answer) for each in wanted)), None)

    return differs


def any_of(*wanted: Expectation) -> Expectation:
    """One of these; where none agrees, each is said."""

    def differs(answer: httpx.Response) -> str | None:
        said = [each(answer) for each in wanted]
        return None if None in said else "; and ".join(filter(None, said))

    return differs


def status(*codes: int) -> Expectation:
    """The answer has one of these codes."""

    def differs(answer: httpx.Response) -> str | None:
        if answer.status_code in codes:
            return None
        return f"HTTP {answer.status_code}, not {' or '.join(map(str, codes))}"

    return differs


def member(name: str, value: object = ...) -> Expectation:
    """The answer is a JSON object with this member, and with this value where one is given."""

    def differs(answer: httpx.Response) -> str | None:
        body = json_of(answer)
        if not isinstance(body, Mapping):
            return "no JSON object"
        if name not in body:
            return f"no member {name!r}"
        return None if value is ... or body[name] == value else f"{name!r} has another value"

    return differs


def list_of(*names: str) -> Expectation:
    """The answer is a JSON list, whose objects have these members."""

    def differs(answer: httpx.Response) -> str | None:
        body = json_of(answer)
        if not isinstance(body, list):
            return "no JSON list"
        lacking = _lacking(body, names)
        return f"an entry without {lacking!r}" if lacking else None

    return differs


def member_list(name: str, *names: str) -> Expectation:
    """The answer has a member that is a list, whose objects have these members."""

    def differs(answer: httpx.Response) -> str | None:
        body = json_of(answer)
        entries = body.get(name) if isinstance(body, Mapping) else None
        if not isinstance(entries, list):
            return f"no list {name!r}"
        lacking = _lacking(entries, names)
        return f"an entry of {name!r} without {lacking!r}" if lacking else None

    return differs


def text(wanted: str) -> Expectation:
    """The answer is this text and nothing more."""
    return lambda answer: None if answer.text.strip() == wanted else f"not the text {wanted!r}"


def header(name: str) -> Expectation:
    """The answer has this header."""
    return lambda answer: None if answer.headers.get(name) else f"no header {name}"


def dated(answer: httpx.Response) -> str | None:
    """The answer has a Date that can be read."""
    try:
        parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return "no Date that can be read"
    return None


def redirect_to(*ends: str) -> Expectation:
    """The answer sends the client to a path that ends in one of these."""

    def differs(answer: httpx.Response) -> str | None:
        if not answer.has_redirect_location:
            return f"HTTP {answer.status_code} and no redirect"
        path = urlsplit(answer.headers["location"]).path
        return None if path.endswith(ends) else "a redirect to another page"

    return differs


def redirect_away_from(folder: str) -> Expectation:
    """The answer sends the client to a page that is not below a folder."""

    def differs(answer: httpx.Response) -> str | None:
        if not answer.has_redirect_location:
            return f"HTTP {answer.status_code} and no redirect"
        inside = folder in urlsplit(answer.headers["location"]).path
        return f"a redirect that stays below {folder}" if inside else None

    return differs


def control(*names: str) -> Expectation:
    """The page has a form with one of these controls."""

    def differs(answer: httpx.Response) -> str | None:
        page = read_page(answer.text)
        if any(page.form_with(name) or name in page.ids for name in names):
            return None
        return f"no form with {' or '.join(names)}"

    return differs


def xsrf_token(answer: httpx.Response) -> str | None:
    """The page carries an XSRF token."""
    return None if read_page(answer.text).token else "no atl_token on the page"


def feature_state(key: str) -> Expectation:
    """The answer says of a dark feature whether it is on, in a shape that the driver reads."""

    def differs(answer: httpx.Response) -> str | None:
        return "the state cannot be read" if parse_state(answer, key) is None else None

    return differs


def json_of(answer: httpx.Response) -> Any:
    """The answer's JSON; None where it is none."""
    try:
        return answer.json()
    except ValueError:
        return None


def _lacking(entries: list[Any], names: tuple[str, ...]) -> str | None:
    for entry in entries:
        for name in names:
            if not isinstance(entry, Mapping) or name not in entry:
                return name
    return None
