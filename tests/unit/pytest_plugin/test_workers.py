"""What the session that starts the workers of `pytest -n` does for them."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.pytest_plugin import pytest_configure_node


def test_the_schedule_s_file_ends_with_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    at_the_end: list[Callable[[], None]] = []
    config = SimpleNamespace(add_cleanup=at_the_end.append)
    manager = SimpleNamespace(testrunuid="run-1")
    for _ in range(2):
        node = SimpleNamespace(config=config, nodemanager=manager, workerinput={})
        pytest_configure_node(node)
        [file] = map(Path, node.workerinput.values())
    file.touch()

    for clean_up in at_the_end:
        clean_up()

    assert list(tmp_path.iterdir()) == []
