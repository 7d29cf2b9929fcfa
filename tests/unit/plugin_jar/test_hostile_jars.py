"""`harness check` of jars that are wrong, odd or meant to hurt: an answer or one line, soon."""

import time
import unicodedata
import warnings
from pathlib import Path

import pytest
from hostile_jars import HOSTILE, write

from harness.diagnosis import jar_check
from harness.errors import BadInput
from harness.plugin_jar.read import read_plugin
from harness.report.safe_text import shown

CPU_SECONDS = 5.0
REFUSED = (
    *("bzip2", "LZMA", "packed by method 99", "one entry by bzip2", "encrypted", "a bomb"),
    *("more entries than are allowed", "an unknown encoding", "a name in no encoding"),
    *("a name that leaves", "an entity", "an .obr whose plugin leaves", "empty", "text"),
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_jar_is_read_or_refused(name: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some have an entry twice
        path = write(name, tmp_path)
    begun = time.process_time()
    try:
        plugin = read_plugin(path)
        said = shown(jar_check.as_text(plugin))
        jar_check.to_json(plugin)
    except BadInput as error:
        said = shown(str(error))
        assert "\n" not in said
    assert time.process_time() - begun < CPU_SECONDS
    assert [c for c in said if unicodedata.category(c).startswith("C") and c not in "\n\t"] == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_server_should_be_given_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        read_plugin(write(name, tmp_path))
