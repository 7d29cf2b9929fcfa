"""YAML with line numbers: plain data plus the line on which each of its parts stands.

A file may come from anybody, such as a pull request, so what it can take is bounded: its size, its
depth, and the number of its parts with all aliases followed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from harness.errors import BadInput
from harness.support.suggest import did_you_mean, nearest
from harness.support.wrong_values import said

LARGEST_FILE = 1 << 18
"""Bytes of a file; the largest case file that we know has 3,000."""
DEEPEST = 40
"""Parts within parts."""
MOST_PARTS = 20_000
"""Parts of a file, with all aliases followed."""
_LONGEST_NUMBER = 40
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NUMBERS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "timestamp"))

Location = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """YAML 1.2's booleans: `on`, `off`, `yes` and `no` are words, as flag values need."""

    _depth = _parts = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Composes a part with those within it, as many and as deep as are followed.

        Raises:
            _TooMuch: there are more.
        """
        self._depth, self._parts = self._depth + 1, self._parts + 1
        if self._depth > DEEPEST or self._parts > MOST_PARTS:
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML's own
            raise _TooMuch(_too_deep() if self._depth > DEEPEST else _too_many(), event)
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


class _TooMuch(Exception):
    """The file has more parts than are followed."""

    def __init__(self, what: str, first: Any) -> None:
        self.what, self.line = what, first.start_mark.line + 1
        super().__init__(what)


def _too_deep() -> str:
    return f"more than {DEEPEST} parts within one another"


def _too_many() -> str:
    return f"more than {MOST_PARTS} parts"


class Misplaced(ValueError):
    """A validator's error that knows where, below what it validates, the wrong part stands."""

    def __init__(self, what: str, location: Sequence[str | int]) -> None:
        self.location = tuple(location)
        super().__init__(what)


@dataclass(frozen=True)
class Source:
    """A parsed file: its data, and where each part stands."""

    path: Path
    data: Any
    lines: Mapping[Location, int]

    def line(self, location: Sequence[str | int]) -> int | None:
        """The line of the nearest part at or above that location."""
        where = tuple(location)
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where)

    def error(self, what: str, *location: str | int) -> BadInput:
        """An error that names this file and the line of that location."""
        return BadInput(what, path=self.path, line=self.line(location))


def read(path: Path) -> Source:
    """Reads a YAML file.

    Raises:
        BadInput: no such file, not YAML, a key given twice, or more than is read; with its line.
    """
    lines: dict[Location, int] = {}
    loader = None
    try:
        loader = _Loader(_text(path))
        node = loader.get_single_node()
        data = _plain(loader, node, (), lines, path) if node else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise BadInput(f"not valid YAML: {error.problem}", path=path, line=line) from None
    except yaml.YAMLError as error:
        raise BadInput(f"not valid YAML: {' '.join(str(error).split())}", path=path) from None
    except _TooMuch as error:
        raise BadInput(error.what, path=path, line=error.line) from None
    except (ValueError, ArithmeticError, LookupError) as error:  # PyYAML's own, on odd escapes
        raise BadInput(f"not valid YAML: {error}", path=path) from None
    finally:
        if loader:
            loader.dispose()
    return Source(path, data, lines)


def _text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise BadInput("not a file", path=path)
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise BadInput(f"larger than {LARGEST_FILE // 1024} KiB", path=path)
        return content.decode()
    except FileNotFoundError:
        raise BadInput("no such file", path=path) from None
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot be read: {error}", path=path) from None


def validate(source: Source, model: type[Model]) -> Model:
    """The file's data as a typed model.

    Raises:
        BadInput: the first thing that does not fit, with its line and the nearest known word.
    """
    if source.data is None:
        what = "the file is empty: keys and values are expected"
        raise BadInput(what, path=source.path)
    if not isinstance(source.data, dict):
        raise BadInput("not a mapping: keys and values are expected", path=source.path, line=1)
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        first = _telling(model, error.errors())
        cause = first.get("ctx", {}).get("error")
        below = cause.location if isinstance(cause, Misplaced) else ()
        location = _location_in_file((*first["loc"], *below), source.lines)
        raise source.error(_message(model, dict(first)), *location) from None


