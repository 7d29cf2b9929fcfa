from pathlib import Path

import pytest
from made_run import MakeRun, make_folder

from harness.store.results import CaseResult


@pytest.fixture
def make_run(tmp_path: Path) -> MakeRun:
    """Writes a run's folder with some cases."""

    def make(*cases: CaseResult) -> Path:
        return make_folder(tmp_path / "run", *cases)

    return make
