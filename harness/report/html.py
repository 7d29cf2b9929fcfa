"""The report: one self-contained HTML page of a run, made for eyes.

Whatever comes from a log, a jar or a page is text and stays text: templates escape everything,
each value passes `safe_text.shown`, links are made only by `safe_text`, and the page's policy
allows no script and no style but the two whose hashes it names, and no network.
"""

import base64
import hashlib
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from harness.errors import BadInput
from harness.report import headline, matrix_map
from harness.report.drawing import Drawing, draw
from harness.report.safe_text import link_inside, shown, web_link
from harness.report.stored import Artifact, ReportedCase, ReportedRun, image, read_run
from harness.report.timeline import cloud_tone, history, in_words, row_tone
from harness.store.layout import REPORT, SCREENSHOT, TRACE
from harness.store.results import CaseResult

_IMAGES_BYTES, _IMAGE_BYTES = 3 << 20, 1 << 20
"""Bytes of all embedded screenshots, and of one; the others are linked."""

_NAMED = frozenset({"proved", "likely"})


@dataclass(frozen=True)
class CaseView:
    """A case as the template shows it.

    Attributes:
        anchor: its id on the page.
        stored: all that was read of it.
        drawing: its timeline; None when nothing has a server time.
        causes: those proved or likely, as data.
        excluded: names of the causes ruled out.
        links: the chain from click to row, each with its state.
        near_misses: what had no effect, beside what would have worked.
        picture: the screenshot as a data address; None when it is not embedded.
        files: artefact, link or None.
        trace: link of the trace, and the command that opens it; None without a trace.
        search: what the text filter looks through.
        title: its name, with the axes in which the run's cases differ.
        exception: what the server app threw, in its own words; empty where it threw nothing.
    """

    anchor: str
    stored: ReportedCase
    drawing: Drawing | None
    causes: Sequence[Mapping[str, Any]]
    excluded: Sequence[str]
    links: Sequence[Mapping[str, Any]]
    near_misses: Sequence[Mapping[str, Any]]
    picture: str | None
    files: Sequence[tuple[Artifact, str | None]]
    trace: tuple[str, str] | None
    search: str
    title: str
    exception: str

    @property
    def cause_names(self) -> list[str]:
        """The causes by name, each once."""
        return list(dict.fromkeys(str(each["cause"]) for each in self.causes))

    @property
    def result(self) -> CaseResult:
        """Its part of results.json."""
        return self.stored.result

    def href(self, name: str) -> str | None:
        """The link of an artefact whose file is there."""
        return next((h for a, h in self.files if a.name == name and a.size is not None), None)


def write(run: Path) -> Path:
    """Writes a run's page.

    Args:
        run: the run's folder, or its results.json.

    Returns:
        The page, in the run's folder.

    Raises:
        BadInput: there are no results, none of this schema, or the page cannot be written.
    """
    stored = read_run(run)
    path = stored.folder / REPORT
    scratch = path.with_name(f".{path.name}.part")
    page = render(stored)
    try:
        scratch.write_text(page, encoding="utf-8")
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise BadInput(f"the report cannot be written there: {error}", path=path) from error
    return path


def render(run: ReportedRun) -> str:
    """The page of a run."""
    style, script = _asset("style.css"), _asset("script.js")
    story = headline.story(run.results)
    views = _views(run)
    by_id = {view.result.id: view for view in views}
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            style=style,
            script=script,
            policy=_policy(style, script),
            results=run.results,
            story=story,
            counts=headline.counts(run.results),
            totals=headline.totals_text(run.results),
            causes=_counted(view.cause_names for view in views),
            first=by_id[story.case.id] if story.case else None,
            maps=matrix_map.maps(run.results.cases),
            views=views,
            anchors={view.result.id: view.anchor for view in views},
            harness=_harness_version(),
        )
    )


def _views(run: ReportedRun) -> list[CaseView]:
    pictures = _pictures(run)
    anchors: dict[str, int] = {}
    differ = _axes_that_differ([case.result for case in run.cases])
    return [_view(case, _anchor(case.result.id, anchors), pictures, differ) for case in run.cases]


def _axes_that_differ(cases: Sequence[CaseResult]) -> frozenset[str]:
    names = {name for case in cases for name in case.axes}
    return frozenset(name for name in names if len({case.axes.get(name) for case in cases}) > 1)


