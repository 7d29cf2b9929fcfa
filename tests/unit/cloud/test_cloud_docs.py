import re
from pathlib import Path

from harness.cloud.faults.rules import AnyFault
from harness.cloud.settings import Switches
from harness.vocabulary.behaviours import BEHAVIOURS
from harness.vocabulary.effects import Effect

PAGE = (Path(__file__).parents[3] / "docs" / "cloud.md").read_text()


def section(heading: str) -> set[str]:
    """What the first column of a section's table names."""
    part = PAGE.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]
    cells = re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]*)`", cell)}


def test_every_effect_is_documented_and_no_other() -> None:
    assert section("### Effects") == {effect.value for effect in Effect}


def test_every_switch_is_documented_and_no_other() -> None:
    assert section("## Switches") == set(Switches.model_fields)


def test_every_fault_is_documented_and_no_other() -> None:
    kinds = AnyFault.model_json_schema()["properties"]["fault"]["discriminator"]["mapping"]
    assert section("## Faults on demand") - {"kind"} == set(kinds)


def test_every_behaviour_is_documented_and_no_other() -> None:
    assert section("## The scripted cloud app") == set(BEHAVIOURS)
