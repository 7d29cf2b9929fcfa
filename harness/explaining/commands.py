"""What `harness explain`, `judge`, `diff` and `check` say, as text or as data."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness import cases as case_files
from harness.diagnosis import jar_check, walk_text
from harness.diagnosis.jar import read_plugin
from harness.diagnosis.reason import diagnose
from harness.diagnosis.rejudge import Rejudged, rejudge
from harness.diagnosis.run_folder import StoredCase
from harness.diagnosis.text import explain, to_json
from harness.diagnosis.walk import walk
from harness.errors import EXIT_ERROR, EXIT_FAILED
from harness.explaining import stored
from harness.report import results as reports

Said = tuple[str, Any]
"""The same thing as text and as data."""

_RULE = "-" * 96


def explained(cases: Sequence[StoredCase]) -> Said:
    """Each case explained."""
    texts, data = [], []
    for case in cases:
        findings = diagnose(case.facts)
        texts.append(explain(case.id, case.facts, findings, case.problems))
        data.append(to_json(case.id, case.facts, findings, case.problems))
    return f"\n{_RULE}\n".join(texts), data


def checked(jar: Path) -> Said:
    """A plugin's jar read.

    Raises:
        BadInput: it is none.
    """
    plugin = read_plugin(jar)
    return jar_check.as_text(plugin), jar_check.to_json(plugin)


def compared(one: str, other: str, select: str | None, folder: Path) -> Said:
    """Two cases, or the common cases of two runs, walked side by side.

    Args:
        one: a run, or RUN#CASE.
        other: another, or the same run with another case.
        select: which cases.
        folder: where runs keep their results.

    Raises:
        BadInput: there is nothing to compare.
    """
    texts, data = [], []
    for (name, case), (their_name, theirs) in stored.pairs(
        stored.find(one, folder), stored.find(other, folder), select
    ):
        walked = walk(case.facts, theirs.facts)
        texts.append(walk_text.as_text(name, their_name, walked))
        data.append(walk_text.to_json(name, their_name, walked))
    return f"\n{_RULE}\n".join(texts), data


def judged(run: str, files: Sequence[Path], folder: Path) -> tuple[Said, int]:
    """Today's rules on a stored run, and the exit status that they give.

    Args:
        run: the run.
        files: case files whose expectations are today's; without them verdicts stay.
        folder: where runs keep their results.

    Raises:
        BadInput: there is no such run, or a case file is wrong.
    """
    named = stored.find(run, folder)
    today = {case.id: case for file in files for case in case_files.load(file)}
    facts = {case.id: case.facts for case in stored.cases(named, None)}
    found = [
        rejudge(case, today.get(case.id), diagnose(facts[case.id]))
        for case in reports.read(named.path).cases
    ]
    text = "\n".join(map(_judged, found)) + "\n"
    changed = sum(each.changed for each in found)
    text += f"{len(found)} cases, {changed} changed"
    text += "" if files else "; verdicts as stored: name the case files to judge them anew"
    return (f"{text}\n", [_as_data(each) for each in found]), _status(found)


def _judged(case: Rejudged) -> str:
    verdict = case.verdict.name
    was = f" (was {case.was})" if case.was != verdict else ""
    causes = ", ".join(case.causes) or "no cause"
    had = f" (was {', '.join(case.had_causes) or 'none'})" if case.had_causes != case.causes else ""
    return f"{verdict:<10} {case.id}{was}: {causes}{had}"


def _as_data(case: Rejudged) -> dict[str, Any]:
    return {
        "case": case.id,
        "was": case.was,
        "verdict": case.verdict.name,
        "reason": case.verdict.reason,
        "judged": case.is_judged,
        "had_causes": list(case.had_causes),
        "causes": list(case.causes),
    }


def _status(found: Sequence[Rejudged]) -> int:
    verdicts = {each.verdict.name for each in found}
    if "error" in verdicts:
        return EXIT_ERROR
    return EXIT_FAILED if verdicts & {"failed", "fixed"} else 0
