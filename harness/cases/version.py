"""A file's cases on a Confluence that has the assistant it has.

Case files name versions of the stand-in. Where the server's version is one of them, its cases are
those; where it is none, each combination of the other axes runs once, as this version.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from harness.cases import rules
from harness.cases.suite import Case, Suite
from harness.matrix.model import Assignment

OWN = "own"
"""Stands in a case's id for a version that is not known before the server runs."""


@dataclass(frozen=True)
class AsVersion:
    """The cases that apply to a version, and a line about what was left out or stands for it."""

    cases: tuple[Case, ...]
    said: tuple[str, ...] = ()


def as_version(suite: Suite, version: str | None) -> AsVersion:
    """The cases of a suite that apply to a version of the assistant.

    Args:
        suite: the file's cases.
        version: the server's; None where it is not known yet.
    """
    axis = _version_axis(suite)
    if axis is None:
        return AsVersion(tuple(_marked(suite, case, version or OWN) for case in suite.cases))
    named = suite.file.axes[axis]
    word = next((each for each in named.words if named.meaning(each) == version), None)
    if word is not None:
        chosen = [replace(case, ccma=None) for case in suite.cases if case.axes[axis] == word]
        left = len(suite.cases) - len(chosen)
        said = f"{suite.file.name}: {left} of {len(suite.cases)} cases are about other versions"
        return AsVersion(tuple(chosen), (said,) if left else ())
    shown = version or OWN
    found = tuple(_as_this_version(suite, axis, shown))
    other = ", ".join(named.words)
    told = (
        f"{suite.file.name}: names CCMA {other}; {len(found)} cases run as this version "
        f"({axis}={shown})"
    )
    without = len({_others(values, axis) for values in suite.rows}) - len(found)
    lost = f"{suite.file.name}: {without} cases have an expectation for named versions only"
    return AsVersion(found, (told, lost) if without else (told,))


def _marked(suite: Suite, case: Case, version: str) -> Case:
    """The case with the known bug that this version has, whatever the settings' version has."""
    return replace(case, known_bug=rules.known_bug_of(suite.file, case.axes, version))


def _version_axis(suite: Suite) -> str | None:
    return next((name for name, axis in suite.file.axes.items() if axis.setting == "ccma"), None)


def _others(values: Assignment, axis: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in values.items() if name != axis)


def _as_this_version(suite: Suite, axis: str, version: str) -> Iterator[Case]:
    """Each combination of the other axes once, where it has an expectation."""
    seen = set()
    for values in suite.rows:
        if (others := _others(values, axis)) in seen:
            continue
        seen.add(others)
        here = {**values, axis: version}
        expectation = next(
            (each for each in suite.file.expectations if rules.matches(each.when, here)), None
        )
        if expectation is None:
            continue
        yield replace(
            suite.case(values),
            id=f"{suite.file.name}[{rules.spelled(here)}]",
            axes=here,
            ccma=None,
            expectation=expectation,
            known_bug=rules.known_bug_of(suite.file, here, version),
        )
