"""The recording proxy as it is described for each engine, and what makes a JVM use it."""

import json
from pathlib import Path

import pytest
from placements import AUTHORITY, InDocker, OnLoopback

from harness.engines.recorder_program import RecorderProgram
from harness.engines.service import Placement, Service
from harness.environment.services import jvm
from harness.environment.services.recorder import recorder, written_in

IMAGE = RecorderProgram(image="image")
PROCESS = RecorderProgram(python=Path("/env/bin/python"), modules=Path("/modules"))


class Beside(OnLoopback):
    """Where a process of this machine runs."""

    def file(self, name: str) -> str:
        return f"/run/files/{name}"


def described(program: RecorderProgram, **more: object) -> Service:
    given = {"authority": AUTHORITY, "scale": 200, "token": "word", "of": {"ccma": "3.9.6"}}
    return recorder(program, **{**given, **more})  # type: ignore[arg-type]


def place(service: Service, at: Placement) -> list[str]:
    service.ports["proxy"]
    return list(service.argv(at))


class DockerWithProxy(InDocker):
    def port(self, name: str) -> int:
        return {"proxy": 8080}[name]


def test_in_a_container_it_is_the_images_own_python_and_listens_for_its_peers() -> None:
    service = described(IMAGE)
    words = place(service, DockerWithProxy())
    assert words[:4] == ["python3", "-m", "harness.recorder", "record"]
    assert words[words.index("--host") + 1] == "0.0.0.0"
    assert words[words.index("--port") + 1] == "8080"
    assert words[words.index("--trust") + 1] == "/files/ca.pem"
    assert json.loads(words[words.index("--of") + 1]) == {"ccma": "3.9.6"}
    assert (service.image, service.env(DockerWithProxy())) == ("image", {})


def test_a_process_has_an_environment_of_its_own_and_chooses_its_port() -> None:
    service = described(PROCESS, instead={"api.atlassian.com": "127.0.0.1:4711"})
    words = place(service, Beside())
    assert words[0] == "/env/bin/python"
    assert words[words.index("--port") + 1] == "0"
    assert words[words.index("--instead") + 1] == "api.atlassian.com=127.0.0.1:4711"
    assert service.env(Beside()) == {"PYTHONPATH": "/modules"}


def test_it_signs_with_the_stacks_own_authority() -> None:
    files = described(IMAGE).files
    assert AUTHORITY.pem in files["authority.pem"]
    assert b"PRIVATE KEY" in files["authority.pem"]
    assert b"PRIVATE KEY" not in files["ca.pem"]
    assert files["control-token"] == b"word"


def test_the_usual_authorities_are_trusted_where_the_cloud_is_not_the_stub() -> None:
    assert "--trust" not in place(described(IMAGE, trusts_authority=False), DockerWithProxy())


def test_a_replay_has_the_recording_beside_it_and_asks_nobody() -> None:
    service = described(PROCESS, recording={"stack-1.cassette.jsonl": b"lines"})
    words = place(service, Beside())
    assert words[3] == "replay"
    assert words[words.index("--recording") + 1] == "/run/files"
    assert not {"--trust", "--instead"} & set(words)
    assert service.files["stack-1.cassette.jsonl"] == b"lines"


def test_what_it_writes_is_where_it_is_read() -> None:
    folder, path = written_in()
    service = described(IMAGE)
    assert folder in service.folders
    words = place(service, DockerWithProxy())
    assert words[words.index("--data") + 1] == f"/folders/{folder}"
    assert path == f"{words[words.index('--name') + 1]}.cassette.jsonl"


@pytest.mark.parametrize(("at", "bypass"), [(InDocker(), False), (OnLoopback(), True)])
def test_a_jvm_is_told_of_the_proxy_by_its_documented_properties(
    at: Placement, bypass: bool
) -> None:
    words = jvm.confluence_jvm_arguments(at, (), ("recorder", 8080))
    for scheme in ("http", "https"):
        assert f"-D{scheme}.proxyHost=recorder" in words
        assert f"-D{scheme}.proxyPort=8080" in words
    # A list of hosts has bars in it, which the shell that starts a real Confluence takes for pipes.
    assert not any("|" in word for word in words)
    assert ("-Dhttp.nonProxyHosts=" in words) is bypass
    assert not any("roxy" in word for word in jvm.confluence_jvm_arguments(at))
