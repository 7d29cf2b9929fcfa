"""Which expectation and which known bug a case has, and that each case has exactly one.

Both are rules over axis values. That every case has a rule, and no case two that contradict, is
shown for all cases that the constraints allow, not only for those that run: shrinking may run
any of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from harness.cases.axes import set_by
from harness.cases.file import CaseFile, Expectation, KnownBug, When
from harness.matrix.feasible import FeasibleSpace
from harness.matrix.model import Forbidden, Model
from harness.support.suggest import did_you_mean
from harness.support.yaml_source import Source
from harness.vocabulary.refresh import REFRESH
from harness.vocabulary.rows import FINAL


def matches(when: When, values: Mapping[str, str]) -> bool:
    """Whether a case with these values is one of those that a rule is about."""
    return all(values[name] in allowed for name, allowed in when.items())


def expectation_of(file: CaseFile, values: Mapping[str, str]) -> Expectation:
    """The expectation of a case; `check` has shown that there is one."""
    return next(each for each in file.expectations if matches(each.when, values))


def known_bug_of(file: CaseFile, values: Mapping[str, str], ccma: str) -> KnownBug | None:
    """The known bug that a case with this CCMA version is marked with."""
    for bug in file.known_bugs:
        if matches(bug.when, values) and (not bug.versions or ccma in bug.versions):
            return bug
    return None


def check_axes(source: Source, file: CaseFile) -> None:
    """No two axes set the same thing: what one of them says would hold in no case.

    Raises:
        BadInput: two do, with the second one's line.
    """
    setters: dict[str, str] = {}
    for name, axis in file.axes.items():
        for what in sorted(set_by(axis)):
            if first := setters.get(what):
                raise source.error(
                    f"axis {name!r} sets {what}, and so does {first!r}: write both as values of "
                    "one axis",
                    *("axes", name),
                )
            setters[what] = name


def check_names(source: Source, file: CaseFile) -> None:
    """Each axis and value that is named anywhere exists.

    Raises:
        BadInput: one does not, with its line and the nearest right word.
    """
    conditions: list[tuple[tuple[str | int, ...], When]] = []
    for part in ("expectations", "known_bugs"):
        rules: Sequence[Expectation | KnownBug] = getattr(file, part)
        conditions += [((part, n, "when"), rule.when) for n, rule in enumerate(rules)]
    for n, constraint in enumerate(file.constraints):
        boxes = {"if": constraint.if_, "then": constraint.then, "never": constraint.never}
        conditions += [(("constraints", n, key), box) for key, box in boxes.items() if box]
    for n, seed in enumerate(file.seeds):
        conditions.append((("seeds", n), {name: (value,) for name, value in seed.items()}))
    for where, when in conditions:
        for name, values in when.items():
            _check_axis(source, file, name, *where, name)
            for value in values:
                if value not in file.axes[name].words:
                    hint = did_you_mean(value, file.axes[name].words)
                    text = f"axis {name!r} has no value {value!r}{hint}"
                    raise source.error(text, *where, name)
    for n, sub in enumerate(file.sub_matrices):
        for name in sub.axes:
            _check_axis(source, file, name, "sub_matrices", n, "axes")
    _check_bugs(source, file)


def _check_axis(source: Source, file: CaseFile, name: str, *where: str | int) -> None:
    if name not in file.axes:
        hint = did_you_mean(name, file.axes) if file.axes else "; this file has no axes"
        raise source.error(f"no axis is called {name!r}{hint}", *where)


def _check_bugs(source: Source, file: CaseFile) -> None:
    ids = [bug.id for bug in file.known_bugs]
    for n, bug in enumerate(file.known_bugs):
        if bug.id in ids[:n]:
            raise source.error(f"known bug {bug.id!r} is here twice", "known_bugs", n, "id")
    for name, bug_id in file.repros.items():
        if bug_id not in ids:
            hint = did_you_mean(bug_id, ids) if ids else "; this file has none"
            raise source.error(f"no known bug is called {bug_id!r}{hint}", "repros", name)


def check_complete(source: Source, file: CaseFile, model: Model) -> None:
    """Every allowed case has an expectation, and no two rules contradict for one.

    Args:
        source: the file, for places in messages.
        file: its content.
        model: its matrix.

    Raises:
        BadInput: with an example of a case that has none or two.
    """
    everywhere = any(not each.when for each in file.expectations)
    if not everywhere:
        boxes = [Forbidden(dict(each.when)) for each in file.expectations]
        space = FeasibleSpace(Model(model.axes, (*model.constraints, *boxes)))
        if (left := space.solve(space.everything)) is not None:
            text = spelled(model.case(space.row(left)))
            raise source.error(f"no expectation matches {text}", "expectations")
    space = FeasibleSpace(model)
    _check_bugs_apart(source, file, space)
    for n, one in enumerate(file.expectations):
        for other, two in enumerate(file.expectations[n + 1 :], n + 1):
            if one.demands != two.demands and (case := _both(space, one.when, two.when)):
                lines = [source.line(("expectations", index)) for index in (n, other)]
                raise source.error(
                    f"the expectations of lines {lines[0]} and {lines[1]} contradict for {case}",
                    *("expectations", other),
                )


def _check_bugs_apart(source: Source, file: CaseFile, space: FeasibleSpace) -> None:
    """No case has two known bugs, or one that shows what is expected."""
    for n, bug in enumerate(file.known_bugs):
        for each in file.expectations:
            if each.rows[-1] == bug.row and (case := _both(space, bug.when, each.when)):
                raise source.error(
                    f"known bug {bug.id!r} shows {bug.row}, which is what is expected of {case}",
                    *("known_bugs", n, "row"),
                )
        for other, second in enumerate(file.known_bugs[n + 1 :], n + 1):
            apart = bug.versions and second.versions and not {*bug.versions} & {*second.versions}
            if not apart and (case := _both(space, bug.when, second.when)):
                raise source.error(
                    f"both known bugs {bug.id!r} and {second.id!r} mark {case}",
                    *("known_bugs", other),
                )


def check_judgeable(source: Source, file: CaseFile) -> None:
    """Each expectation and known bug can be judged by what is seen, if enough of it is.

    Raises:
        BadInput: one cannot, with its line and what would be right.
    """
    for n, each in enumerate(file.expectations):
        for problem, key in _unjudgeable(each):
            where = (key,) if key in source.data["expectations"][n] else ()
            raise source.error(problem, "expectations", n, *where)
    for n, bug in enumerate(file.known_bugs):
        if bug.lasts < REFRESH:
            raise source.error(
                f"known bug {bug.id!r}: lasts is shorter than a refresh (10m), so no poll may "
                "come in it; write 30m for three refreshes",
                *("known_bugs", n, "lasts"),
            )


def _unjudgeable(each: Expectation) -> Iterator[tuple[str, str]]:
    """What is wrong with an expectation, and the key at which that stands."""
    last = each.rows[-1]
    if timedelta(0) < each.lasts < REFRESH:
        yield (
            "lasts is shorter than a refresh (10m): no poll may come in it, so nothing would be "
            "shown; write 10m or more, or `before_refresh: true`",
            "lasts",
        )
    if each.before_refresh and (last.status in FINAL or each.lasts):
        yield (
            "before_refresh is for a row that is not final, and has no lasts: it is judged once "
            "the cloud has recorded a final status",
            "before_refresh",
        )
    if last.status not in FINAL and not each.lasts and not each.before_refresh:
        yield (
            f"the last row is {last}, which may still change: say for how long it stays, such as "
            "`lasts: 15m`",
            "rows",
        )


def spelled(values: Mapping[str, str]) -> str:
    """A case's values as its id shows them."""
    return ",".join(f"{name}={value}" for name, value in values.items()) or "the only case"


def check_only_case(source: Source, file: CaseFile) -> None:
    """A file without axes has one case, and for it rules that agree.

    Raises:
        BadInput: two of them contradict.
    """
    first = file.expectations[0]
    for n, other in enumerate(file.expectations):
        if other.demands != first.demands:
            lines = [source.line(("expectations", index)) for index in (0, n)]
            raise source.error(
                f"the expectations of lines {lines[0]} and {lines[1]} contradict", "expectations", n
            )


def _both(space: FeasibleSpace, one: When, other: When) -> str | None:
    """An allowed case that both conditions match, in words."""
    state = space.everything
    for when in (one, other):
        for name, values in when.items():
            span = space.span[space.model.names.index(name)]
            state &= ~span | sum(1 << space.id_of(name, value) for value in dict.fromkeys(values))
    found = space.solve(state)
    return spelled(space.model.case(space.row(found))) if found is not None else None