def _title(case: CaseResult, differ: frozenset[str]) -> str:
    """The case's name with the axes in which the run's cases differ; the whole id where none do."""
    told = [f"{name}={value}" for name, value in case.axes.items() if name in differ]
    if not told or "[" not in case.id:
        return case.id
    name, _, tail = case.id.partition("[")
    return f"{name}[{', '.join(told)}]{tail.rpartition(']')[2]}"


_THROWN = re.compile(r"(?:threw |\()((?:[\w$]+\.)+[\w$]*(?:Exception|Error)\b[^\n]*?)\)?$")


def _exception(causes: Sequence[Mapping[str, Any]]) -> str:
    """The longest wording of an exception in the evidence of the causes, its own text in it."""
    said = [str(each["says"]) for cause in causes for each in cause["evidence"]]
    found = [match[1] for text in said if (match := _THROWN.search(text))]
    return max(found, key=len, default="")


def _counted(names: Iterable[Sequence[str]]) -> list[tuple[str, int]]:
    return sorted(Counter(name for each in names for name in each).items())


def _view(
    case: ReportedCase, anchor: str, pictures: Mapping[int, str], differ: frozenset[str]
) -> CaseView:
    diagnosis = case.diagnosis or {"causes": (), "links": (), "near_misses": ()}
    drawn = history(case.result, case.evidence, diagnosis["links"])
    files = [(each, link_inside(each.path)) for each in case.artifacts]
    trace = case.artifact(TRACE)
    address = link_inside(trace.path) if trace else None
    causes = [cause for cause in diagnosis["causes"] if cause["confidence"] in _NAMED]
    result = case.result
    words = [result.id, result.verdict, result.reason, headline.row_text(result.observed)]
    words += [f"{name}={value}" for name, value in result.axes.items()]
    words += [cause["cause"] for cause in causes]
    return CaseView(
        anchor=anchor,
        stored=case,
        drawing=draw(drawn) if drawn else None,
        causes=causes,
        excluded=[c["cause"] for c in diagnosis["causes"] if c["confidence"] == "excluded"],
        links=diagnosis["links"],
        near_misses=diagnosis.get("near_misses") or (),
        picture=pictures.get(id(case)),
        files=files,
        trace=(address, f"playwright show-trace {shlex.quote(trace.path)}")
        if trace and address
        else None,
        search=shown(" ".join(words)).lower(),
        title=_title(result, differ),
        exception=_exception(causes),
    )


def _pictures(run: ReportedRun) -> dict[int, str]:
    """Screenshots as data addresses, those of the cases that say most first, within the bounds."""
    order = {verdict: place for place, verdict in enumerate((*headline.FIRST, "passed"))}
    left = _IMAGES_BYTES
    found: dict[int, str] = {}
    for case in sorted(run.cases, key=lambda each: order[each.result.verdict]):
        artifact = case.artifact(SCREENSHOT)
        read = image(run.folder, artifact, min(left, _IMAGE_BYTES)) if artifact else None
        if read is not None:
            media_type, content = read
            left -= len(content)
            data = base64.b64encode(content).decode()
            found[id(case)] = f"data:{media_type};base64,{data}"
    return found


def _anchor(case: str, taken: dict[str, int]) -> str:
    """An id for a case on the page: readable, unique, and fit for an address."""
    plain = re.sub(r"[^a-z0-9.]+", "-", shown(case).lower()).strip("-.")[:120] or "case"
    taken[plain] = taken.get(plain, 0) + 1
    return f"case-{plain}" if taken[plain] == 1 else f"case-{plain}--{taken[plain]}"


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {_hash(style)}",
            f"script-src {_hash(script)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types case",
        )
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8").strip()


def _finalized(value: object) -> object:
    """Cleans every text that a template prints; only text of our own is marked safe."""
    return _shown(value) if type(value) is str else value


@lru_cache(maxsize=4096)
def _shown(text: str) -> str:
    return shown(text)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("harness.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "row_text": headline.row_text,
        "row_tone": row_tone,
        "cloud_tone": cloud_tone,
        "recorded_text": headline.recorded_text,
        "verdict_text": lambda verdict: headline.WORDS[verdict],
        "in_words": in_words,
        "web_link": web_link,
        "size_text": _size_text,
    }
    return environment


def _size_text(size: int) -> str:
    return (
        f"{size} B"
        if size < 1024
        else f"{size / 1024:.0f} KB"
        if size < 1 << 20
        else (f"{size / (1 << 20):.1f} MB")
    )


def _harness_version() -> str:
    try:
        return version("migration-harness")
    except PackageNotFoundError:
        return "not installed"
