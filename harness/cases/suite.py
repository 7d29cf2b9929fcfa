"""The cases of a file: all combinations of its axes, or a suite that covers them."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from harness.cases import rules
from harness.cases.axes import CloudSetup, added, cloud_setup
from harness.cases.file import CaseFile, Expectation, KnownBug, Strength
from harness.errors import BadInput, HarnessError
from harness.matrix import coverage, covering, feasible, locating
from harness.matrix import model as matrix
from harness.matrix.model import Assignment
from harness.settings import DEFAULT_CCMA
from harness.support.files import is_file
from harness.support.suggest import did_you_mean
from harness.support.yaml_source import Source, read, validate
from harness.vocabulary.script import Behaviour

REACHED = (2, 3)
"""The strengths whose coverage is told."""

Location = tuple[str | int, ...]


@dataclass(frozen=True)
class Case:
    """One case: everything a run needs to know, and what is expected of it.

    Attributes:
        id: the file's name and the axes' values.
        app: folder of the app under test.
        axes: axis name -> value.
        dark_features: site features, key -> whether on.
        ccma: the CCMA version; None for the run's.
        cloud_app: the cloud app's behaviour, by name or spelled out; None for the app's own.
        expectation: the rows that are wanted.
        known_bug: the bug that it is marked with, if any.
        system_features: features that the JVM is started with, key -> whether on.
        time_scale: server seconds per wall second; None for the run's.
        cloud: what it wants of the cloud.
    """

    id: str
    app: Path
    axes: Mapping[str, str]
    dark_features: Mapping[str, bool]
    ccma: str | None
    cloud_app: str | Behaviour | None
    expectation: Expectation
    known_bug: KnownBug | None
    system_features: Mapping[str, bool] = field(default_factory=dict)
    time_scale: float | None = None
    cloud: CloudSetup = field(default_factory=CloudSetup)


@dataclass(frozen=True)
class Suite:
    """The cases that a file's run consists of, and the matrix that they come from.

    Attributes:
        source: the file.
        file: its content.
        ccma: the CCMA version where a case does not say.
        model: its matrix; None for a file without axes.
        strength: what the cases were chosen for: a strength, `all` or `locate`.
        rows: axis values of each case, in order.
        method: how the cases were found, in words.
        bound: fewer cases cannot do.
        inseparable: with `locate`, values that the constraints force together.
    """

    source: Source
    file: CaseFile
    ccma: str
    model: matrix.Model | None
    strength: Strength | Literal["locate"]
    rows: tuple[Assignment, ...]
    method: str
    bound: int
    inseparable: tuple[tuple[Assignment, ...], ...] = ()

    @property
    def path(self) -> Path:
        """The file's path."""
        return self.source.path

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The cases, in order."""
        return tuple(self.case(values) for values in self.rows)

    def case(self, values: Assignment) -> Case:
        """The case with these values of all axes, whether it is in the suite or not."""
        file = self.file
        settings: dict[str, Any] = {}
        features: dict[str, dict[str, bool]] = {"site": {}, "system": {}}
        for name, axis in file.axes.items():
            meaning = axis.meaning(values[name])
            if axis.dark_feature:
                features[axis.level][axis.dark_feature] = meaning
            elif axis.setting:
                settings = added(settings, axis.setting, meaning)
        ccma = settings.get("ccma")
        text = rules.spelled(values) if values else ""
        return Case(
            id=f"{file.name}[{text}]" if text else file.name,
            app=app_folder(self.path, file, settings.get("app")),
            axes=dict(values),
            dark_features=features["site"],
            ccma=ccma,
            cloud_app=settings.get("cloud_app"),
            expectation=rules.expectation_of(file, values),
            known_bug=rules.known_bug_of(file, values, ccma or self.ccma),
            system_features=features["system"],
            time_scale=settings.get("time_scale"),
            cloud=cloud_setup(settings),
        )

    @property
    def combinations(self) -> int:
        """How many cases all combinations would be."""
        return feasible.FeasibleSpace(self.model).count() if self.model else 1

    def reached(self, ran: Sequence[Assignment] | None = None) -> str:
        """What some of the cases cover, as "2-way 100 %, 3-way 71 %"; empty for less than two axes.

        Args:
            ran: the axis values of those cases; all by default.
        """
        rows = self.rows if ran is None else ran
        return coverage.summary(self.model, rows, REACHED) if self.model else ""

    @property
    def unreachable(self) -> tuple[tuple[str, str], ...]:
        """Axis values that the constraints rule out in every case."""
        return feasible.unreachable(feasible.FeasibleSpace(self.model)) if self.model else ()


def app_folder(path: Path, file: CaseFile, variant: Path | None) -> Path:
    """An app's folder: the file's own, or a variant: a path, or a name beside the file's own."""
    if variant is None:
        return (path.parent / file.app).resolve()
    beside = file.app.parent if len(variant.parts) == 1 else Path()
    return (path.parent / beside / variant).resolve()


