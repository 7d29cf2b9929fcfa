import asyncio
import errno
import json
import os
import time
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from harness.cloud import atomic_files
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


def test_nothing_is_read_beyond_a_block_that_is_just_full(tmp_path: Path) -> None:
    journal = _journal(tmp_path, 64)
    assert list(journal.lines(65)) == []
    journal.close()


def test_goes_on_where_it_was(tmp_path: Path) -> None:
    _journal(tmp_path, 100).close()
    again = Journal(tmp_path / "journal.jsonl", lambda: 0)
    assert [entry["changes"] for entry in again.recover()] == [["c"]] * 100
    again.append({"effect": "read"})
    assert again.next == 102
    assert len(list(again.lines(90))) == 12
    again.close()


def test_a_journal_is_empty_until_something_was_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl", lambda: 0)
    assert journal.is_empty()
    journal.append({"effect": "read"})
    assert not journal.is_empty()
    journal.close()


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


def test_a_second_user_of_the_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, opened, open_ = _journal(tmp_path, 1), list[int](), os.open

    def noted(*given: Any) -> int:
        opened.append(open_(*given))
        return opened[-1]

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", noted)
        with pytest.raises(BadInput, match="in use by another cloud"):
            _journal(tmp_path, 1)
    (refused,) = opened
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(refused)
    journal.close()
    Journal(tmp_path / "journal.jsonl", lambda: 0).close()


def test_each_entry_is_numbered_dated_and_bears_the_cases_mark(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl", lambda: 1_000)
    journal.append({"effect": "read"})
    journal.case = "case-1"
    journal.append({"effect": "made"}, [{"kind": "x"}])
    first, second = (json.loads(line) for line in journal.lines(1))
    assert first.keys() == {"seq", "wall_time", "platform_time", "case", "effect", "sum"}
    assert (first["seq"], first["case"], second["seq"], second["case"]) == (1, None, 2, "case-1")
    assert first["platform_time"].startswith("1970-01-01T00:00:01")
    wall = datetime.fromisoformat(first["wall_time"]).timestamp()
    assert abs(wall - time.time()) < 60
    assert second["changes"] == [{"kind": "x"}]
    assert (tmp_path / "journal.jsonl").stat().st_mode & 0o777 == 0o600
    journal.close()


def test_the_mark_of_the_last_change_is_recovered(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl", lambda: 0)
    journal.append({"effect": "read"})
    journal.case = "case-7"
    journal.append({"effect": "made"}, [{"kind": "x"}])
    journal.close()
    again = Journal(tmp_path / "journal.jsonl", lambda: 0)
    assert [entry["seq"] for entry in again.recover()] == [2]  # what only read changes nothing
    assert (again.case, again.next) == ("case-7", 3)
    again.close()


def test_lines_longer_than_a_read_are_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl", lambda: 0)
    for size in (10, 300_000, 600_000, 10):
        journal.append({"text": "x" * size})
    assert [len(json.loads(line)["text"]) for line in journal.lines(0)] == [
        10,
        300_000,
        600_000,
        10,
    ]
    journal.close()


def test_a_write_that_is_not_whole_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = _journal(tmp_path, 2)
    before = (tmp_path / "journal.jsonl").read_bytes()
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda handle, data: write(handle, data[:10]))
        with pytest.raises(OSError, match=r"only 10 of \d+ bytes"):
            journal.append({"effect": "read"})
    assert (tmp_path / "journal.jsonl").read_bytes() == before
    assert journal.next == 3
    journal.close()


@pytest.mark.parametrize(("sync", "times"), [(True, 2), (False, 0)])
def test_a_line_is_forced_to_the_disk_where_that_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sync: bool, times: int
) -> None:
    forced: list[int] = []
    folders: list[Path] = []
    monkeypatch.setattr(os, "fdatasync", forced.append)
    monkeypatch.setattr(atomic_files, "sync_folder", folders.append)
    journal = Journal(tmp_path / "journal.jsonl", lambda: 0, sync)
    journal.append({"effect": "read"})
    journal.append({"effect": "read"})
    journal.close()
    assert len(forced) == times
    assert folders == ([tmp_path] if sync else [])  # or the file itself may be gone
    unsaid = Journal(tmp_path / "journal.jsonl", lambda: 0)
    unsaid.append({"effect": "read"})
    unsaid.close()
    assert len(forced) == times


def test_a_follower_gets_what_was_there_and_then_what_comes(tmp_path: Path) -> None:
    journal = _journal(tmp_path, 3)

    async def follow() -> list[int]:
        heard: list[int] = []
        async for line in journal.follow(2):
            heard.append(json.loads(line)["seq"])
            if len(heard) == 5:
                break
            if heard[-1] >= 3:  # the reader waits by the time that the next one comes
                asyncio.get_running_loop().call_soon(journal.append, {"effect": "read"})
        return heard

    assert asyncio.run(asyncio.wait_for(follow(), 30)) == [2, 3, 4, 5, 6]
    journal.close()


def test_one_who_waits_is_woken_by_an_entry_and_by_nothing_before(tmp_path: Path) -> None:
    journal = _journal(tmp_path, 1)

    async def waits() -> bool:
        for _ in range(2):
            waiting = asyncio.create_task(journal.grown())
            for _ in range(3):
                await asyncio.sleep(0)
            assert not waiting.done()
            journal.append({"effect": "read"})
            await asyncio.wait_for(waiting, 30)
        return True

    assert asyncio.run(waits())
    assert journal._waiting == 0
    journal.close()


def _journal(folder: Path, entries: int) -> Journal:
    journal = Journal(folder / "journal.jsonl", lambda: 0)
    for _ in range(entries):
        journal.append({"effect": "recorded", "changes": ["c"]})
    return journal


@pytest.mark.parametrize("body", [b"{#", b"[1", b'{"other":1'])
def test_a_line_that_is_no_entry_is_named_though_its_checksum_fits(
    tmp_path: Path, body: bytes
) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'%b,"sum":%d}\n' % (body, zlib.crc32(body)))
    with pytest.raises(BadInput, match=r":1: .*no entry"):
        list(Journal(path, lambda: 0).recover())
