"""When things go wrong: full disks, gone clients, big bodies, wrong starts; and TLS."""

import json
import resource
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from cloud_processes import CloudDriver, ConnectApp, Process, eventually, running

from harness.drivers.cloud import CloudAppControl
from harness.environment.tls import Authority
from harness.vocabulary.script import Behaviour

LOOPBACK = ("--public-url", "http://127.0.0.1:0")
MIB = 2**20


def test_a_full_disk_is_507_and_changes_nothing(tmp_path: Path) -> None:
    arguments = ("--port", "0", "--data", str(tmp_path / "data"), *LOOPBACK)
    app = ConnectApp()
    with running("harness.cloud", tmp_path / "one", *arguments) as process:
        cloud = CloudDriver(process.url("http"))
        cloud.install(app.url)
        transfer = cloud.transfer(cloud.migration())
        full = (tmp_path / "data" / "journal.jsonl").stat().st_size + 100
        pid, no_limit = process.popen.pid, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
        answer = app.call(cloud, "POST", f"/progress/{transfer}", json={"status": "SUCCESS"})
        assert answer.status_code == 507
        assert cloud.control("GET", "transfers")["transfers"][0]["status"] == "CREATED"
        resource.prlimit(pid, resource.RLIMIT_FSIZE, no_limit)
        answer = app.call(cloud, "POST", f"/progress/{transfer}", json={"status": "SUCCESS"})
        assert answer.status_code == 200
        entries = cloud.journal()
        assert [each["seq"] for each in entries] == list(range(1, len(entries) + 1))
        cloud.close()
    app.close()


def test_a_big_upload_and_its_download_pass_in_constant_memory(
    cloud: CloudDriver, cloud_process: Process, app: ConnectApp, transfer: str
) -> None:
    process = psutil.Process(cloud_process.popen.pid)
    before = process.memory_info().rss
    piece, pieces, most = b"x" * MIB, 300, 0

    def data() -> Any:
        nonlocal most
        for _ in range(pieces):
            most = max(most, process.memory_info().rss)
            yield piece

    key = cloud.upload(transfer, data())  # type: ignore[arg-type]  # httpx takes an iterator too
    url = app.call(cloud, "GET", f"/data/{key}").json()["url"]
    size = 0
    with httpx.stream("GET", url, trust_env=False, timeout=60) as answer:
        for part in answer.iter_raw():
            size += len(part)
            most = max(most, process.memory_info().rss)
    assert size == pieces * MIB
    assert most - before < 40 * MIB


def test_a_client_that_goes_away_leaves_nothing(
    cloud: CloudDriver, cloud_process: Process, transfer: str
) -> None:
    with socket.create_connection(("127.0.0.1", cloud_process.ports["http"])) as client:
        head = (
            f"POST /server/v1/transfers/{transfer}/data HTTP/1.1\r\nhost: x\r\n"
            f"authorization: Bearer {cloud.token}\r\ncontent-length: 1000000\r\n\r\n"
        )
        client.sendall(head.encode() + b"x" * 1000)
    eventually(lambda: "client gone" in cloud.effects())
    assert cloud.control("GET", "transfers")["transfers"][0]["uploads"] == []


@pytest.mark.parametrize(
    ("body", "status", "effect"),
    [
        (b"{", 400, "malformed request"),
        (b"[" * 100_000, 400, "malformed request"),
        (b'"\\ud800"', 400, "malformed request"),
        (b"\xff", 400, "malformed request"),
        (b"1" * 1_100_000, 413, "too large"),
    ],
)
def test_bad_bodies(
    cloud: CloudDriver, app: ConnectApp, transfer: str, body: bytes, status: int, effect: str
) -> None:
    answer = app.call(cloud, "POST", f"/progress/{transfer}", content=body)
    assert answer.status_code == status
    assert effect in cloud.effects(direction="in")


@pytest.mark.parametrize(
    "path",
    [
        "/data/..%2F..%2Fvault.json",
        "/data/%2e%2e%2fvault.json",
        "/data/%00",
        "/data/...",
    ],
)
def test_no_path_leads_out_of_the_data_folder(
    cloud: CloudDriver, app: ConnectApp, path: str
) -> None:
    assert app.call(cloud, "GET", path).status_code == 400
    signed = cloud.http.get(f"/_signed{path.removeprefix('/data')}?expires=9&signature=0")
    assert signed.status_code == 403


