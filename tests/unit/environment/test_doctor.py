"""What the doctor warns of."""

from collections.abc import Iterator
from typing import Any

import pytest

from harness.engines.docker import OpenDebugger
from harness.engines.docker_host import Address, NoDockerEngine
from harness.environment import doctor

OPEN = OpenDebugger("seed", "0.0.0.0", 15005)


class Client:
    """A client of an engine, which is closed."""

    def close(self) -> None:
        pass


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def at(address: Address, *debuggers: OpenDebugger) -> None:
        monkeypatch.setattr(doctor, "find_address", lambda _: address)
        monkeypatch.setattr(doctor, "connect", lambda _: Client())
        monkeypatch.setattr(doctor, "open_debuggers", lambda _: list(debuggers))

    monkeypatch.delenv("TESTCONTAINERS_HOST_OVERRIDE", raising=False)
    return at


def test_an_engine_here_with_ports_on_loopback_is_no_danger(engine) -> None:
    engine(Address())
    assert doctor.warnings(None) == []


def test_a_debugger_that_others_reach_is_named_with_what_to_do(engine) -> None:
    engine(Address(), OPEN)
    (told,) = doctor.warnings(None)
    assert told.startswith("container seed has a debugger's port published on 0.0.0.0")
    assert "publish it as 127.0.0.1:15005:5005" in told


def test_an_engine_elsewhere_publishes_to_all(engine) -> None:
    engine(Address("tcp://build.example:2376"))
    (told,) = doctor.warnings(None)
    assert "build.example" in told


def test_without_an_engine_there_is_nothing_to_warn_of(engine, monkeypatch) -> None:
    def connect(address: Address) -> None:
        raise NoDockerEngine(address, "refused", "start it")

    engine(Address(), OPEN)
    monkeypatch.setattr(doctor, "connect", connect)
    assert doctor.warnings(None) == []
