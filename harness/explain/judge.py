"""What `harness judge` says, as text or as data, and the exit status that it gives."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from harness import cases as case_files
from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.rejudge import Rejudged, rejudge
from harness.errors import EXIT_ERROR, EXIT_FAILED
from harness.explain import stored
from harness.explain.commands import Said
from harness.store import results as reports


def judged(run: str, files: Sequence[Path], folder: Callable[[], Path]) -> tuple[Said, int]:
    """Today's rules on a stored run, and the exit status that they give.

    Args:
        run: the run.
        files: case files whose expectations are today's; without them verdicts stay.
        folder: tells where runs keep their results.

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
