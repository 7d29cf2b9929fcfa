"""Case files that are wrong, odd or meant to hurt: read, or refused in one clear line, soon."""

import os
import time
import unicodedata
from pathlib import Path

import pytest
from hostile_yaml import GOOD, HOSTILE

from harness.cases import load
from harness.errors import BadInput
from harness.report.safe_text import shown

CPU_SECONDS = 2.0
LONGEST_LINE = 2000


def refusal(path: Path) -> str:
    """The line that says why a file is refused; empty when it is read."""
    begun = time.process_time()
    try:
        load(path)
        said = ""
    except BadInput as error:
        said = shown(str(error))
    assert time.process_time() - begun < CPU_SECONDS
    return said


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_read_or_refused_in_one_line(name: str, tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_bytes(HOSTILE[name]())
    (tmp_path / "app.yaml").write_text("name: x\n")
    said = refusal(path)
    assert "\n" not in said
    assert len(said) < LONGEST_LINE
    assert [c for c in said if unicodedata.category(c).startswith("C")] == []


@pytest.mark.parametrize(
    "name", ["a name of 300 letters", "a name that leaves", "a bomb of lists", "a NUL"]
)
def test_what_would_fail_later_is_refused_now(name: str, tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_bytes(HOSTILE[name]())
    (tmp_path / "app.yaml").write_text("name: x\n")
    assert str(path) in refusal(path)


def test_what_can_be_read_for_ever_is_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        assert "not a file" in refusal(path)


def test_the_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(GOOD)
    (tmp_path / "app.yaml").write_text("name: x\n")
    assert refusal(path) == ""
