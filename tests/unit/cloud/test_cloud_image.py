"""The image installs what the cloud and the cloud app import, within the project's own bounds."""

import ast
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
IMPORTED_AS = {"pyjwt": "jwt", "pyyaml": "yaml", "detect-secrets": "detect_secrets"}


def _requirements() -> list[str]:
    lines = (ROOT / "docker" / "cloud" / "requirements.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _imports() -> set[str]:
    found: set[str] = set()
    for folder in ("redaction", "cloud", "cloud_app"):
        for path in (ROOT / "harness" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    found |= {name.name for name in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module)
    return found


def test_the_image_has_what_is_imported_and_no_more() -> None:
    packages = {name.partition(".")[0] for name in _imports()}
    named = {re.split(r"[\[>=;]", line)[0] for line in _requirements()}
    modules = {IMPORTED_AS.get(name, name) for name in named}
    assert packages - set(sys.stdlib_module_names) - {"harness"} == modules


def test_the_bounds_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    known = {line.partition(";")[0] for line in project["dependencies"]}
    assert set(_requirements()) <= known


def test_only_what_the_image_copies_is_imported_from_the_package() -> None:
    ours = {name for name in _imports() if name.startswith("harness.")}
    copied = tuple(
        f"harness.{name}." for name in ("cloud", "cloud_app", "redaction", "vocabulary", "errors")
    )
    outside = {name for name in ours if not f"{name}.".startswith(copied)}
    assert outside == set()
