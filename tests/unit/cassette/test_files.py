"""A recording on the disk: what is written is read again, and what is not one is refused."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cassette import files
from harness.cassette.exchange import Body, Exchange, Header, Mark, Request, Response
from harness.errors import BadInput

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEADER = b'{"cassette": 1, "recorded": "2026-03-01T12:00:00Z", "of": {}}\n'

BODIES = st.one_of(
    st.just(Body()),
    st.builds(
        lambda value: Body("json", value), st.dictionaries(st.text(), st.integers() | st.text())
    ),
    st.builds(lambda value: Body("text", value), st.text(min_size=1)),
    st.just(Body("base64", "AAAA")),
    st.just(Body("left-out", {"bytes": 9, "sha256": "aa"})),
)
EXCHANGES = st.builds(
    Exchange,
    st.integers(1, 99),
    st.sampled_from(["", "a case", "fall: Ü[x=1]"]),
    st.integers(0, 10**6).map(lambda ms: AT + timedelta(milliseconds=ms)),
    st.just(AT),
    st.just(0.25),
    st.builds(Request, st.just("GET"), st.text(), BODIES, st.sampled_from(["", "text/plain"])),
    st.builds(
        Response,
        st.integers(0, 599),
        st.dictionaries(st.just("etag"), st.text(min_size=1), max_size=1),
        BODIES,
        st.sampled_from(["", "refused"]),
    ),
    st.just(()) | st.just(("request.json.token",)),
    st.sampled_from(["", "stack-1 #1"]),
    st.sampled_from(["", "why"]),
)


@settings(deadline=None)
@given(st.lists(EXCHANGES | st.builds(Mark, st.text(), st.just(AT)), max_size=4))
def test_what_is_written_is_read_again(lines: list[Exchange | Mark]) -> None:
    every = [Header(AT, {"ccma": "3.9.6"}), *lines]
    assert [files.parse(line) for line in files.written(every).splitlines(keepends=True)] == every


def test_a_recording_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "recording"
    files.write(folder / f"stack-1{files.SUFFIX}", HEADER)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / f"stack-1{files.SUFFIX}").stat().st_mode) == 0o600
    (tape,) = files.read_folder(folder).tapes
    assert tape.name == "stack-1"


def exchange(**changed: object) -> bytes:
    whole = {
        "n": 1,
        "at": "2026-03-01T12:00:00Z",
        "wall": "2026-03-01T12:00:00Z",
        "request": {"method": "GET", "url": "https://a/"},
        "response": {"status": 200},
    }
    return json.dumps(whole | changed).encode() + b"\n"


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (b"no json\n", "it is no JSON"),
        (b"[]\n", "a line is no JSON object"),
        (b"[" * 90_000 + b"\n", "it is no JSON"),
        (exchange(response={"status": 200, "json": json.loads("[" * 70 + "]" * 70)}), "deep"),
        (exchange(n="1"), "'n' is '1'"),
        (exchange(n=True), "'n' is True"),
        (exchange(at="yesterday"), "'at' is no time: yesterday"),
        (exchange(request={"url": "https://a/"}), "'method' is missing"),
        (exchange(response={"status": 200, "text": 5}), "text is no text"),
        (
            b'{"cassette": 2, "recorded": "2026-03-01T12:00:00Z"}\n',
            "of version 2; this harness reads 1",
        ),
    ],
)
def test_what_is_no_line_is_refused_with_its_place(
    tmp_path: Path, second: bytes, says: str
) -> None:
    path = tmp_path / f"a{files.SUFFIX}"
    path.write_bytes(HEADER + second)
    with pytest.raises(BadInput, match=says.replace("[", r"\[")) as caught:
        files.read_folder(tmp_path)
    assert (caught.value.path, caught.value.line) == (path, 2)


def test_what_is_beyond_a_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"a{files.SUFFIX}"
    path.write_bytes(HEADER + exchange() + exchange())
    monkeypatch.setattr(files, "LINES_LIMIT", 2)
    with pytest.raises(BadInput, match="more than 2 lines"):
        files.read_folder(tmp_path)
    monkeypatch.setattr(files, "LINE_LIMIT", 100)
    with pytest.raises(BadInput, match="longer than"):
        files.read_folder(tmp_path)
    monkeypatch.setattr(files, "FILE_LIMIT", 100)
    with pytest.raises(BadInput, match="at most"):
        files.read_folder(tmp_path)


def test_a_folder_without_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="it has no file"):
        files.read_folder(tmp_path)
    with pytest.raises(BadInput, match="it is no folder"):
        files.read_folder(tmp_path / "none")
    (tmp_path / f"a{files.SUFFIX}").write_bytes(exchange())
    with pytest.raises(BadInput, match="first line is no header"):
        files.read_folder(tmp_path)
