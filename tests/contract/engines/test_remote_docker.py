"""A whole stack goes up and down on an engine that `DOCKER_HOST` names by TCP."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from harness.cases import app
from harness.drivers.confluence.session import who_am_i
from harness.engines.docker_host import connect, find_address
from harness.environment.bring_up import StackPlan, bring_up
from harness.environment.services.confluence import prepared
from harness.environment.stack import CONFLUENCE
from harness.lifecycle.runs import Run
from harness.settings import Settings, resolve
from harness.support import assets

HERE = find_address(resolve({}, os.environ).settings.docker_socket, {})
"""Where the engine is that the forwarder passes connections on to."""

ELSEWHERE = "127.0.0.2"
"""Of this machine's loopback, yet not the address of an engine here: treated as a remote host."""


class Forwarder:
    """Passes TCP connections on to the engine's socket, and keeps what was asked of it."""

    def __init__(self) -> None:
        self._listening = socket.create_server((ELSEWHERE, 0))
        self.port: int = self._listening.getsockname()[1]
        self.asked = bytearray()
        self._open: list[socket.socket] = [self._listening]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.socket(socket.AF_UNIX)
                self._open += [near, far]
                far.connect(HERE.url.removeprefix("unix://"))
                for args in ((near, far, self.asked), (far, near, None)):
                    self._threads.append(threading.Thread(target=self._pass_on, args=args))
                    self._threads[-1].start()

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket, kept: bytearray | None) -> None:
        with suppress(OSError):
            while content := source.recv(65536):
                if kept is not None:
                    kept += content
                target.sendall(content)
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Ends all connections and takes no more."""
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for each in self._open:
            each.close()


@pytest.fixture
def forwarder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Forwarder]:
    forwarder = Forwarder()
    monkeypatch.delenv("HARNESS_DOCKER_SOCKET", raising=False)  # it would come before
    monkeypatch.setenv("DOCKER_HOST", f"tcp://{ELSEWHERE}:{forwarder.port}")
    yield forwarder
    forwarder.close()


def test_a_stack_goes_up_and_down_on_the_engine_that_docker_host_names(
    forwarder: Forwarder, harness_run: Run
) -> None:
    settings = Settings(engine="docker")
    with prepared(settings, lambda _: None) as ready:
        stack = bring_up(
            settings,
            ready,
            harness_run,
            StackPlan(app.load(assets.sample_app("charts")), "3.9.6", name="remote"),
            progress=lambda _: None,
        )
        with closing(stack):
            assert stack.running[CONFLUENCE].host == ELSEWHERE
            assert stack.confluence_url.startswith(f"http://{ELSEWHERE}:")
            with stack.client() as client:
                assert who_am_i(client) == "admin"
            assert stack.cloud.journal()[0] is not None
    # Every container was made over that address, and none is left.
    assert forwarder.asked.count(b"/containers/create?name=mh-") == len(stack.running)
    with closing(connect(HERE)) as here:
        named = {"name": f"mh-{harness_run.id}-remote"}
        assert here.containers.list(all=True, filters=named) == []