def _telling(model: type[BaseModel], errors: Sequence[Any]) -> Mapping[str, Any]:
    """The first error; of a key that is missing and one beside it that means it, the latter."""
    first: Mapping[str, Any] = errors[0]
    if first["type"] != "missing":
        return first
    *parent, missing = first["loc"]
    beside = (
        each
        for each in errors
        if each["type"] == "extra_forbidden" and [*each["loc"][:-1]] == parent
    )
    known = _keys_at(model, tuple(parent))
    misspelt = (each for each in beside if nearest(str(each["loc"][-1]), known) == missing)
    return next(misspelt, first)


def _message(model: type[BaseModel], error: Mapping[str, Any]) -> str:
    location: Location = tuple(error["loc"])
    name = location[-1]
    if error["type"] == "extra_forbidden":
        return f"unknown key {name!r}{did_you_mean(str(name), _keys_at(model, location[:-1]))}"
    if error["type"] == "missing":
        return f"key {name!r} is missing"
    message = said(error)
    place = ".".join(str(part) for part in location)
    return f"{place}: {message}" if place else message


def _keys_at(model: type[BaseModel], location: Location) -> set[str]:
    """The keys that the model knows at a location, found by walking its annotations."""
    current: set[type[BaseModel]] = {model}
    for part in location:
        fields = [kind.model_fields.get(str(part)) for kind in current]
        annotations = [field.annotation for field in fields if field]
        if annotations:
            current = set().union(*(_models_in(annotation) for annotation in annotations))
    return {field.alias or key for kind in current for key, field in kind.model_fields.items()}


def _models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    parts = getattr(annotation, "__args__", ())
    return set().union(*(_models_in(part) for part in parts)) if parts else set()


def _location_in_file(location: Sequence[str | int], lines: Mapping[Location, int]) -> Location:
    """A validator's location without the parts that it adds for unions and the like."""
    where: Location = ()
    for part in location:
        if (*where, part) in lines:
            where = (*where, part)
    return where


def _plain(
    loader: _Loader, node: yaml.Node, where: Location, lines: dict[Location, int], path: Path
) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(where, line)
    if len(lines) > MOST_PARTS:
        raise BadInput(_too_many(), path=path, line=line)
    if len(where) >= DEEPEST:  # aliases can make it deeper than it is written, even without an end
        raise BadInput(_too_deep(), path=path, line=line)
    if isinstance(node, yaml.MappingNode):
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = _scalar(loader, key_node, path)
            line = key_node.start_mark.line + 1
            if not isinstance(key, (str, int)):
                raise BadInput("a key has to be a plain word", path=path, line=line)
            if key in result:
                raise BadInput(f"key {key!r} is here twice", path=path, line=line)
            lines[*where, key] = line
            result[key] = _plain(loader, value_node, (*where, key), lines, path)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(loader, item, (*where, index), lines, path)
            for index, item in enumerate(node.value)
        ]
    return _scalar(loader, node, path)


def _scalar(loader: _Loader, node: yaml.Node, path: Path) -> Any:
    """A word, number, date or the like; None for what is none."""
    if not isinstance(node, yaml.ScalarNode):
        return None
    line = node.start_mark.line + 1
    if node.tag in _NUMBERS and len(node.value) > _LONGEST_NUMBER:
        raise BadInput("a number of too many digits", path=path, line=line)
    try:
        made = loader.construct_object(node)
    except (ValueError, ArithmeticError, LookupError, AttributeError) as error:
        kind = node.tag.rpartition(":")[2]  # such as the 31st of February, or `!!bool perhaps`
        what = f"{node.value[:_LONGEST_NUMBER]!r} is not a valid {kind}: {error}"
        raise BadInput(what, path=path, line=line) from None
    if isinstance(made, str) and _CONTROL.search(made):
        raise BadInput(f"{made[:_LONGEST_NUMBER]!r} has a control character", path=path, line=line)
    return made
