"""What fuzzing begins with, and what it has found, is read without a fault."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "fuzz"))

from corpus import as_line, seeds
from targets import TARGETS


@pytest.fixture(scope="module", autouse=True)
def _written_below_the_tests_own_folder(tmp_path_factory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("fuzz")))
        yield


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_is_read_or_refused(name: str) -> None:
    # The hostile jars and case files have tests of their own.
    begins = [each for each in seeds(name) if name not in ("jar", "case_file")]
    assert begins or name in ("jar", "case_file")
    for each in begins:
        TARGETS[name](each)


def test_an_input_that_was_found_can_be_kept_as_a_line(tmp_path: Path, monkeypatch) -> None:
    found = bytes(range(256))
    monkeypatch.setattr("corpus._FOLDER", tmp_path)
    (tmp_path / "log.txt").write_text(as_line(found) + "\n")
    assert seeds("log") == [found]
