import errno
import os
from pathlib import Path

import pytest

from harness.cloud.journal import Journal


def test_reads_from_any_number_across_blocks(tmp_path: Path) -> None:
    journal = _journal(tmp_path, 300)
    for since, first in ((0, 1), (1, 1), (64, 64), (65, 65), (129, 129), (300, 300)):
        lines = list(journal.lines(since))
        assert lines[0].startswith(f'{{"seq":{first},'.encode())
        assert len(lines) == 301 - first
    assert list(journal.lines(301)) == []
    journal.close()


def test_goes_on_where_it_was(tmp_path: Path) -> None:
    _journal(tmp_path, 100).close()
    again = Journal(tmp_path / "journal.jsonl", lambda: 0)
    assert [entry["changes"] for entry in again.recover()] == [["c"]] * 100
    again.append({"effect": "read"})
    assert again.next == 102
    assert len(list(again.lines(90))) == 12
    again.close()


def test_a_write_that_fails_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = _journal(tmp_path, 3)
    before = (tmp_path / "journal.jsonl").read_bytes()
    write = os.write

    def half(handle: int, data: bytes) -> int:
        write(handle, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(OSError, match="No space"):
            journal.append({"effect": "read"})
    assert (tmp_path / "journal.jsonl").read_bytes() == before
    journal.append({"effect": "read"})
    assert journal.next == 5
    journal.close()


def _journal(folder: Path, entries: int) -> Journal:
    journal = Journal(folder / "journal.jsonl", lambda: 0)
    for _ in range(entries):
        journal.append({"effect": "recorded", "changes": ["c"]})
    return journal
