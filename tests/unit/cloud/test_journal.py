import errno
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cloud.journal import Journal
from harness.errors import BadInput


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


def test_only_entries_with_changes_of_their_own_are_recovered(tmp_path: Path) -> None:
    """A refused request's body may have a key `changes`, or a text that looks like one."""
    journal = Journal(tmp_path / "journal.jsonl", lambda: 0)
    journal.append({"effect": "malformed request", "body": {"changes": [{"kind": "x"}]}})
    journal.append({"effect": "recorded"}, [{"kind": "reset"}])
    journal.close()
    again = Journal(tmp_path / "journal.jsonl", lambda: 0)
    assert [entry["seq"] for entry in again.recover()] == [2]
    again.close()


Lines = list[bytes]


def _changed(lines: Lines) -> Lines:
    return [lines[0].replace(b"recorded", b"recordex"), *lines[1:]]


DAMAGE: dict[str, tuple[Callable[[Lines], Lines], int]] = {
    "an empty line": (lambda lines: [lines[0], b"\n", *lines[1:]], 2),
    "a line of zeros": (lambda lines: [lines[0], bytes(40) + b"\n", *lines[2:]], 2),
    "zeros at the end": (lambda lines: [*lines, bytes(40)], 4),
    "another text at the end": (lambda lines: [*lines, b"no entry"], 4),
    "another program's line": (lambda lines: [*lines, b"{}\n"], 4),
    "no JSON": (lambda lines: [lines[0], b"oops\n", *lines[2:]], 2),
    "half a line": (lambda lines: [lines[0], lines[1][:40] + b"\n", lines[2]], 2),
    "a line without its end": (lambda lines: [lines[0], lines[1][:-1], lines[2]], 2),
    "a changed word": (_changed, 1),
    "a changed sum": (lambda lines: [lines[0][:-3] + b"x}\n", *lines[1:]], 1),
    "a line twice": (lambda lines: [lines[0], *lines], 2),
    "a line missing": (lambda lines: [lines[0], lines[2]], 2),
    "the first missing": (lambda lines: lines[1:], 1),
    "two lines exchanged": (lambda lines: [lines[1], lines[0], lines[2]], 1),
    "not UTF-8": (lambda lines: [b"\xff" + lines[0], *lines[1:]], 1),
    "carriage returns": (lambda lines: [each[:-1] + b"\r\n" for each in lines], 1),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_refused_by_its_line(tmp_path: Path, kind: str) -> None:
    _journal(tmp_path, 3).close()
    damage, line = DAMAGE[kind]
    path = tmp_path / "journal.jsonl"
    damaged = b"".join(damage(path.read_bytes().splitlines(keepends=True)))
    path.write_bytes(damaged)
    journal = Journal(path, lambda: 0)
    with pytest.raises(BadInput) as refused:
        list(journal.recover())
    journal.close()
    assert (refused.value.path, refused.value.line) == (path, line)
    assert "\n" not in str(refused.value)
    assert path.read_bytes() == damaged


@pytest.mark.parametrize("kept", [1, 4, 8, 30])
def test_a_line_that_was_not_finished_is_cut_off(tmp_path: Path, kept: int) -> None:
    _journal(tmp_path, 3).close()
    path = tmp_path / "journal.jsonl"
    *whole, last = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*whole, last[:kept]]))
    journal = Journal(path, lambda: 0)
    assert len(list(journal.recover())) == 2
    journal.close()
    assert path.read_bytes() == b"".join(whole)


def test_the_sum_is_of_all_that_stands_before_it(tmp_path: Path) -> None:
    _journal(tmp_path, 1).close()
    line = (tmp_path / "journal.jsonl").read_bytes()
    body, _, rest = line.rpartition(b',"sum":')
    assert rest == b"%d}\n" % zlib.crc32(body)


def test_a_second_user_of_the_file_is_refused(tmp_path: Path) -> None:
    journal = _journal(tmp_path, 1)
    with pytest.raises(BadInput, match="in use by another cloud"):
        _journal(tmp_path, 1)
    journal.close()
    Journal(tmp_path / "journal.jsonl", lambda: 0).close()


def _journal(folder: Path, entries: int) -> Journal:
    journal = Journal(folder / "journal.jsonl", lambda: 0)
    for _ in range(entries):
        journal.append({"effect": "recorded", "changes": ["c"]})
    return journal
