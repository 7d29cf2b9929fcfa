"""Findings for people, one screen of plain text, and for programs, JSON."""

import json
import re
import textwrap
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from harness.diagnosis.causes import BY_ID
from harness.diagnosis.evidence import Evidence, HostCalled, NotThere, ToleratedCall
from harness.diagnosis.facts import HOW_TO_LEARN, Facts
from harness.diagnosis.finding import Finding
from harness.diagnosis.links import Link, gaps, links
from harness.diagnosis.near_misses import as_data, as_lines, near_misses

_WIDTH = 96
_MOST_EVIDENCE = 7
_MOST_CHARACTERS = 600
_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b")
_PACKAGE = re.compile(r"\b(?:[a-z]\w*\.){2,}(?=[A-Z])")
_MOST_MISSES = 3
_NOTHING_SEEN = "Nothing of this case was seen, so no link is known to hold or to be broken."


def explain(
    case: str,
    facts: Facts,
    findings: Sequence[Finding],
    problems: Sequence[str],
    verdict: str = "",
) -> str:
    """One screen: the row, the verdict, the causes with their evidence, and what is not known.

    Args:
        case: the case's id.
        facts: its evidence.
        findings: every cause judged.
        problems: what could not be read.
        verdict: the stored one with its reason, where there is one.
    """
    named = [each for each in findings if each.confidence in ("proved", "likely")]
    found = links(facts, findings)
    row = facts.row.says if facts.row else "nobody saw a row"
    told = [_wrapped("", line) for line in (case, row, *verdict.splitlines())]
    unread = [_wrapped("Not read: ", problem) for problem in problems]
    if verdict.startswith("error") and not facts.sources:
        # It ended before there was anything to see; the verdict says why.
        return "\n\n".join(["\n".join(told), _NOTHING_SEEN, *unread]) + "\n"
    parts = ["\n".join(told), "\n".join(map(_link, found))]
    if not named:
        parts.append("No cause is proved, and none is likely.")
    parts += [_cause(finding) for finding in named]
    parts += _near_misses(facts)
    parts += _made_up(facts)
    parts += _not_there(facts)
    parts += _excluded(found)
    parts += _refused_elsewhere(facts)
    parts += _not_known(gaps(found), facts)
    parts += unread
    return "\n\n".join(parts) + "\n"


def _link(link: Link) -> str:
    """One line: its state, and by what it held, what broke it, or how to learn that."""
    is_broken = link.state in ("broken", "likely broken")
    state = link.state.upper() if is_broken else link.state
    line = f"  {state:<13}  {link.name}"
    if is_broken:
        return f"{line}: {', '.join(each.cause for each in link.named)}"
    why = _short(link.by.says) if link.by else link.learn
    line += f": {why}" if why else ""
    source = f" [{link.by.origin.source}]" if link.by else ""
    if len(line) > _WIDTH:
        return f"{line[: _WIDTH - 3].rstrip()}..."
    return line + source if len(line + source) <= _WIDTH else line


def _short(text: str) -> str:
    """Evidence in a line: ids by their beginning, classes without their package."""
    return _PACKAGE.sub("", _ID.sub(lambda found: found[0][:8], text))


def to_json(
    case: str, facts: Facts, findings: Sequence[Finding], problems: Sequence[str]
) -> dict[str, Any]:
    """The same, whole, as plain data."""
    return {
        "case": case,
        "row": None if facts.row is None else facts.row.says,
        "links": [_link_as_data(each) for each in links(facts, findings)],
        "causes": [_as_data(finding) for finding in findings],
        "near_misses": [as_data(each) for each in near_misses(facts)],
        "host_calls": [_evidence(each) for each in facts.of(HostCalled)],
        "asked_for_and_not_there": [_evidence(each) for each in facts.of(NotThere)],
        "production_would_refuse": [_evidence(each) for each in facts.of(ToleratedCall)],
        "problems": list(problems),
    }


