"""Reads the few things a client needs from Confluence's HTML pages: forms, tokens, headings.

Confluence has no API for its set-up, log-in, secure-admin and dark feature pages, so these are
read as a browser would: a form with its fields, its action and its hidden token. Only what the
page says is used, so that a changed field name in one version does not matter in another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

_TEXTLESS = {"script", "style", "template"}
_VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
}
_ERROR_CLASSES = {"error", "errorMessage", "fieldError", "aui-message-error", "errorBox"}


@dataclass(frozen=True)
class Form:
    """One form of a page: where it posts to and what it would send untouched.

    `fields` holds what a browser would send with no button pressed; `buttons` the named submit
    buttons, `controls` every name that the form offers (unchecked radios and empty fields too).
    """

    action: str
    method: str
    fields: Mapping[str, str]
    buttons: Mapping[str, str]
    controls: frozenset[str]


@dataclass(frozen=True)
class Text:
    """A piece of a page's text in reading order; `heading` when it is in h1 to h6."""

    text: str
    heading: bool = False
    href: str | None = None


@dataclass(frozen=True)
class HtmlPage:
    """What was read from one HTML page."""

    title: str
    forms: tuple[Form, ...]
    texts: tuple[Text, ...]
    ids: frozenset[str]
    token: str | None
    """The XSRF token of the page: a field or meta element named atl_token or atlassian-token."""
    errors: tuple[str, ...] = ()
    """Texts of elements that are marked as errors by their id (`...-error`) or class."""

    def form_with(self, control: str) -> Form | None:
        """Return the first form that has a control of this name."""
        return next((form for form in self.forms if control in form.controls), None)


def read_page(html: str) -> HtmlPage:
    """Read a page; broken HTML is read as far as it goes."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page()


def query_value(href: str, name: str) -> str | None:
    """Return one decoded query parameter of a link, or None."""
    values = parse_qs(urlsplit(href).query, keep_blank_values=True).get(name)
    return values[0] if values else None


@dataclass
class _OpenForm:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    controls: set[str] = field(default_factory=set)

    def closed(self) -> Form:
        return Form(self.action, self.method, self.fields, self.buttons, frozenset(self.controls))


class _Reader(HTMLParser):
    """Collects forms, texts, ids and the token while the parser walks over the tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._forms: list[_OpenForm] = []
        self._open: _OpenForm | None = None
        self._select: str | None = None
        self._textarea: str | None = None
        self._texts: list[Text] = []
        self._ids: set[str] = set()
        self._token: str | None = None
        self._title = ""
        self._path: list[str] = []
        self._href: str | None = None
        self._errors: list[str] = []
        self._error_tag: str | None = None
        self._error_depth = 0

    def page(self) -> HtmlPage:
        token = self._token
        for form in self._forms:
            token = token or form.fields.get("atl_token")
        return HtmlPage(
            " ".join(self._title.split()),
            tuple(form.closed() for form in self._forms),
            tuple(self._texts),
            frozenset(self._ids),
            token,
            tuple(dict.fromkeys(self._errors)),
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self._ids.add(given["id"])
        if self._error_tag is None and tag not in _VOID and _marks_error(given):
            self._error_tag = tag
        if tag == self._error_tag:
            self._error_depth += 1
        if "atlassian-token" in (given.get("id"), given.get("name")):
            self._token = given.get("content") or given.get("value") or self._token
        if tag == "form":
            self._open = _OpenForm(given.get("action", ""), given.get("method", "get").lower())
            self._forms.append(self._open)
        elif self._open is not None and given.get("name"):
            self._control(self._open, tag, given)
        elif (
            self._open is not None
            and tag == "option"
            and self._select
            and ("selected" in given or self._select not in self._open.fields)
        ):
            self._open.fields[self._select] = given.get("value", "")
        if tag == "a":
            self._href = given.get("href")
        if tag in _TEXTLESS or tag == "title" or _is_heading(tag):
            self._path.append(tag)

    def _control(self, form: _OpenForm, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text").lower()
        if tag not in {"input", "button", "select", "textarea"}:
            return
        form.controls.add(name)
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea = name
            form.fields[name] = ""
        elif (tag == "button" and given.get("type", "submit").lower() == "submit") or kind in {
            "submit",
            "image",
        }:
            form.buttons[name] = given.get("value", "")
        elif tag == "input" and kind in {"radio", "checkbox"}:
            if "checked" in given:
                form.fields[name] = given.get("value", "on")
        elif tag == "input" and kind not in {"button", "reset", "file"}:
            form.fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None
        elif tag == "a":
            self._href = None
        if tag == self._error_tag:
            self._error_depth -= 1
            self._error_tag = tag if self._error_depth else None
        if self._path and self._path[-1] == tag:
            self._path.pop()

    def handle_data(self, data: str) -> None:
        within = self._path[-1] if self._path else ""
        if self._textarea is not None and self._open is not None:
            self._open.fields[self._textarea] += data
        elif within == "title":
            self._title += data
        elif within not in _TEXTLESS and data.strip():
            text = " ".join(data.split())
            self._texts.append(Text(text, heading=_is_heading(within), href=self._href))
            if self._error_tag is not None:
                self._errors.append(text)


def _marks_error(given: dict[str, str]) -> bool:
    classes = set(given.get("class", "").split())
    return given.get("id", "").endswith("-error") or bool(classes & _ERROR_CLASSES)


def _is_heading(tag: str) -> bool:
    return len(tag) == 2 and tag[0] == "h" and tag[1] in "123456"
