"""What other people's tests may import: the list is a promise, so it is written out here."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import harness
from harness.cli import init

ROOT = Path(harness.__file__).parents[1]
PUBLIC = {
    "BadInput",
    "Case",
    "CaseResult",
    "CloudControl",
    "ConfluenceClient",
    "DEV_MODE",
    "DriverError",
    "FEATURE",
    "HarnessError",
    "Migration",
    "ProgressRow",
    "Row",
    "RowMismatch",
    "ServiceDied",
    "Stack",
    "WaitTimedOut",
    "load",
}
IMPORT = re.compile(r"^ *(?:from|import) (harness[\w.]*)(?: import (.*))?$", re.MULTILINE)


def test_the_list_is_as_promised() -> None:
    assert set(harness.__all__) == PUBLIC
    assert set(harness.__all__) <= set(dir(harness))


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_name_is_what_its_module_has(name: str) -> None:
    value = getattr(harness, name)
    home = importlib.import_module(harness._MODULES[name])
    assert value is getattr(home, name)


def test_no_other_name() -> None:
    with pytest.raises(AttributeError, match="'harness' has no attribute 'Cases'"):
        _ = harness.Cases


def test_importing_the_package_imports_nothing_of_it() -> None:
    """The cloud's image has neither a browser nor most of the packages."""
    code = "import sys, harness; print([m for m in sys.modules if m.startswith('harness.')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_docs_name_them_all() -> None:
    documented = set(re.findall(r"^\| `(\w+)", (ROOT / "docs/api.md").read_text(), re.MULTILINE))
    fixtures = {"stack", "confluence", "cloud", "dark_features", "migration", "progress_row"}
    assert documented == PUBLIC | fixtures | {"run_case"}


@pytest.mark.parametrize(
    "text",
    [
        (ROOT / "README.md").read_text(),
        (ROOT / "docs/vendors.md").read_text(),
        (ROOT / "docs/api.md").read_text(),
        (ROOT / "harness/cli/starter/test_migration.py.in").read_text(),
    ],
    ids=["readme", "vendors", "api", "starter"],
)
def test_examples_import_only_those(text: str) -> None:
    for module, names in IMPORT.findall(text):
        assert module == "harness"
        assert set(re.split(r", *", names)) <= PUBLIC


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "harness/py.typed").is_file()


def test_the_starters_test_is_well_typed(tmp_path: Path) -> None:
    init.write(tmp_path)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull),
            *("--cache-dir", str(ROOT / ".mypy_cache" / "starter")),
            "migration/test_migration.py",
        ],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
