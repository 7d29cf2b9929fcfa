"""Which engine is meant, and that one that does not answer is refused with nothing left open."""

import gc
import hashlib
import json
import os
import re
import socket
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from harness.engines import docker_host
from harness.engines.docker_host import (
    Address,
    Certificates,
    NoDockerEngine,
    client_if_any,
    connect,
    find_address,
)
from harness.engines.ready import RealImage, prepare
from harness.errors import BadInput


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))


def context(folder: Path, name: str, host: str, *, tls: bool = False) -> None:
    """A context as Docker's own command stores it."""
    stored = hashlib.sha256(name.encode()).hexdigest()
    meta = folder / "contexts" / "meta" / stored
    meta.mkdir(parents=True)
    endpoint = {"Host": host, "SkipTLSVerify": False}
    (meta / "meta.json").write_text(
        json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": endpoint}})
    )
    if tls:
        (folder / "contexts" / "tls" / stored / "docker").mkdir(parents=True)


@pytest.mark.parametrize(
    ("environ", "url", "told", "required"),
    [
        ({}, "unix:///var/run/docker.sock", "/var/run/docker.sock", False),
        ({"DOCKER_HOST": "tcp://d:2375"}, "tcp://d:2375", "DOCKER_HOST=tcp://d:2375", True),
        ({"DOCKER_HOST": "d:2375"}, "tcp://d:2375", "DOCKER_HOST=tcp://d:2375", True),
        ({"DOCKER_HOST": ""}, "unix:///var/run/docker.sock", "/var/run/docker.sock", False),
        (
            {"DOCKER_CONTEXT": "colima"},
            "unix:///colima.sock",
            "/colima.sock (DOCKER_CONTEXT=colima)",
            True,
        ),
        (
            {"DOCKER_CONTEXT": "default"},
            "unix:///var/run/docker.sock",
            "/var/run/docker.sock",
            True,
        ),
        (
            {"DOCKER_CONTEXT": "colima", "DOCKER_HOST": "tcp://d:2375"},
            "tcp://d:2375",
            "DOCKER_HOST=tcp://d:2375",
            True,
        ),
    ],
)
def test_an_engine_is_looked_for_where_docker_looks(
    environ: Mapping[str, str], url: str, told: str, required: bool, tmp_path: Path
) -> None:
    context(tmp_path, "colima", "unix:///colima.sock")
    found = find_address(None, {"DOCKER_CONFIG": str(tmp_path), **environ})
    assert (found.url, str(found), found.required) == (url, told, required)


def test_the_current_context_is_dockers_own_choice_and_not_required(tmp_path: Path) -> None:
    context(tmp_path, "desktop-linux", "unix:///home/me/.docker/desktop/docker.sock")
    (tmp_path / "config.json").write_text('{"currentContext": "desktop-linux"}')
    found = find_address(None, {"DOCKER_CONFIG": str(tmp_path)})
    assert str(found) == "/home/me/.docker/desktop/docker.sock (the Docker context 'desktop-linux')"
    assert not found.required


def test_the_setting_comes_before_everything_and_is_not_required() -> None:
    found = find_address(Path("/my/docker.sock"), {"DOCKER_HOST": "tcp://docker:2375"})
    assert str(found) == "/my/docker.sock (the setting docker_socket)"
    assert not found.required


