"""The clock, the router, the journal's file, the script: what needs no running cloud."""

import asyncio
import errno
import os
from pathlib import Path
from typing import Any

import pytest

from harness.cloud.changes import KINDS, AppInstalled, MigrationCreated, TransferCreated, from_json
from harness.cloud.clock import PlatformClock, iso
from harness.cloud.egress import Egress
from harness.cloud.journal import Journal
from harness.cloud.router import Router
from harness.cloud.site import load_site
from harness.cloud.state import App, State
from harness.cloud.store import Store, is_key


class TestClock:
    def test_platform_time_runs_at_its_rate(self) -> None:
        wall = [0.0]
        clock = PlatformClock(300, lambda: wall[0], lambda: 1000.0)
        assert clock.now() == 1_000_000
        wall[0] = 2.0
        assert clock.now() == 1_600_000
        clock.set(5_000_000, 10)
        wall[0] = 3.0
        assert clock.now() == 5_010_000
        assert clock.wall_seconds_until(5_020_000) == 1.0
        assert clock.wall_seconds_until(5_000_000) == 0.0

    def test_iso(self) -> None:
        assert iso(1_702_530_783_417) == "2023-12-14T05:13:03.417+00:00"
        assert iso(0) == "1970-01-01T00:00:00.000+00:00"


class TestRouter:
    def router(self) -> Router:
        router = Router()
        for template in ("/data/{transferId}/all", "/data/{s3Key}", "/transfer/recent"):
            router.add("GET", template, _no_handler, "", "/wiki")
        return router

    @pytest.mark.parametrize(
        ("path", "template", "params"),
        [
            ("/data/7/all", "/data/{transferId}/all", {"transferId": "7"}),
            ("/wiki/data/7", "/data/{s3Key}", {"s3Key": "7"}),
            ("/data/..%2f7", "/data/{s3Key}", {"s3Key": "../7"}),
            ("/transfer/recent", "/transfer/recent", {}),
        ],
    )
    def test_finds(self, path: str, template: str, params: dict[str, str]) -> None:
        found = self.router().find(path)
        assert found is not None
        assert (found[0].template, found[1]) == (template, params)

    @pytest.mark.parametrize(
        "path", ["/", "", "/data", "/data/", "/data//all", "/data/7/all/", "/x"]
    )
    def test_does_not_find(self, path: str) -> None:
        assert self.router().find(path) is None


class TestJournal:
    def test_reads_from_any_number_across_blocks(self, tmp_path: Path) -> None:
        journal = _journal(tmp_path, 300)
        for since, first in ((0, 1), (1, 1), (64, 64), (65, 65), (129, 129), (300, 300)):
            lines = list(journal.lines(since))
            assert lines[0].startswith(f'{{"seq":{first},'.encode())
            assert len(lines) == 301 - first
        assert list(journal.lines(301)) == []
        journal.close()

    def test_goes_on_where_it_was(self, tmp_path: Path) -> None:
        _journal(tmp_path, 100).close()
        again = Journal(tmp_path / "journal.jsonl", lambda: 0)
        assert [entry["changes"] for entry in again.recover()] == [["c"]] * 100
        again.append({"effect": "read"})
        assert again.next == 102
        assert len(list(again.lines(90))) == 12
        again.close()

    def test_a_write_that_fails_leaves_no_trace(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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


def test_changes_survive_the_journal() -> None:
    state = State()
    for change in (
        AppInstalled({"key": "a", "client_key": "k", "base_url": "http://x", "endpoints": ["u"]}),
        MigrationCreated(dict.fromkeys(_MIGRATION, "x") | {"id": "m", "created_at": 1}),
        TransferCreated(
            dict.fromkeys(_TRANSFER, "x")
            | {"id": "t", "migration_id": "m", "linked": True, "created_at": 1, "updated_at": 1}
        ),
    ):
        again = from_json(change.to_json())
        assert again == change
        again.apply(state)
    assert state.apps["a"].endpoints == ("u",)
    assert state.migrations["m"].transfers == ["t"]
    assert all(kind == cls.kind for kind, cls in KINDS.items())


class TestEgress:
    def egress(self) -> Egress:
        state = State()
        state.apps["a"] = App("a", "k", "https://Charts-App:8443/base")
        return Egress(state, ["Allowed.example"])

    @pytest.mark.parametrize(
        "url", ["https://charts-app:8443/hook", "http://allowed.example/x", "https://CHARTS-APP"]
    )
    def test_allows(self, url: str) -> None:
        assert self.egress().refuses(url) is None

    @pytest.mark.parametrize(
        "url",
        [
            "https://elsewhere.example/",
            "https://charts-app.evil.example/",
            "https://charts-app@evil.example/",
            "https://user@charts-app/",
            "https://[::1",
            "https://charts-app:99999/",
            "gopher://charts-app/",
            "//charts-app/",
            "",
        ],
    )
    def test_refuses(self, url: str) -> None:
        assert self.egress().refuses(url)


class TestStore:
    @pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "8" * 36, "{" + "8" * 34 + "}"])
    def test_no_name_but_a_key_is_looked_up(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "x").write_text("outside")
        assert not is_key(name)
        assert not Store(tmp_path / "app-data").has(name)

    def test_an_upload_that_breaks_leaves_nothing(self, tmp_path: Path) -> None:
        store = Store(tmp_path / "app-data")

        async def broken() -> Any:
            yield b"x" * 10
            raise ConnectionError

        with pytest.raises(ConnectionError):
            asyncio.run(store.write("key", broken(), 100))
        with pytest.raises(OverflowError):
            asyncio.run(store.write("key", _pieces(b"x" * 101), 100))
        assert list((tmp_path / "app-data").iterdir()) == []
        assert asyncio.run(store.write("key", _pieces(b"x" * 100), 100)) == 100


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("spaces: [{key: DS}]", "spaces.0.server_id"),
        ("spces: []", "spces"),
        ("a: [", "no YAML"),
    ],
)
def test_a_wrong_site_file_is_one_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=told) as caught:
        load_site(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


_MIGRATION = ("plan_id", "name", "server_id", "scope_id", "cloud_url", "client_key")
_TRANSFER = ("container_id", "server_key", "cloud_key", "scopes", "original_id")


def _journal(folder: Path, entries: int) -> Journal:
    journal = Journal(folder / "journal.jsonl", lambda: 0)
    for _ in range(entries):
        journal.append({"effect": "recorded", "changes": ["c"]})
    return journal


async def _pieces(*pieces: bytes) -> Any:
    for piece in pieces:
        yield piece


async def _no_handler(*_: Any) -> Any:
    raise NotImplementedError
