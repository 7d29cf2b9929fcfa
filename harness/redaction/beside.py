"""Finds secrets by the name beside them: `password=...`, `<secret>...</secret>`, `--token ...`.

Names are looked for once, in lower case; only where one stands are the patterns tried, each from
there on.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from harness.redaction.names import NAME, REMOVED, is_secret, is_strong
from harness.redaction.table import NAMES, SCHEMES, WORDS

_QUOTE = r"""(?:\\*["'`]|&(?:amp;)*(?:quot|apos|\#0*3[49]|\#[xX]2[27]);|%2[27]|\\+u002[27])"""
_IS = r"[ \t]{0,3}(?:=>|->|:=|=|:|%3[AaDd]|&\#0*61;|\\+u003[AaDd])(?:[ \t]|%20){0,20}"
_BARE = r"""(?:(?!%2[26C]|%0[AD]|&(?:amp;)*(?:quot|lt|gt|\#))[^\s,;&"'<>{}()\[\]|`\\])+"""
_SCHEME = rf"(?:(?:{'|'.join(SCHEMES)})(?:[ \t]|%20)+)?"
_NAMED = r"""\bNAMED\\*["']?\s*[:=]\s*\\*["'][\w.\s-]{0,60}\Z"""
_CALLED = r"(?:name|key|id)"
_STRONG = (
    r"(?=[^\s\"'`<>,;=]*\d)(?=[^\s\"'`<>,;=]*[A-Za-z])[^\s\"'`<>,;=]{8,}=*(?![^\s\"'`<>,;.)!?])"
)

_Found = re.Match[str]


def _named(found: _Found) -> bool:
    return is_secret(found["name"], found["value"])


def _assigned(found: _Found) -> bool:
    prose = found["sep"].endswith((": ", ":\t")) and found["after"] is not None
    return is_secret(found["name"], found["value"], in_a_sentence=prose)


def _in_sentence(found: _Found) -> bool:
    value = found["value"].rstrip(".!?)")
    return is_secret(found["name"], value) and (is_strong(value) or bool(found["quote"]))


def _credentials(found: _Found) -> bool:
    value = found["value"]
    mixed = not value.islower() and "_" not in value
    return any(map(str.isdigit, value)) or (len(value) >= 16 and mixed)


def _cookies(found: _Found) -> bool:
    value = found["value"].strip()
    return "=" in value or (" " not in value and _named(found))


@dataclass(frozen=True)
class _Kind:
    """A way in which a name and its value stand together.

    Args:
        text: the pattern from the name's end on, with the groups `name` and `value`.
        is_meant: whether what was found is a secret.
        before: what has to stand before the end of the name; empty for anything.
    """

    text: str
    is_meant: Callable[[_Found], bool] = _named
    before: str = ""

    def compiled(self) -> tuple[re.Pattern[str], Callable[[_Found], bool], re.Pattern[str] | None]:
        """Both patterns, made to ignore case."""
        before = re.compile(rf"(?i){self.before}") if self.before else None
        return re.compile(f"(?i){self.text}"), self.is_meant, before


_KINDS = tuple(
    kind.compiled()
    for kind in (
        _Kind(
            r"""(?P<name>cookie)s?\\*["']?\s*(?:=>|[:=])\s*\\*["']?(?P<value>[^\n"'\\]+)""",
            _cookies,
        ),
        _Kind(
            rf"(?P<name>{NAME}){_QUOTE}?{_IS}[rbuf]?(?P<quote>[\"'`]){_SCHEME}"
            r"(?P<value>(?:(?!(?P=quote))[^\n\\]|\\.)*)"
        ),
        _Kind(
            rf"(?P<name>{NAME}){_QUOTE}?{_IS}(?P<quote>{_QUOTE}){_SCHEME}"
            r"(?P<value>(?:(?!(?P=quote))[^\n])*)"
        ),
        _Kind(
            rf"(?P<name>{NAME}){_QUOTE}?(?P<sep>{_IS}){_SCHEME}(?P<value>{_BARE})"
            r"(?P<after>[ \t]+[a-z]+\b)?",
            _assigned,
        ),
        _Kind(
            rf"(?P<name>{NAME})(?:\s[^<>]{{0,200}})?(?:>|&gt;)(?:<!\[CDATA\[)?"
            r"(?P<value>(?:(?!&lt;)[^<\]])+)",
            before=r"(?:<|&lt;)[\w:.-]{0,60}\Z",
        ),
        _Kind(
            rf"(?P<name>{NAME})\\*[\"'][^<>{{}}]{{0,99}}?"
            r"""\bvalue\\*["']?\s*[:=]\s*\\*["'](?P<value>(?:[^"'\\\n]|\\[^"'])+)""",
            before=_NAMED.replace("NAMED", _CALLED),
        ),
        _Kind(
            rf"""(?P<name>{NAME})["']\s*,\s*["'](?P<value>[^"'\n]+)""",
            before=r"""\(\s*["'][\w.-]{0,60}\Z""",
        ),
        _Kind(
            rf"(?P<name>{NAME})[ \t]+[\"']?(?P<value>[^\s\"'-][^\s\"']*)",
            before=r"(?<![\w-])--?[\w.-]{0,60}\Z",
        ),
        _Kind(
            rf"(?P<name>{NAME})(?:[ \t]+[^\s=,;]{{1,60}}){{0,5}}?[ \t]+(?:is|was|to|are):?[ \t]+"
            rf"(?:(?P<quote>[\"'`])(?P<value>[^\s\"'`<>,;]{{6,}}))",
            _in_sentence,
        ),
        _Kind(
            rf"(?P<name>{NAME})(?P<quote>)(?:[ \t]+[^\s=,;]{{1,60}}){{0,5}}?"
            rf"(?:[ \t]+(?:is|was|to|are):?|:)[ \t]+(?P<value>{_STRONG})",
            _in_sentence,
        ),
        _Kind(
            r"(?P<name>(?:password|passwd|passphrase|pwd|secret|token))(?P<quote>)[ \t]+"
            rf"(?P<value>{_STRONG})",
            _in_sentence,
        ),
        _Kind(
            rf"(?:{'|'.join(SCHEMES)})[ \t]+(?P<value>[\w.~+/-]{{6,}}=*)(?![\w=])",
            _credentials,
        ),
    )
)
_UNNAMED = (
    ("@", re.compile(r"(?<=:)//[^/\s:@]{0,200}:(?P<value>[^/\s@]{1,500})(?=@)")),
    (" -u", re.compile(r"(?<=\s)-u[ \t]+[^\s:]{1,60}:(?P<value>\S+)")),
    (" -p", re.compile(r"(?<=\slogin\s)(?:[^\n]{0,99}?\s)?-p[ \t]+(?P<value>\S+)")),
)
"""What has no name: each beside a text without which it is nowhere."""
_VALUE_FIRST = re.compile(
    r"""(?i)\bvalue\\*["']?\s*[:=]\s*\\*["'](?P<value>(?:[^"'\\\n]|\\[^"'])+)"""
    rf"""(?=\\*["'][^<>{{}}]{{0,99}}?{_NAMED[:-2].replace("NAMED", _CALLED)}?"""
    rf"""(?P<name>{NAME})\\*["'])"""
)
_START = re.compile("|".join((*NAMES, *WORDS, *SCHEMES)))
"""Where a name may begin, in a text in lower case."""
_BEFORE = 130
"""Characters before a name that are looked at."""
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def without_named(text: str) -> str:
    """A text without what stands beside a name that says that it is secret."""
    for part, pattern in _UNNAMED:
        if part in text:
            text = pattern.sub(_blanked, text)
    low = _lower(text)
    if "value" in low and _START.search(low):
        text = _VALUE_FIRST.sub(lambda found: _blanked(found) if _named(found) else found[0], text)
        low = _lower(text)
    pieces, at = [], 0
    for start in _START.finditer(low):
        if start.start() >= at and (found := _beside(text, start.start())):
            pieces += [text[at : found.start("value")], REMOVED]
            at = found.end("value")
    return "".join([*pieces, text[at:]]) if pieces else text


def _beside(text: str, at: int) -> _Found | None:
    """The secret beside the name that begins there."""
    for pattern, is_meant, before in _KINDS:
        found = pattern.match(text, at)
        if (
            found
            and (before is None or before.search(text, max(at - _BEFORE, 0), at))
            and is_meant(found)
        ):
            return found
    return None


def _lower(text: str) -> str:
    """In lower case, with each character in its place."""
    low = text.lower()
    return low if len(low) == len(text) else text.translate(_LOWER)


def _blanked(found: _Found) -> str:
    whole, begin = found[0], found.start()
    return f"{whole[: found.start('value') - begin]}{REMOVED}{whole[found.end('value') - begin :]}"
