"""Shows a known bug on the version that has it, and its absence on the fixed one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import zip_longest
from pathlib import Path

from harness.cases import Case, KnownBug, Suite
from harness.cases.rules import spelled
from harness.errors import EXIT_ERROR, EXIT_FAILED, BadInput
from harness.matrix.feasible import FeasibleSpace
from harness.settings import CCMA_VERSIONS
from harness.store.layout import SCREENSHOT
from harness.store.results import CaseResult
from harness.support.suggest import did_you_mean

_WIDTH = 56


@dataclass(frozen=True)
class Side:
    """One version and what is to be seen on it: the bug, or its absence.

    Attributes:
        version: a CCMA version that the stand-in shows, or the name of a real image.
        wants_bug: whether it is to show the bug.
        case: the case that runs on it.
    """

    version: str
    wants_bug: bool
    case: Case

    @property
    def image(self) -> str | None:
        """The image that it runs on; None on the stand-in."""
        return self.version if is_image(self.version) else None

    @property
    def name(self) -> str:
        """The version as people read it."""
        return self.version if self.image else f"CCMA {self.version}"

    def as_stated(self, result: CaseResult) -> bool:
        """Whether the result is what this side states."""
        return result.verdict == ("known-bug" if self.wants_bug else "passed")


def is_image(version: str) -> bool:
    """Whether a version is the name of an image, as `atlassian/confluence:9.2` is."""
    return "/" in version or ":" in version


def sides(suite: Suite, name: str, before: str, after: str | None) -> list[Side]:
    """The cases of a reproduction.

    Args:
        suite: the case file.
        name: a name under `repros`, a known bug's id, or a case's id.
        before: the CCMA version, or the image, that has the bug.
        after: the fixed one, if that is to be shown too.

    Raises:
        BadInput: no such name or version.
    """
    bug = _bug(suite, name)
    found = [Side(before, True, _case(suite, bug, before, marked=True))]
    if after is not None:
        found.append(Side(after, False, _case(suite, bug, after, marked=False)))
    if len({side.case.id for side in found}) < len(found):
        raise BadInput(f"--before and --after are both {before}: name two versions")
    return found


def _bug(suite: Suite, name: str) -> KnownBug:
    bugs = {bug.id: bug for bug in suite.file.known_bugs}
    marked = {case.id: case.known_bug.id for case in suite.cases if case.known_bug}
    named = {**marked, **{bug: bug for bug in bugs}, **suite.file.repros}
    if not named:
        raise BadInput("it has no known bugs, so there is nothing to reproduce", path=suite.path)
    if name not in named:
        raise BadInput(f"--case {name!r} names no known bug{did_you_mean(name, named)}")
    return bugs[named[name]]


def _case(suite: Suite, bug: KnownBug, version: str, *, marked: bool) -> Case:
    if is_image(version):
        return _case_of_image(suite, bug, version, marked=marked)
    if version not in CCMA_VERSIONS:
        hint = did_you_mean(version, CCMA_VERSIONS)
        raise BadInput(f"no CCMA version {version!r} is modelled{hint}")
    axis = next((n for n, a in suite.file.axes.items() if a.setting == "ccma"), None)
    given = {name: values[0] for name, values in bug.when.items() if name != axis}
    if axis is not None:
        if version not in suite.file.axes[axis].words:
            hint = did_you_mean(version, suite.file.axes[axis].words)
            raise BadInput(f"axis {axis!r} has no value {version!r}{hint}", path=suite.path)
        given[axis] = version
    case = suite.case(_completed(suite, given))
    identity = case.id if axis is not None else f"{case.id}@{version}"
    return replace(case, id=identity, ccma=version, known_bug=bug if marked else None)


def _case_of_image(suite: Suite, bug: KnownBug, image: str, *, marked: bool) -> Case:
    """The bug's case without its CCMA version: the image has the one it has."""
    axis = next((n for n, a in suite.file.axes.items() if a.setting == "ccma"), None)
    given = {name: values[0] for name, values in bug.when.items() if name != axis}
    if axis is not None and bug.versions:
        given[axis] = bug.versions[0]
    elif axis is not None and axis in bug.when:
        given[axis] = bug.when[axis][0]
    case = suite.case(_completed(suite, given))
    axes = {name: value for name, value in case.axes.items() if name != axis}
    identity = f"{suite.file.name}[{spelled(axes)}]@{image}"
    return replace(case, id=identity, axes=axes, ccma=None, known_bug=bug if marked else None)