def for_results(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The causes as `results.json` keeps them: what is proved or likely, with its evidence."""
    return [
        {
            "cause": finding.cause,
            "confidence": finding.confidence,
            "responsible": BY_ID[finding.cause].responsible,
            "evidence": [str(each) for each in finding.evidence],
        }
        for finding in findings
        if finding.confidence in ("proved", "likely")
    ]


def dumps(data: Any) -> str:
    """JSON text as all commands print it."""
    return json.dumps(data, indent=1)


def _link_as_data(link: Link) -> dict[str, Any]:
    return {
        "link": link.name,
        "state": link.state,
        "by": None if link.by is None else _evidence(link.by),
        "learn": link.learn,
        "causes": [each.cause for each in link.named],
        "at": at.isoformat() if (at := _time_of(link)) else None,
    }


def _time_of(link: Link) -> datetime | None:
    """Server time at which it held or broke; None where that is not known."""
    broke = [item for each in link.named for item in each.evidence]
    seen = [link.by] if link.by else broke
    times = [item.origin.server for item in seen if item.origin.server]
    return max(times, default=None)


def _as_data(finding: Finding) -> dict[str, Any]:
    return {
        "cause": finding.cause,
        "confidence": finding.confidence,
        "responsible": BY_ID[finding.cause].responsible,
        "statement": BY_ID[finding.cause].statement,
        "note": finding.note,
        "evidence": [_evidence(each) for each in finding.evidence],
        "missing": list(finding.missing),
        "advice": BY_ID[finding.cause].advice,
        "source": BY_ID[finding.cause].source,
    }


def _evidence(item: Evidence) -> dict[str, Any]:
    wall, server = item.origin.wall, item.origin.server
    return {
        "says": item.says,
        "source": item.origin.source,
        "wall_time": wall.isoformat() if wall else None,
        "server_time": server.isoformat() if server else None,
    }


def _cause(finding: Finding) -> str:
    cause = BY_ID[finding.cause]
    lines = [_wrapped(f"{finding.confidence.upper()} {cause.id}: ", cause.statement)]
    lines.append(f"  responsible: {cause.responsible}")
    if finding.note:
        lines.append(_wrapped("  = ", finding.note))
    lines += _listed(_once_each(finding.evidence))
    lines += [_wrapped("  ? ", each) for each in finding.missing]
    lines.append(_wrapped("  > ", cause.advice))
    lines.append(f"    {cause.source}")
    return "\n".join(lines)


def _listed(told: Sequence[str]) -> list[str]:
    """One line each, and how many more there are."""
    lines = [_wrapped("  - ", _cut(each)) for each in told[:_MOST_EVIDENCE]]
    more = len(told) - len(lines)
    return [*lines, f"  - and {more} more (--json has them)"] if more else lines


def _cut(text: str) -> str:
    """A text such as a container's error, which may be longer than a screen; JSON has it whole."""
    if len(text) <= _MOST_CHARACTERS:
        return text
    said, bracket, origin = text.rpartition(" [")
    return f"{said[:_MOST_CHARACTERS].rstrip()} ...{bracket}{origin}"


def _again(times: int) -> str:
    return {0: "", 1: " and once more"}.get(times, f" and {times} times more")


def _once_each(evidence: Sequence[Evidence]) -> list[str]:
    """The evidence in lines, what is told several times in one."""
    found: dict[str, list[Evidence]] = {}
    for each in evidence:
        found.setdefault(each.says, []).append(each)
    return [str(same[0]) + _again(len(same) - 1) for same in found.values()]


def _refused_elsewhere(facts: Facts) -> list[str]:
    """What went well here only because the stub is more lenient, each reason once."""
    first: dict[str, ToleratedCall] = {}
    for each in facts.of(ToleratedCall):
        first.setdefault(each.says, each)
    if not first:
        return []
    return [
        "Production would refuse:\n"
        + "\n".join(_wrapped("  - ", str(each)) for each in first.values())
    ]


def _near_misses(facts: Facts) -> list[str]:
    """What had no effect, beside what would have worked."""
    missed = near_misses(facts)
    lines = [line for each in missed[:_MOST_MISSES] for line in as_lines(each)]
    if more := missed[_MOST_MISSES:]:
        lines.append(f"  and {len(more)} more (--json has them)")
    return ["Near misses, and what would have worked:\n" + "\n".join(lines)] if lines else []


def _excluded(found: Sequence[Link]) -> list[str]:
    """What else would break a link that did not hold, and how many others are ruled out."""
    near: list[str] = []
    others = 0
    for link in found:
        ruled_out = [each.cause for each in link.findings if each.confidence == "excluded"]
        if link.state in ("held", "not reached"):
            others += len(ruled_out)
        else:
            near += ruled_out
    if not near and not others:
        return []
    more = f"{', and ' if near else ''}{others} causes of other links (--json names them)"
    return [_wrapped("Excluded: ", ", ".join(near) + (more if others else ""))]


def _made_up(facts: Facts) -> list[str]:
    """What the app asked of Confluence and got made up, whether or not that mattered."""
    empty = [each for each in facts.of(HostCalled) if not each.answered]
    if not empty:
        return []
    lines = _listed([str(each) for each in empty])
    return ["Made up, since the stand-in does not have it:\n" + "\n".join(lines)]


def _not_there(facts: Facts) -> list[str]:
    """What somebody took for a Confluence's, and is a gap of the stand-in."""
    gaps = facts.of(NotThere)
    if not gaps:
        return []
    return ["Asked for and not there:\n" + "\n".join(_listed([str(each) for each in gaps]))]


def _not_known(findings: Sequence[Finding], facts: Facts) -> list[str]:
    """What is missing, each once, with the causes that it leaves open."""
    open_causes: dict[str, list[str]] = {each: [] for each in facts.lacking(*HOW_TO_LEARN)}
    for finding in findings:
        for each in finding.missing:
            open_causes.setdefault(each, []).append(finding.cause)
    if not open_causes:
        return []
    lines = [
        _wrapped("  ? ", missing + (f" (leaves open: {', '.join(causes)})" if causes else ""))
        for missing, causes in open_causes.items()
    ]
    return ["Not known:\n" + "\n".join(lines)]


def _wrapped(lead: str, text: str) -> str:
    indent = " " * min(len(lead), 4)
    return textwrap.fill(
        lead + text,
        _WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
