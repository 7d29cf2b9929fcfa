"""docs/whats-here.md and ARCHITECTURE.md name the packages that there are, in their order."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def layers() -> list[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    first = contracts["contracts"][0]["layers"]
    return [each for layer in first for each in re.split(r"[ |]+", layer)]


def test_each_package_is_walked_through_from_top_to_bottom() -> None:
    text = (ROOT / "docs" / "whats-here.md").read_text()
    assert re.findall(r"^\*\*`(\w+)`\*\*", text, re.MULTILINE) == layers()


def test_the_architecture_has_the_layers_in_their_order() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    table = text[text.index("| Layer |") : text.index("Import-linter")]
    first_column = [line.split(" | ")[0] for line in table.splitlines()[2:] if line]
    assert re.findall(r"`(\w+)`", "\n".join(first_column)) == layers()


def test_modules_that_the_architecture_names_are_there() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    for package, module in re.findall(r"`(\w+)\.(\w+)`", text):
        if package in layers():
            path = ROOT / "harness" / package / module
            assert path.is_dir() or path.with_suffix(".py").is_file(), f"{package}.{module}"