def load(path: str | os.PathLike[str]) -> list[Case]:
    """The cases of a file, in the strength that it asks for.

    Raises:
        BadInput: anything wrong in the file, with its line.
    """
    __tracebackhide__ = True
    try:
        return list(read_suite(path).cases)
    except BadInput as error:
        raise error.with_traceback(None) from None  # the line says it all


def read_suite(
    path: str | os.PathLike[str],
    *,
    strength: Strength | None = None,
    locate: bool = False,
    ccma: str | None = None,
) -> Suite:
    """A file's cases, and the matrix that they come from.

    Args:
        path: the file.
        strength: how many axes at once are covered; None as the file says.
        locate: a suite whose pass and fail marks name a single culprit, instead.
        ccma: the CCMA version where a case does not say; None for the usual one.

    Raises:
        BadInput: anything wrong in the file, with its line.
    """
    path = Path(path)
    source = read(path)
    file = validate(source, CaseFile)
    rules.check_names(source, file)
    rules.check_axes(source, file)
    rules.check_judgeable(source, file)
    _check_apps(source, file)
    version = ccma or DEFAULT_CCMA
    if not file.axes:
        rules.check_only_case(source, file)
        if locate or strength not in (None, "all"):
            raise source.error("this file has no axes, so there is no matrix to cover", "name")
        return Suite(source, file, version, None, "all", ({},), "the only case", 1)
    model = _model(source, file)
    chosen = strength if strength is not None else file.strength
    at: Location = ("strength",) if strength is None and "strength" in source.data else ("axes",)
    with _placed(source, at):
        if locate:
            found = locating.locating(model)
            _prove(model, found.cases, 2, path)
            return Suite(
                *(source, file, version, model, "locate", found.cases, "locating array", 0),
                found.inseparable,
            )
        if chosen == "all":
            suite = covering.all_combinations(model)
        else:
            suite = covering.cover(model, chosen)
            _prove(model, suite.cases, chosen, path)
    return Suite(source, file, version, model, chosen, suite.cases, suite.method, suite.bound)


def _names_beside(folder: Path) -> list[str]:
    try:
        return [path.parent.name for path in folder.parent.glob("*/app.yaml")]
    except OSError:  # its own name is one that the system does not allow
        return []


def _check_apps(source: Source, file: CaseFile) -> None:
    apps: list[tuple[Location, Path | None]] = [(("app",), None)]
    for name, axis in file.axes.items():
        if axis.setting == "app":
            apps += [(("axes", name, "values", word), axis.meaning(word)) for word in axis.words]
    for where, variant in apps:
        folder = app_folder(source.path, file, variant)
        if not is_file(folder / "app.yaml"):
            named = variant or file.app
            if is_file(folder):
                raise source.error(f"app: {named} is a file: name the folder that it is in", *where)
            near = _names_beside(folder)
            hint = did_you_mean(folder.name, near) if near else ""
            raise source.error(f"app: there is no {named}/app.yaml beside this file{hint}", *where)


def _model(source: Source, file: CaseFile) -> matrix.Model:
    """The matrix of a file, once its constraints, seeds and rules are known to make sense."""
    axes = [matrix.Factor(name, axis.words) for name, axis in file.axes.items()]
    boxes: list[matrix.Forbidden] = []
    for n, constraint in enumerate(file.constraints):
        with _placed(source, ("constraints", n)):
            if constraint.never is not None:
                boxes.append(matrix.Forbidden(dict(constraint.never), constraint.why))
            else:
                if_, then = dict(constraint.if_ or {}), dict(constraint.then or {})
                boxes += matrix.implies(axes, if_, then, constraint.why)
    with _placed(source, ("sub_matrices",)):
        subs = [matrix.SubMatrix(sub.axes, sub.strength) for sub in file.sub_matrices]
        model = matrix.model(axes, boxes, file.seeds, subs)
    with _placed(source, ("constraints",)):
        feasible.check(matrix.Model(model.axes, model.constraints))
    with _placed(source, ("seeds",)):
        feasible.check(model)
    rules.check_complete(source, file, model)
    return model


def _prove(model: matrix.Model, cases: Sequence[Assignment], strength: int, path: Path) -> None:
    """Asks the independent check, which shares no code with what made the cases."""
    if missing := coverage.unmet(model, cases, strength):
        text = rules.spelled(missing[0])
        raise HarnessError(
            f"{path}: the suite of strength {strength} lacks {len(missing)} combinations, "
            f"such as {text}: this is a fault of the harness, please report it"
        )


@contextmanager
def _placed(source: Source, where: Location) -> Iterator[None]:
    """Gives errors that know no file their place in this one."""
    try:
        yield
    except BadInput as error:
        if error.path is not None:
            raise
        raise source.error(error.what, *where) from None
