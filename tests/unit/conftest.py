import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from recorded import KEY

from harness.redaction import known

DESCRIPTOR = f"""<atlassian-plugin key="{KEY}" name="Charts" plugins-version="2">
<plugin-info><version>1.0.0</version></plugin-info></atlassian-plugin>"""
MANIFEST = f"Manifest-Version: 1.0\r\nBundle-SymbolicName: {KEY};singleton:=true\r\n\r\n"

MakeJar = Callable[..., Path]


@pytest.fixture
def make_jar(tmp_path: Path) -> MakeJar:
    """Return a function that writes a plugin's jar; entries may be replaced, None removes one."""

    def make(name: str = "charts.jar", entries: Mapping[str, str | None] | None = None) -> Path:
        content: dict[str, str | None] = {
            "META-INF/MANIFEST.MF": MANIFEST,
            "atlassian-plugin.xml": DESCRIPTOR,
            "org/example/Listener.class": "bytes",
            **(entries or {}),
        }
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as jar:
            for entry, text in content.items():
                if text is not None:
                    jar.writestr(entry, text)
        return path

    return make


@pytest.fixture(autouse=True)
def _nothing_is_known_to_be_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test makes known would go from the texts of all after it."""
    monkeypatch.setattr(known, "_of_this_process", known.Known())
