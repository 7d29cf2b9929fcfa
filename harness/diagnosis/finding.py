"""What a rule answers, and the four ways to answer."""

from dataclasses import dataclass
from typing import Literal

from harness.diagnosis.evidence import Evidence

Confidence = Literal["proved", "likely", "excluded", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause judged.

    Args:
        cause: its id in the catalogue.
        confidence: how sure.
        evidence: what that rests on.
        note: what the evidence amounts to, where that is unclear, such as the next poll's time.
        missing: what is not known, and how to learn it.
        link: the link that is broken, for a cause that may break one or another; else empty.
    """

    cause: str
    confidence: Confidence
    evidence: tuple[Evidence, ...] = ()
    note: str = ""
    missing: tuple[str, ...] = ()
    link: str = ""


def proved(cause: str, *evidence: Evidence, note: str = "", link: str = "") -> Finding:
    """The evidence proves the cause."""
    return Finding(cause, "proved", evidence, note, link=link)


def likely(
    cause: str, *evidence: Evidence, note: str = "", missing: tuple[str, ...] = ()
) -> Finding:
    """The evidence points to the cause and leaves room for another."""
    return Finding(cause, "likely", evidence, note, missing)


def excluded(cause: str, *evidence: Evidence, note: str = "") -> Finding:
    """The evidence rules the cause out."""
    return Finding(cause, "excluded", evidence, note)


def unknown(cause: str, *missing: str) -> Finding:
    """Not enough is known; `missing` says what, and how to learn it."""
    return Finding(cause, "unknown", missing=tuple(missing))
