"""What `harness explain` and `diff` say, as text or as data."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from harness.diagnosis import compare_text
from harness.diagnosis.compare import walk
from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.findings_text import explain, to_json
from harness.diagnosis.readers.run_folder import StoredCase
from harness.explain import stored

Said = tuple[str, Any]
"""The same thing as text and as data."""

_RULE = "-" * 96


def explained(cases: Sequence[StoredCase], *, passed_too: bool = True) -> str:
    """Each case explained, as text.

    Args:
        cases: the cases.
        passed_too: whether those that passed are explained beside others, too, and not only named.
    """
    others = [case for case in cases if not case.is_passed]
    told = cases if passed_too or not others else others
    parts = [
        explain(case.id, case.facts, diagnose(case.facts), case.problems, case.verdict)
        for case in told
    ]
    if len(told) < len(cases):
        names = "".join(f"  {case.id}\n" for case in cases if case.is_passed)
        parts.append(f"Passed; --case explains one of them:\n{names}")
    return f"\n{_RULE}\n".join(parts)


def explained_as_data(cases: Sequence[StoredCase]) -> list[dict[str, Any]]:
    """The same as data."""
    return [
        to_json(case.id, case.facts, diagnose(case.facts), case.problems)
        | ({"verdict": case.verdict} if case.verdict else {})
        for case in cases
    ]


def compared(one: str, other: str, select: str | None, folder: Callable[[], Path]) -> Said:
    """Two cases, or the common cases of two runs, walked side by side.

    Args:
        one: a run, or RUN#CASE.
        other: another, or the same run with another case.
        select: which cases.
        folder: tells where runs keep their results.

    Raises:
        BadInput: there is nothing to compare.
    """
    texts, data = [], []
    for (name, case), (their_name, theirs) in stored.pairs(
        stored.find(one, folder), stored.find(other, folder), select
    ):
        walked = walk(case.facts, theirs.facts)
        texts.append(compare_text.as_text(name, their_name, walked))
        data.append(compare_text.to_json(name, their_name, walked))
    return f"\n{_RULE}\n".join(texts), data
