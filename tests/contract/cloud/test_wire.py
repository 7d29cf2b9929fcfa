"""HTTP/1.1 as it is on the wire, where clients differ: connections that go on, end, or overtake."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader

import pytest
from cloud_processes import CloudDriver, ConnectApp, Process, eventually

MESSAGE = "x" * 60_000


@dataclass
class Wire:
    """A connection, and a reader of what comes by it."""

    socket: socket.socket
    reader: BufferedReader

    def send(self, *requests: str) -> None:
        self.socket.sendall("".join(requests).encode())

    def answer(self, bodiless: bool = False) -> tuple[str, dict[str, str], bytes]:
        status = self.reader.readline().decode().strip()
        headers = {}
        while line := self.reader.readline().decode().strip():
            name, _, value = line.partition(": ")
            headers[name] = value
        length = 0 if bodiless else int(headers.get("content-length", 0))
        return status, headers, self.reader.read(length)

    def ends(self) -> bool:
        return self.reader.read(1) == b""


@contextmanager
def connected(process: Process) -> Iterator[Wire]:
    address = ("127.0.0.1", process.ports["http"])
    with socket.create_connection(address, 30) as client, client.makefile("rb") as reader:
        yield Wire(client, reader)


def poll(cloud: CloudDriver, migration: str, more: str = "", version: str = "1.1") -> str:
    return (
        f"GET /server/v1/migrations/{migration}/progress HTTP/{version}\r\nHost: localhost\r\n"
        f"Authorization: Bearer {cloud.token}\r\n{more}\r\n"
    )


@pytest.fixture
def long(cloud: CloudDriver, app: ConnectApp) -> str:
    """A migration whose poll has a long answer."""
    migration = cloud.migration()
    transfer = cloud.transfer(migration)
    body = {"status": "IN_PROGRESS", "percent": 1, "message": MESSAGE}
    assert app.call(cloud, "POST", f"/progress/{transfer}", json=body).status_code == 200
    return migration


def test_requests_that_do_not_wait_are_answered_in_their_order(
    cloud: CloudDriver, cloud_process: Process
) -> None:
    cloud.attach()
    with connected(cloud_process) as wire:
        wire.send(*(poll(cloud, f"number-{number}") for number in range(100)))
        for number in range(100):
            status, _, body = wire.answer()
            assert status.startswith("HTTP/1.1 404")
            assert f"'number-{number}'" in body.decode()


@pytest.mark.parametrize(
    ("version", "header"), [("1.1", "Connection: close\r\n"), ("1.0", "")], ids=["close", "1.0"]
)
@pytest.mark.parametrize("migration", ["known", "unknown"])
def test_a_last_request_is_told_so_and_the_connection_ends(
    cloud: CloudDriver, cloud_process: Process, version: str, header: str, migration: str
) -> None:
    known = {"known": cloud.migration(), "unknown": "unknown"}
    with connected(cloud_process) as wire:
        wire.send(poll(cloud, known[migration], header, version))
        status, headers, body = wire.answer()
        assert status.startswith("HTTP/1.1 200" if migration == "known" else "HTTP/1.1 404")
        assert headers["connection"] == "close"
        assert body.startswith(b"{")
        assert wire.ends()


def test_an_answer_without_a_body_says_of_which_it_is(
    cloud: CloudDriver, cloud_process: Process, long: str
) -> None:
    with connected(cloud_process) as wire:
        wire.send(poll(cloud, long).replace("GET", "HEAD", 1), poll(cloud, long))
        status, told, _ = wire.answer(bodiless=True)
        assert status == "HTTP/1.1 200 OK"
        assert (status, told) == wire.answer()[:2]
        assert told["content-type"] == "application/json"


def test_204_has_no_length(cloud: CloudDriver) -> None:
    """As RFC 9110, 8.6, has it."""
    answer = cloud.http.post("/_harness/marks", json={"text": "a mark"})
    assert answer.status_code == 204
    assert "content-length" not in answer.headers
    assert "transfer-encoding" not in answer.headers


def test_who_does_not_take_his_answers_gets_them_later_and_hinders_nobody(
    cloud: CloudDriver, cloud_process: Process, long: str
) -> None:
    times = 400
    with connected(cloud_process) as wire:
        wire.send(*(poll(cloud, long) for _ in range(times)))
        answered_at_all = eventually(lambda: len(cloud.journal(effect="polled")))
        assert answered_at_all < times, "all were taken at once: this tests nothing"
        assert cloud.poll(long)
        for _ in range(times):
            status, _, body = wire.answer()
            assert status == "HTTP/1.1 200 OK"
            assert MESSAGE.encode() in body


def test_who_goes_away_over_his_answers_hinders_nobody(
    cloud: CloudDriver, cloud_process: Process, long: str
) -> None:
    with connected(cloud_process) as wire:
        wire.send(*(poll(cloud, long) for _ in range(400)))
        eventually(lambda: cloud.journal(effect="polled"))
    assert cloud.poll(long)
    output = (cloud_process.folder / "output.log").read_text()
    assert "Exception" not in output, output[-4000:]
