"""A Forge app's manifest: what is read of it, and what is refused with its line."""

import json
from pathlib import Path

import pytest

from harness.cases import forge_manifest
from harness.errors import BadInput
from harness.support import assets

RIGHT = """
modules:
  macro:
    - key: not-read
  trigger:
    - key: t
      function: f
      events: [avi:ecosystem.migration:uploaded:app_data]
  function:
    - key: f
      handler: migration/index.run
"""


def manifest(folder: Path, text: str) -> Path:
    (folder / "src" / "migration").mkdir(parents=True)
    (folder / "src" / "migration" / "index.js").write_text("")
    (folder / "manifest.yml").write_text(text)
    return folder


def test_the_runtime_gets_triggers_and_functions(tmp_path: Path) -> None:
    found = forge_manifest.load(manifest(tmp_path, RIGHT))
    assert json.loads(found.for_runtime) == {
        "triggers": [{"function": "f", "events": ["avi:ecosystem.migration:uploaded:app_data"]}],
        "functions": {"f": "migration/index.run"},
    }


def test_the_samples_is_right() -> None:
    assert forge_manifest.load(assets.sample_app("forge-backend") / "backend")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("function: f", "function: g", r"manifest.yml:7: modules.trigger: no function 'g'"),
        ("index.run", "none.run", r"manifest.yml:11: modules.function: 'migration/none.run' is no"),
        ("migration/index.run", "run", r"manifest.yml:11: modules.function: 'run' is no"),
        ("events: [avi:ecosystem.migration:uploaded:app_data]", "events: []", r"manifest.yml:8"),
        ("  trigger:", "  triggers:", r"manifest.yml:.*trigger"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        forge_manifest.load(manifest(tmp_path, RIGHT.replace(old, new)))
