"""Finds stored runs and cases by what a user types: a folder, a run's id, `RUN#CASE`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.cases.selection import compile_expression, nearest
from harness.diagnosis.readers.run_folder import StoredCase, read_run
from harness.errors import BadInput
from harness.store.layout import EVENTS, LAST, REQUEST, RESULTS, results_in

_BETWEEN = "#"
_WITHOUT_RESULT = "this run ended before it had a result, or is at work still"


@dataclass(frozen=True, slots=True)
class Named:
    """A stored run, and the case in it where one was named."""

    path: Path
    case: str | None


def find(name: str, results: Callable[[], Path]) -> Named:
    """The run that a name means.

    Args:
        name: a run's folder, its results.json, the run's id, or `last` for the newest; `#CASE`
            after it names a case.
        results: tells the folder in which runs keep their results, called only where it is needed.

    Raises:
        BadInput: there is no such run.
    """
    run, _, case = name.partition(_BETWEEN)
    if run == LAST:
        return Named(newest(results()), case or None)
    named = _file(Path(run)) or _file(results() / run)
    if named:
        return Named(named, case or None)
    if _is_begun(begun := results() / run):
        raise BadInput(_WITHOUT_RESULT, path=begun)
    raise BadInput(
        f"there is no run {run!r}: name its folder, its {RESULTS}, a run's id in {results()}, "
        f"or `{LAST}`"
    )


def newest(results: Path) -> Path:
    """The results of the newest run in the folder where runs keep them: ids of runs sort by time.

    Raises:
        BadInput: there is no run, or the newest has none.
    """
    runs = sorted(each for each in results.glob("*") if _is_begun(each))
    if not runs:
        raise BadInput("there is no run here yet: `harness run CASES.yaml` makes one", path=results)
    if found := _file(runs[-1]):
        return found
    older = [each.name for each in runs if _file(each)]
    instead = f"; the newest that has one is {older[-1]}" if older else ""
    raise BadInput(f"{_WITHOUT_RESULT}{instead}", path=runs[-1])


def cases(named: Named, select: str | None) -> list[StoredCase]:
    """The selected cases of a run.

    Args:
        named: the run.
        select: a case's id, or an expression as for `harness run -k`; None for all.

    Raises:
        BadInput: none is selected.
    """
    every = read_run(named.path)
    wanted = select or named.case
    if wanted is None:
        return every
    exact = [each for each in every if each.id == wanted]
    matches = compile_expression(wanted)
    found = exact or [each for each in every if matches(each.id)]
    if not found:
        near = nearest(wanted, [each.id for each in every])
        raise BadInput(f"no case of {named.path} is called {wanted!r}; {near}")
    return found


def pairs(
    one: Named, other: Named, select: str | None
) -> list[tuple[tuple[str, StoredCase], tuple[str, StoredCase]]]:
    """The cases to compare: one of each where each side has one, else those of the same id.

    Raises:
        BadInput: there is nothing to compare.
    """
    left, right = cases(one, select), cases(other, select)
    if len(left) == len(right) == 1:
        return [(_titled(one, left[0]), _titled(other, right[0]))]
    theirs = {each.id: each for each in right}
    found = [
        (_titled(one, each), _titled(other, theirs[each.id])) for each in left if each.id in theirs
    ]
    if not found:
        raise BadInput(f"the runs have no case in common; name one each: {one.path.parent}#CASE")
    return found


def _is_begun(run: Path) -> bool:
    """Whether a folder is a run's, with results or without."""
    return any((run / name).is_file() for name in (RESULTS, REQUEST, EVENTS))


def _file(path: Path) -> Path | None:
    file = results_in(path)
    return file if file.is_file() else None


def _titled(named: Named, case: StoredCase) -> tuple[str, StoredCase]:
    return f"{named.path.parent.name}{_BETWEEN}{case.id}", case