def _completed(suite: Suite, given: dict[str, str]) -> dict[str, str]:
    """A complete allowed case with these values; other axes take their first value if allowed."""
    if suite.model is None:
        return {}
    space = FeasibleSpace(suite.model)
    first = space.ids((axis.name, axis.values[0]) for axis in suite.model.axes)
    row = space.complete(space.ids(given.items()), first)
    if row is None:
        text = ", ".join(f"{name}={value}" for name, value in given.items())
        raise BadInput(f"the constraints allow no case with {text}", path=suite.path)
    return suite.model.case(space.row(row))


def exit_status(sides_: Sequence[Side], results: Sequence[CaseResult]) -> int:
    """0 when each side is as stated; 2 where one ended in an error; else 1."""
    if any(result.verdict == "error" for result in results):
        return EXIT_ERROR
    both = zip(sides_, results, strict=True)
    return 0 if all(side.as_stated(result) for side, result in both) else EXIT_FAILED


def as_text(sides_: Sequence[Side], results: Sequence[CaseResult], folder: Path) -> str:
    """Both sides in two columns: what is stated, the timeline, the screenshot."""
    columns = [
        [
            f"{'before' if side.wants_bug else 'after'}: {side.name}",
            *(f"{time}  {row}" for time, row in _timeline(result)),
            f"verdict: {result.verdict}",
            "as stated" if side.as_stated(result) else f"NOT as stated: {_stated(side)}",
        ]
        for side, result in zip(sides_, results, strict=True)
    ]
    lines = [
        "   ".join(cell[:_WIDTH].ljust(_WIDTH) for cell in row).rstrip()
        for row in zip_longest(*columns, fillvalue="")
    ]
    for result in results:
        if picture := result.artifacts.get(SCREENSHOT):
            lines.append(f"screenshot: {folder / picture}")
        if result.verdict not in ("known-bug", "passed"):
            lines.append(f"{result.id}: {result.reason}")
    return "\n".join(lines)


def as_page(sides_: Sequence[Side], results: Sequence[CaseResult]) -> str:
    """The same as a page for the run's folder, with the screenshots side by side."""
    parts = []
    for side, result in zip(sides_, results, strict=True):
        rows = "".join(
            f"<tr><td>{escape(time)}</td><td>{escape(row)}</td></tr>"
            for time, row in _timeline(result)
        )
        picture = escape(result.artifacts.get(SCREENSHOT, ""), quote=True)
        shown = f'<img src="{picture}" alt="what the admin saw">' if picture else ""
        parts.append(
            f"<section><h2>{escape(side.name)}: {escape(result.verdict)}</h2>"
            f"<table><tr><th>server time</th><th>row</th></tr>{rows}</table>"
            f"<p>{escape(result.reason)}</p>{_causes(result)}{shown}</section>"
        )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Reproduction</title>'
        '<meta name="viewport" content="width=device-width">'
        "<style>:root{color-scheme:light dark}body{font:15px/1.45 sans-serif;display:flex;"
        "flex-wrap:wrap;gap:2em;margin:1em}section{flex:1 1 20em;min-width:0;"
        "overflow-wrap:anywhere}img{max-width:100%;border:1px solid}"
        "td,th{text-align:left;padding:2px 1em 2px 0}small{opacity:.75}</style>"
        f"{''.join(parts)}</html>\n"
    )


def _causes(result: CaseResult) -> str:
    """What broke the link, with the evidence that tells most of it."""
    parts = []
    for each in result.causes:
        named = f"{each['confidence']}: {each['cause']} ({each.get('responsible', 'unknown')})"
        evidence = each.get("evidence")
        since = str(evidence[0]) if isinstance(evidence, list) and evidence else ""
        parts.append(f"<li>{escape(named)}<br><small>{escape(since)}</small></li>")
    return f"<ul>{''.join(parts)}</ul>" if parts else ""


def _timeline(result: CaseResult) -> list[tuple[str, str]]:
    return [
        (f"{e.server_time:%H:%M:%S}", e.status + ("" if e.percent is None else f" {e.percent} %"))
        for e in result.timeline
    ]


def _stated(side: Side) -> str:
    return "the bug should show" if side.wants_bug else "the case should pass"
