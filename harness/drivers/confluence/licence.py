"""A Confluence licence, kept so that it cannot be printed by accident."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import BadInput
from harness.redaction import remember

VARIABLE = "HARNESS_LICENCE"
FILE_VARIABLE = "HARNESS_LICENCE_FILE"


@dataclass(frozen=True)
class Licence:
    """A licence; only `reveal()` gives its text, everything else its fingerprint."""

    _text: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self._text.strip():
            raise BadInput("the Confluence licence is empty")
        remember(self._text)

    def reveal(self) -> str:
        """Return the licence's text, for the one place that sends it."""
        return self._text.strip()

    @property
    def fingerprint(self) -> str:
        """Sixteen digits that tell licences apart and give nothing away."""
        return hashlib.sha256("".join(self._text.split()).encode()).hexdigest()[:16]

    def __str__(self) -> str:
        return f"licence {self.fingerprint}"

    def __repr__(self) -> str:
        return f"<Licence {self.fingerprint}>"


def licence_from(environment: Mapping[str, str], path: Path | None = None) -> Licence | None:
    """Find the licence in a file or a variable; it is never taken from an argument.

    Args:
        environment: where HARNESS_LICENCE (the text) and
            HARNESS_LICENCE_FILE (a path) are looked for.
        path: a file that takes precedence over both.

    Raises:
        BadInput: the file cannot be read, or is empty.
    """
    named = path or (Path(environment[FILE_VARIABLE]) if environment.get(FILE_VARIABLE) else None)
    if named is not None:
        try:
            return Licence(named.read_text())
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput("the licence cannot be read from here", path=named) from error
    text = environment.get(VARIABLE)
    return Licence(text) if text else None
