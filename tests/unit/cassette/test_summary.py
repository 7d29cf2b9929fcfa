"""What `harness cassette show` says a recording holds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness.cassette import files
from harness.cassette.exchange import Exchange, Header, Line, Mark, Request, Response
from harness.cassette.summary import calls
from harness.cli.cassette import show
from harness.errors import BadInput

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = "12345678-1234-1234-1234-12345678901{}"


def exchange(n: int, case: str, seconds: int, url: str, status: int = 200) -> Exchange:
    at = AT + timedelta(seconds=seconds)
    removed = ("request.headers.authorization",)
    return Exchange(n, case, at, at, 0.1, Request("GET", url), Response(status), removed)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines: list[Line] = [
        Header(AT, {"ccma": "3.9.6"}),
        exchange(1, "", 1, "https://a.example.com/attach"),
        Mark("one", AT + timedelta(seconds=10)),
        exchange(2, "one", 20, f"https://b.example.com/runs/{ID.format(1)}?n=1"),
        exchange(3, "one", 620, f"https://b.example.com/runs/{ID.format(2)}?n=1", 404),
    ]
    files.write(tmp_path / f"stack-1{files.SUFFIX}", files.written(lines))
    return tmp_path


def test_calls_that_differ_in_what_varies_are_one(folder: Path) -> None:
    first, runs = calls(files.read_folder(folder))
    assert (first.case, first.host, first.path, first.times) == ("", "a.example.com", "/attach", 1)
    assert (runs.case, runs.method, runs.path, runs.times) == ("one", "GET", "/runs/*?n=1", 2)
    assert runs.statuses == {200: 1, 404: 1}
    assert (runs.first.total_seconds(), runs.last.total_seconds()) == (10, 610)


def test_the_table_names_hosts_calls_times_and_what_was_removed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(folder) == 0
    shown = capsys.readouterr().out
    for word in ("ccma 3.9.6", "GET b.example.com/runs/*?n=1", "200, 404", "10 s to 610 s"):
        assert word in shown
    assert "request.headers.authorization" in shown.replace("\n", "")
    assert show(folder, as_json=True) == 0
    assert '"path": "/runs/*?n=1"' in capsys.readouterr().out


def test_a_folder_without_a_recording_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no recording in"):
        show(tmp_path)