def test_tls_serves_the_public_side_and_no_control(tmp_path: Path) -> None:
    authority = Authority()
    leaf = authority.issue(["localhost", "127.0.0.1"])
    files = {"ca.pem": authority.pem, "tls.crt": leaf.certificate, "tls.key": leaf.key}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    tls = ("--tls-cert", str(tmp_path / "tls.crt"), "--tls-key", str(tmp_path / "tls.key"))
    trust = {"SSL_CERT_FILE": str(tmp_path / "ca.pem")}
    data = ("--data", str(tmp_path / "data"), "--public-url", "https://127.0.0.1:0")
    with (
        running(
            "harness.cloud", tmp_path / "c", "--port", "0", "--tls-port", "0", *tls, *data,
            env=trust,
        ) as process,
        running(
            "harness.cloud_app", tmp_path / "a", "--key", "charts-for-confluence",
            "--base-url", "https://127.0.0.1:0", *tls, env=trust,
        ) as app,
    ):  # fmt: skip
        public = httpx.Client(
            base_url=process.url("https", "https"),
            verify=ssl.create_default_context(cafile=str(tmp_path / "ca.pem")),
            trust_env=False,
        )
        assert public.get("/_harness/health").status_code == 404
        assert public.get("/rest/atlassian-connect/1/migration/webhook").status_code == 401
        public.close()
        cloud = CloudDriver(process.url("http"))
        cloud.install(app.url("https", "https"))
        migration = cloud.migration()
        transfer = cloud.transfer(migration)
        cloud.trigger(transfer)
        cloud.upload(transfer)
        eventually(lambda: cloud.poll(migration)[0]["status"] == "SUCCESS")
        assert "refused: control API on the public listener" in cloud.effects()
        cloud.close()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--time-scale", "0"), "must be above 0"),
        (("--tls-port", "0"), "takes --tls-cert and --tls-key"),
        (("--site-file", "/nowhere/site.yaml"), "/nowhere/site.yaml"),
        (("--host", "203.0.113.1"), "cannot be listened on"),
    ],
)
def test_bad_input_is_one_line_and_exit_3(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    command = [sys.executable, "-m", "harness.cloud", "--data", str(tmp_path / "d"), "--port", "0"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def _start(data: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "harness.cloud", "--data", str(data), "--port", "0"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_a_second_cloud_on_a_data_folder_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running("harness.cloud", tmp_path / "one", "--port", "0", "--data", str(data)) as first:
        unfinished = data / "app-data" / "an-upload.part"
        unfinished.write_bytes(b"x")
        done = _start(data)
        assert unfinished.exists()  # the second has touched nothing
        assert httpx.get(f"{first.url('http')}/_harness/health", trust_env=False).is_success
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)
    assert f"{data} is in use by another cloud" in done.stderr


@pytest.mark.parametrize("name", ["journal.jsonl", "vault.json"])
def test_a_damaged_file_is_one_line_and_exit_3(tmp_path: Path, name: str) -> None:
    data = tmp_path / "data"
    with running("harness.cloud", tmp_path / "one", "--port", "0", "--data", str(data)):
        pass
    (data / name).write_bytes((data / name).read_bytes().replace(b'"', b"'", 1))
    done = _start(data)
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)
    assert done.stderr.startswith(str(data / name))


def test_a_taken_port_is_named(cloud_process: Process, tmp_path: Path) -> None:
    port = str(cloud_process.ports["http"])
    command = [sys.executable, "-m", "harness.cloud", "--data", str(tmp_path), "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, port in done.stderr) == (3, True)


def test_the_behaviours_do_what_they_are_named_for(
    cloud: CloudDriver, app_process: Process
) -> None:
    control = httpx.Client(base_url=app_process.url("control"), trust_env=False)
    cloud.control("PUT", "settings", {"acknowledge_within": 0.5})
    cloud.install(app_process.url("http"))
    for name, effects in {
        "never-settles": ["recorded", "recorded"],
        "unknown-status": ["recorded", "unknown status"],
        "outdated-keys": ["outdated keys", "outdated keys"],
        "falling-percent": ["recorded", "lower percent", "lower percent"],
        "settles-twice": ["recorded", "settled", "already settled"],
        "wrong-transfer": ["unknown transfer", "unknown transfer"],
        "zero-then-nothing": ["recorded"],
        "crashes-on-first-webhook": ["recorded", "settled"],
        "fails": ["recorded", "settled"],
    }.items():
        cloud.control("POST", "marks", {"text": name}, expect=204)
        control.post("/_app/reset")
        assert control.put("/_app/script", json={"behaviour": name}).status_code == 204
        transfer = cloud.transfer(cloud.migration())
        cloud.trigger(transfer)
        cloud.upload(transfer)
        eventually(lambda name=name: _posts(cloud, name) == effects)  # noqa: B023 - awaited here
    assert "not acknowledged" in cloud.effects(case="crashes-on-first-webhook")
    wrong = control.put("/_app/script", json={"behaviour": "no-such"})
    assert wrong.status_code == 400
    assert "seed" in json.loads(wrong.text)["message"]
    control.close()


def test_a_behaviour_of_ones_own_is_followed(cloud: CloudDriver, app_process: Process) -> None:
    control = CloudAppControl(app_process.url("control"))
    cloud.install(app_process.url("http"))
    thirds = Behaviour.model_validate(
        {
            "steps": [
                {"await": "listener-triggered"},
                {"post": {"status": "IN_PROGRESS", "percent": 33}},
                {"await": "app-data-uploaded"},
                {"fetch": "data"},
                {"post": {"status": "INCOMPLETE", "percent": 67, "message": "12 of 40 missing"}},
            ]
        }
    )
    control.behave(thirds)
    migration = cloud.migration()
    transfer = cloud.transfer(migration)
    cloud.trigger(transfer)
    eventually(lambda: cloud.poll(migration)[0]["percent"] == 33)
    cloud.upload(transfer)
    eventually(lambda: cloud.poll(migration)[0]["status"] == "INCOMPLETE")
    assert cloud.poll(migration)[0]["percent"] == 67
    control.close()


def _posts(cloud: CloudDriver, case: str) -> list[str]:
    route = "/rest/atlassian-connect/1/migration/progress/{transferId}"
    return cloud.effects(case=case, route=route)


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A cloud that bears a slow client for half a second."""
    folder = tmp_path_factory.mktemp("impatient")
    arguments = ("--port", "0", "--data", str(folder / "data"), "--client-patience", "0.5")
    with running("harness.cloud", folder, *arguments, *LOOPBACK) as process:
        yield process


@pytest.mark.parametrize(
    "before", [b"", b"GET /_harness/health HTTP/1.1\r\nhost: localhost\r\n\r\n"]
)
def test_a_head_that_does_not_come_is_not_waited_for(impatient: Process, before: bytes) -> None:
    """As the first request of its connection, and as a further one."""
    with socket.create_connection(("127.0.0.1", impatient.ports["http"]), 10) as client:
        if before:
            client.sendall(before)
            assert b"200" in client.recv(MIB)
        client.sendall(b"POST /server/v1/attach HTTP/1.1\r\nhost")
        assert client.recv(1) == b""
    cloud = CloudDriver(impatient.url("http"))
    eventually(lambda: "client too slow" in cloud.effects())
    cloud.close()


def test_a_body_that_dribbles_is_408_and_hinders_nobody(impatient: Process) -> None:
    cloud = CloudDriver(impatient.url("http"))
    with socket.create_connection(("127.0.0.1", impatient.ports["http"]), 10) as client:
        head = b"POST /server/v1/attach HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n"
        client.sendall(head + b'{"serverId"')
        assert cloud.control("GET", "health")  # others are served meanwhile
        assert client.recv(MIB).startswith(b"HTTP/1.1 408")
    assert cloud.journal(effect="client too slow")[-1]["route"] == "/server/v1/attach"
    cloud.close()


H2C = b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAoAAA\r\n"
BODY = b'{"seconds": 5}'
CHUNKED = (
    b"transfer-encoding: chunked\r\n\r\n5\r\n"
    + BODY[:5]
    + b"\r\n9\r\n"
    + BODY[5:]
    + b"\r\n0\r\n\r\n"
)


@pytest.mark.parametrize(
    "rest",
    [
        b"content-length: %d\r\n\r\n%b" % (len(BODY), BODY),
        CHUNKED,
    ],
    ids=["length", "chunked"],
)
@pytest.mark.parametrize("piece", [1, 160, MIB])
def test_a_client_that_offers_h2c_is_answered_in_http_1_with_its_body(
    cloud_process: Process, rest: bytes, piece: int
) -> None:
    """As Java's HttpClient and `curl --http2` do; and so are later requests of the connection."""
    head = b"POST /_harness/clock/advance HTTP/1.1\r\nhost: localhost\r\n"
    request = head + b"content-type: application/json\r\n" + H2C + rest
    with socket.create_connection(("127.0.0.1", cloud_process.ports["http"]), 10) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(2):
            for start in range(0, len(request), piece):
                client.sendall(request[start : start + piece])
            answer = client.recv(MIB)
            assert answer.startswith(b"HTTP/1.1 200"), answer


def test_an_answer_that_is_not_taken_is_given_up(impatient: Process) -> None:
    cloud, app = CloudDriver(impatient.url("http")), ConnectApp()
    cloud.install(app.url)
    transfer = cloud.transfer(cloud.migration())
    key = cloud.upload(transfer, b"x" * 32 * MIB)
    link = httpx.URL(app.call(cloud, "GET", f"/data/{key}").json()["url"])
    with socket.create_connection(("127.0.0.1", impatient.ports["http"]), 10) as client:
        client.sendall(b"GET " + link.raw_path + b" HTTP/1.1\r\nhost: x\r\n\r\n")
        (entry,) = eventually(
            lambda: [
                each
                for each in cloud.journal(effect="client too slow")
                if each["transfer_id"] == transfer
            ]
        )
    assert "nothing of the answer was taken" in entry["reason"]
    assert cloud.control("GET", "health")
    app.close()
    cloud.close()
