"""A run's summary in Markdown, for the pages of CI systems.

Whatever comes from a log, a jar or a page stays text here too: it stands in code spans, or with
every character escaped that Markdown or HTML would take for its own.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from harness.report import headline
from harness.report.safe_text import bounded, web_link
from harness.report.stored import ReportedCase, ReportedRun, read_run
from harness.store.layout import REPORT

_MOST_CASES, _MOST_CAUSES = 100, 20
_TEXT, _ID = 600, 160
_NAMED = ("proved", "likely")


def write(run: Path) -> str:
    """A run's summary.

    Args:
        run: the run's folder, or its results.json.

    Raises:
        BadInput: there are no results, or they have another schema.
    """
    return summary(read_run(run))


def summary(run: ReportedRun) -> str:
    """A run's summary: totals, the cases that say most first, and their causes."""
    results = run.results
    story = headline.story(results)
    parts = [
        f"## {' '.join(map(text, story.headline))}",
        text(story.lead),
        f"**{text(headline.totals_text(results))}** in {results.seconds:.0f} s · run "
        f"{code(results.run)} · {text(results.engine)} engine · server time "
        f"\N{MULTIPLICATION SIGN}{results.time_scale:g}",
        "\n".join(_table(run)),
        *_causes(run),
        f"Drawn timelines, screenshots and evidence: {code('harness report')} makes "
        f"{code(REPORT)} in the run's folder.",
    ]
    return "\n\n".join(parts) + "\n"


def text(value: str) -> str:
    """A text on one line in which neither Markdown nor HTML finds markup."""
    flat = " ".join(bounded(value, _TEXT).split())
    escaped = (
        flat.replace("&", "&amp;").replace("<", "&lt;").replace("@", "&#64;").replace("`", "&#96;")
    )
    return re.sub(r"([\\*_\[\]()>|~#!])", r"\\\1", escaped).replace("://", ":&#47;/")


def code(value: str) -> str:
    """A code span on one line, for a table; its content cannot end it."""
    flat = " ".join(bounded(value, _ID).split())
    return f"`{flat.replace('`', chr(0x2BB)).replace('|', chr(0xA6))}`" if flat else ""


def _table(run: ReportedRun) -> Iterator[str]:
    order = {verdict: place for place, verdict in enumerate((*headline.FIRST, "passed"))}
    cases = sorted(run.cases, key=lambda case: order[case.result.verdict])
    yield "| Verdict | Case | Row seen last | Recorded in cloud | Cause |"
    yield "|---|---|---|---|---|"
    for case in cases[:_MOST_CASES]:
        result = case.result
        causes = ", ".join(code(str(each["cause"])) for each in _named(case))
        cells = (
            text(headline.WORDS[result.verdict]),
            code(result.id),
            text(headline.row_text(result.observed)),
            text(headline.recorded_text(result)),
            causes if result.verdict != "passed" else "",
        )
        yield f"| {' | '.join(cells)} |"
    if len(cases) > _MOST_CASES:
        yield f"| | and {len(cases) - _MOST_CASES} more | | | |"


def _causes(run: ReportedRun) -> Iterator[str]:
    causes: dict[str, str] = {}
    for case in run.cases:
        for cause in _named(case) if case.result.verdict != "passed" else ():
            source = web_link(cause["source"])
            where = f" ([source]({source}))" if source else ""
            causes.setdefault(
                cause["cause"],
                f"- {code(cause['cause'])}, {text(cause['confidence'])} in {code(case.result.id)}: "
                f"{text(cause['statement'])} {text(cause['advice'])}{where}",
            )
    if causes:
        yield "### Causes"
        yield "\n".join(list(causes.values())[:_MOST_CAUSES])


def _named(case: ReportedCase) -> list[dict[str, str]]:
    causes = case.diagnosis["causes"] if case.diagnosis else ()
    return [cause for cause in causes if cause["confidence"] in _NAMED]
