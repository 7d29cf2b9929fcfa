"""A container whose ports the engine chooses, where what it chose is taken. Pure."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import docker as docker_sdk
import pytest
from docker.errors import APIError
from docker.models.containers import Container

from harness.engines import docker
from harness.engines.docker import OpenDebugger, open_debuggers, start
from harness.engines.docker_host import Address
from harness.lifecycle.runs import Run

TAKEN = "Bind for 0.0.0.0:32768 failed: port is already allocated"


class Starting:
    """A container that fails to start some times."""

    def __init__(self, *failures: str) -> None:
        self.failures, self.starts = list(failures), 0

    def start(self) -> None:
        self.starts += 1
        if self.failures:
            raise APIError("500 Server Error", explanation=self.failures.pop(0))


def test_the_engine_chooses_again_where_its_choice_is_taken() -> None:
    container = Starting(TAKEN, TAKEN)
    start(cast("Container", container), may_choose_again=True)
    assert container.starts == 3


@pytest.mark.parametrize(
    ("failures", "may_choose_again", "starts"),
    [
        ([TAKEN], False, 1),  # the user chose it
        (["no such image"], True, 1),
        ([TAKEN] * 9, True, 5),
    ],
)
def test_what_another_choice_does_not_help_is_raised(failures, may_choose_again, starts) -> None:
    container = Starting(*failures)
    with pytest.raises(APIError):
        start(cast("Container", container), may_choose_again=may_choose_again)
    assert container.starts == starts


def running(*containers: dict[str, Any]) -> Any:
    return SimpleNamespace(api=SimpleNamespace(containers=lambda: list(containers)))


def test_a_debugger_is_told_that_others_reach() -> None:
    def published(name: str, inside: int, address: str | None) -> dict[str, Any]:
        port = {"PrivatePort": inside, "Type": "tcp"}
        more = {"IP": address, "PublicPort": 15005} if address else {}
        return {"Names": [f"/{name}"], "Ports": [port | more]}

    client = running(
        published("seed", 5005, "0.0.0.0"),
        published("six", 5005, "::"),
        published("ours", 5005, "127.0.0.1"),
        published("ours-six", 5005, "::1"),
        published("inside", 5005, None),
        published("web", 8090, "0.0.0.0"),
        {"Names": ["/none"], "Ports": []},
    )
    assert open_debuggers(client) == [
        OpenDebugger("seed", "0.0.0.0", 15005),
        OpenDebugger("six", "::", 15005),
    ]


NO_WAY_OUT = {"com.docker.network.bridge.enable_ip_masquerade": "false"}


@pytest.mark.parametrize(("way_out", "expected"), [(False, NO_WAY_OUT), (True, {})])
def test_a_stacks_network_has_a_way_out_for_the_real_cloud_alone(
    monkeypatch: pytest.MonkeyPatch, way_out: bool, expected: dict[str, str]
) -> None:
    made: dict[str, Any] = {}
    networks = SimpleNamespace(create=lambda name, **given: made.update({name: given}))
    monkeypatch.setattr(docker, "labels", lambda _: {})
    client = cast("docker_sdk.DockerClient", SimpleNamespace(networks=networks))
    docker.DockerEngine(client, Address(), Run("r1", Path("run")), "stack-1", way_out=way_out)
    assert made["mh-r1-stack-1"]["options"] == expected