def test_certificates_are_those_of_who_named_the_engine(tmp_path: Path) -> None:
    host = {"DOCKER_HOST": "tcp://docker:2376"}
    assert find_address(None, host).certificates is None
    here = find_address(None, {**host, "DOCKER_CERT_PATH": "/certs", "DOCKER_TLS_VERIFY": "1"})
    assert here.certificates == Certificates(Path("/certs"), verify=True)
    context(tmp_path, "far", "tcp://far:2376", tls=True)
    far = find_address(None, {"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "far"})
    assert far.certificates is not None
    assert far.certificates.folder.is_relative_to(tmp_path / "contexts" / "tls")
    assert far.certificates.verify


def test_a_context_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoDockerEngine, match=r"DOCKER_CONTEXT=gone.*no such context.*docker conte"):
        find_address(None, {"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "gone"})
    (tmp_path / "config.json").write_text('{"currentContext": "gone"}')
    with pytest.raises(NoDockerEngine, match=r"'gone'.*no such context") as caught:
        find_address(None, {"DOCKER_CONFIG": str(tmp_path)})
    assert not caught.value.address.required


@pytest.mark.parametrize(
    ("url", "environ", "host", "published_on"),
    [
        ("unix:///var/run/docker.sock", {}, "127.0.0.1", "127.0.0.1"),
        ("tcp://localhost:2375", {}, "127.0.0.1", "127.0.0.1"),
        ("tcp://build-7:2376", {}, "build-7", "0.0.0.0"),
        ("ssh://me@build-7", {}, "build-7", "0.0.0.0"),
        (
            "unix:///var/run/docker.sock",
            {"TESTCONTAINERS_HOST_OVERRIDE": "172.17.0.1"},
            "172.17.0.1",
            "0.0.0.0",
        ),
    ],
)
def test_ports_are_published_on_loopback_unless_the_engine_is_elsewhere(
    url: str, environ: Mapping[str, str], host: str, published_on: str
) -> None:
    assert Address(url).reach(environ) == (host, published_on)


@pytest.mark.parametrize(
    ("name", "whose"), [("docker.sock", "rootless Docker"), ("podman/podman.sock", "Podman")]
)
def test_without_the_systems_socket_the_users_own_is_taken(
    name: str, whose: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"XDG_RUNTIME_DIR": str(tmp_path)}
    monkeypatch.chdir(tmp_path)  # a socket's path has to be short
    Path(name).parent.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(name)
        monkeypatch.setattr(docker_host, "USUAL_SOCKET", str(tmp_path / "none"))
        found = find_address(None, environ)
        assert (found.url, found.source) == (f"unix://{tmp_path / name}", whose)
        monkeypatch.setattr(docker_host, "USUAL_SOCKET", str(tmp_path))
        assert find_address(None, environ) == Address()


@contextmanager
def answering(family: socket.AddressFamily, address: object, answer: bytes) -> Iterator[object]:
    """A server that takes connections and answers each with the same bytes, then closes it."""
    with socket.socket(family) as listening:
        listening.bind(address)  # type: ignore[arg-type]
        listening.listen()

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    if answer and connection.recv(65536):
                        connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextmanager
def nothing_left_open(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails where the block leaves a socket or file to the garbage collector, or open for good."""
    gc.collect()
    lost: list[str] = []
    before = psutil.Process().num_fds()
    with monkeypatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        patch.setattr(sys, "unraisablehook", lambda found: lost.append(str(found.exc_value)))
        yield
        gc.collect()
    assert lost == []
    assert psutil.Process().num_fds() == before


def refused(address: Address, monkeypatch: pytest.MonkeyPatch) -> str:
    with nothing_left_open(monkeypatch):
        try:
            connect(address)
        except NoDockerEngine as error:
            return str(error)
    pytest.fail("it was not refused")


def test_no_socket_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = refused(Address(f"unix://{tmp_path}/none.sock"), monkeypatch)
    assert told == (
        f"no Docker engine answers at {tmp_path}/none.sock: No such file or directory; "
        "`make engine` starts one"
    )


def test_a_dead_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "dead.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    assert f"{path}: Connection refused; " in refused(Address(f"unix://{path}"), monkeypatch)


def test_a_path_that_no_socket_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "too long" in refused(Address(f"unix:///{'x' * 200}"), monkeypatch)


def test_permission_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    me = os.geteuid()
    folder.chmod(0)
    try:
        if me == 0:
            os.seteuid(65534)  # nothing is closed to root
        told = refused(Address(f"unix://{folder}/docker.sock"), monkeypatch)
    finally:
        os.seteuid(me)
        folder.chmod(0o700)
    assert "Permission denied; your user may not use it: `sudo usermod -aG docker" in told


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("tcp://no-such-host.invalid:2375", r"(Name or service not known|.*name resolution)"),
        ("tcp://127.0.0.1:9", "Connection refused"),
        ("https://127.0.0.1:9", "Connection refused"),
        ("tcp://127.0.0.1", "Invalid bind address format: port is required: tcp://127.0.0.1"),
        ("gopher://127.0.0.1:70", "Invalid bind address protocol: gopher://127.0.0.1:70"),
    ],
)
def test_a_docker_host_that_does_not_answer_is_named_with_its_value_and_the_error(
    url: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = refused(find_address(None, {"DOCKER_HOST": url}), monkeypatch)
    begins = f"no Docker engine answers at DOCKER_HOST={url}: "
    assert re.fullmatch(rf"{re.escape(begins)}{why}; start it there, or unset DOCKER_HOST", told), (
        told
    )


def test_certificates_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(socket.AF_INET, ("127.0.0.1", 0), b"") as (host, port):  # type: ignore[misc]
        environ = {"DOCKER_HOST": f"tcp://{host}:{port}", "DOCKER_CERT_PATH": str(tmp_path)}
        assert "certificate" in refused(find_address(None, environ), monkeypatch)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnone",
        b"HTTP/1.1 500 Oh\r\ncontent-length: 2\r\n\r\nno",
        b"HTTP/1.1 200 OK\r\ncontent-length: 22\r\n\r\n" + b'{"ApiVersion": "1.12"}',
    ],
)
def test_what_answers_is_no_docker_engine(
    answer: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "docker.sock")
    with answering(socket.AF_UNIX, path, answer):
        assert f"answers at {path}: " in refused(Address(f"unix://{path}"), monkeypatch)
    with answering(socket.AF_INET, ("127.0.0.1", 0), answer) as (host, port):  # type: ignore[misc]
        assert f"{port}: " in refused(Address(f"tcp://{host}:{port}"), monkeypatch)
        assert f"{port}: " in refused(Address(f"https://{host}:{port}"), monkeypatch)


def test_auto_does_not_leave_an_engine_that_the_user_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    named = "no Docker engine answers at DOCKER_HOST=tcp://127.0.0.1:9: Connection refused"
    with pytest.raises(BadInput, match=f"--engine auto: {named}.*or choose --engine local"):
        prepare("auto", lambda _: None)
    with pytest.raises(BadInput, match=f"--engine docker: {named}"):
        prepare("docker", lambda _: None)
    with pytest.raises(BadInput, match=f"--confluence image:1: {named}"):
        prepare("auto", lambda _: None, RealImage("image:1", "postgres"))
    with pytest.raises(NoDockerEngine, match=named), client_if_any(None):
        pass
    with client_if_any(tmp_path / "none.sock") as client:
        assert client is None


def test_auto_goes_local_and_says_why_where_nobody_named_an_engine(tmp_path: Path) -> None:
    told: list[str] = []
    with closing(prepare("auto", told.append, docker_socket=tmp_path / "none.sock")) as ready:
        assert ready.engine == "local"
    assert told[0].startswith(
        f"engine: local processes, since no Docker engine answers at {tmp_path}/none.sock "
        "(the setting docker_socket): No such file or directory; "
    )
