"""What has one place is not spelled out in another: flag keys, effects, names of a run's files."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import harness
from harness.store import layout
from harness.vocabulary import effects, features

PACKAGE = Path(harness.__file__).parent
FLAGS = {features.FEATURE, features.DEV_MODE}
EFFECTS = {str(each) for each in effects.Effect}
FILES = {*layout.FILES.values(), layout.RESULTS, layout.EVENTS, layout.REQUEST, layout.OLD_REQUEST}
FILES |= {layout.REPORT, layout.REPRO}


def modules(*owners: object) -> Iterator[tuple[str, ast.Module]]:
    """The package's modules but for those that own what is looked for, and the cloud's program."""
    own = {getattr(each, "__file__", None) for each in owners}
    for path in PACKAGE.rglob("*.py"):
        inside = path.relative_to(PACKAGE)
        if str(path) not in own and inside.parts[0] != "cloud":
            yield str(inside), ast.parse(path.read_text())


def docstrings(tree: ast.Module) -> set[ast.AST]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def texts(tree: ast.Module) -> Iterator[ast.Constant]:
    prose = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in prose:
            yield node


def test_flag_keys_are_in_features_only() -> None:
    found = [
        f"{name}:{text.lineno}"
        for name, tree in modules(features)
        for text in texts(tree)
        if any(flag in text.value for flag in FLAGS)
    ]
    assert found == []


def test_names_of_a_runs_files_are_in_layout_only() -> None:
    found = [
        f"{name}:{text.lineno}"
        for name, tree in modules(layout)
        for text in texts(tree)
        if text.value in FILES
    ]
    assert found == []


def test_effects_are_compared_by_the_enum() -> None:
    found = []
    for name, tree in modules(effects):
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and "effect" in ast.unparse(node):
                words = [each for each in ast.walk(node) if isinstance(each, ast.Constant)]
                found += [f"{name}:{node.lineno}" for each in words if each.value in EFFECTS]
    assert found == []


@pytest.mark.parametrize(
    "line",
    ['key = "migration-assistant.app-migration.feature"', 'path = folder / "results.json"'],
)
def test_the_look_finds_what_it_looks_for(line: str) -> None:
    assert any(text.value in FLAGS | FILES for text in texts(ast.parse(line)))
