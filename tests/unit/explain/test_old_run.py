"""A run that was stored before its folder's layout and its settings were as now (asked.json)."""

import json
import shutil
from pathlib import Path

import pytest

from harness.diagnosis.readers.run_folder import read_run
from harness.explain import commands, judge, stored
from harness.report import html, markdown
from harness.store import request

RUN = Path(__file__).parents[2] / "support" / "old_run"
CASE = "seed[feature=on,dev-mode=on,ccma=3.1.7]"


@pytest.fixture
def old_run(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RUN, tmp_path / "old"))


def test_it_is_explained(old_run: Path) -> None:
    named = stored.find(str(old_run), lambda: old_run)
    cases = stored.cases(named, None)
    assert "PROVED dev-mode-row-not-updated" in commands.explained(cases)
    (case,) = read_run(old_run)
    assert (case.id, case.problems) == (CASE, ())
    assert json.dumps(commands.explained_as_data(cases))


def test_it_is_judged_by_the_rules_of_today(old_run: Path) -> None:
    (text, _), status = judge.judged(str(old_run), [], lambda: old_run)
    assert status == 0
    assert f"known-bug  {CASE}: dev-mode-row-not-updated\n" in text


def test_it_is_reported(old_run: Path) -> None:
    page = html.write(old_run).read_text()
    assert "dev-mode-row-not-updated" in page
    assert "screenshot: none was kept" in page
    assert "dev-mode-row-not-updated" in markdown.write(old_run)


def test_its_request_is_read() -> None:
    found = request.read(RUN)
    assert found.settings == {
        "engine": "local",
        "confluence": "standin",
        "ccma": None,
        "time_scale": 200.0,
        "isolation": "reset",
    }
    assert found.select == "feature=on and dev-mode=on and ccma=3.1.7"
