"""What the terminal says of a decided case: why, where its files are, and how to go on."""

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.diagnosis.causes import BY_ID
from harness.store.layout import case_folder
from harness.store.results import CaseResult

GREEN = ("passed", "known-bug")
_MOST_CAUSES = 3


def lines(result: CaseResult, folder: Path | None, again: str = "") -> list[str]:
    """The lines below a case's verdict; a case that is green has its remarks only.

    Args:
        result: the case's.
        folder: the run's; None where it does not stay.
        again: the command that runs the run's cases again; without one that line is left out.
    """
    told = [f"remark: {each}" for each in result.remarks]
    if result.rerun_after:
        told.append(f"ran again, since: {_first_line(result.rerun_after)}")
    if result.verdict in GREEN:
        return told
    case = shlex.quote(result.id)
    why = [*result.reason.splitlines(), *_causes(result), *told]
    if folder is not None:
        place = case_folder(folder, result.id) if result.artifacts else folder
        why.append(f"files:     {short(place)}")
        why.append(f"see more:  harness explain {shlex.quote(short(folder))} --case {case}")
    if again:
        why.append(f"run again: {again} -k {case}")
    return why


def _causes(result: CaseResult) -> Sequence[str]:
    told = [line for each in result.causes[:_MOST_CAUSES] for line in _cause(each)]
    more = len(result.causes) - _MOST_CAUSES
    return [*told, *([f"and {more} more causes"] if more > 0 else [])]


def _cause(stored: Mapping[str, Any]) -> Iterator[str]:
    """What the cause says, and the evidence that tells most of it."""
    name = str(stored["cause"])
    statement = f"{BY_ID[name].statement} " if name in BY_ID else ""
    party = stored.get("responsible", "unknown")
    yield f"{stored['confidence']}: {statement}[{name}; responsible: {party}]"
    for each in [*(stored.get("evidence") or ())][:1]:
        yield f"  since {each}"


def short(path: Path) -> str:
    """The path as it is shortest to type: from here where it is below this folder."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
