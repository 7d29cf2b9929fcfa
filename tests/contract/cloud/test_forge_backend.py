"""A Forge app's own functions, from its events to SUCCESS; @forge/api is unchanged."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from cloud_processes import CloudDriver, eventually, running

from harness.cases import app as sample_apps
from harness.cases.app import CloudHalf
from harness.engines import builds
from harness.engines.local import LocalEngine
from harness.engines.service import Running
from harness.environment.services.cloud_app import forge_app
from harness.environment.tls import Authority
from harness.lifecycle.runs import open_run
from harness.support import assets

pytestmark = pytest.mark.witness

KEY = "charts-on-forge"
ACKNOWLEDGED = "/app/migration/forge/v1/message/{transferId}/status"


@dataclass
class Pair:
    """A cloud and the app's functions, on its site."""

    cloud: CloudDriver
    app: Running
    authority: Authority

    def run(self, *uploads: bytes, environment: str = "production") -> tuple[str, str]:
        """A migration and a transfer with these uploads, whose export is complete."""
        migration = self.cloud.migration()
        transfer = self.cloud.transfer(migration, KEY, forgeEnvironment=environment)
        self.cloud.case = None
        self.cloud.trigger(transfer)
        for data in uploads:
            self.cloud.upload(transfer, data, label="spaces")
        self.cloud.server("POST", f"/transfers/{transfer}/export-completed", 202)
        return migration, transfer

    def row(self, migration: str) -> tuple[str, int | None]:
        (row,) = self.cloud.poll(migration)
        return row["status"], row["percent"]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("forge")
    authority = Authority()
    leaf = authority.issue(["localhost", "127.0.0.1"])
    files = {"ca.pem": authority.pem, "tls.crt": leaf.certificate, "tls.key": leaf.key}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    half = sample_apps.load(assets.sample_app("forge-backend")).cloud
    assert half.source is not None
    made = builds.node_app(half.source, lambda _line: None)
    arguments = (
        *("--port", "0", "--tls-port", "0", "--data", str(folder / "data")),
        *("--tls-cert", str(folder / "tls.crt"), "--tls-key", str(folder / "tls.key")),
        *("--site-file", str(Path(__file__).with_name("site.yaml"))),
        *("--public-url", "https://127.0.0.1:0"),
    )
    trust = {"SSL_CERT_FILE": str(folder / "ca.pem")}
    with (
        running("harness.cloud", folder / "c", *arguments, env=trust) as process,
        open_run() as run,
    ):
        engine = LocalEngine(run, "forge")
        try:
            url = process.url("https", "https")
            app = engine.start(forge_app(str(made), half, authority, url, url))
            cloud = CloudDriver(process.url("http"))
            cloud.control("PUT", "settings", {"retry_first": 0.05, "retry_least_wall": 0})
            body = {"key": KEY, "eventsUrl": f"https://127.0.0.1:{app.port('https')}"}
            cloud.control("POST", "forge-apps", body)
            yield Pair(cloud, app, authority)
            cloud.close()
        finally:
            engine.close()


def test_its_functions_work_off_what_was_uploaded(pair: Pair) -> None:
    migration, transfer = pair.run(b"plan DS HR", b"plan XX")
    eventually(lambda: pair.row(migration) == ("SUCCESS", 100))
    acknowledged = pair.cloud.journal(transfer=transfer, route=ACKNOWLEDGED)
    assert sorted(each["effect"] for each in acknowledged) == ["message worked off", "settled"]
    rows = pair.cloud.server("GET", f"/migrations/{migration}/log")["rows"]
    said = {row["message"] for row in rows if row["type"] == "APP_LOG"}
    assert said == {"spaces: 2 spaces have their charts", "spaces: 0 spaces have their charts"}
    eventually(lambda: f"settled:transfer of {transfer}" in pair.app.output_tail(50))


def test_a_function_that_throws_is_called_again_and_then_given_up(pair: Pair) -> None:
    refused = {"kind": "server-error", "status": 503, "route": "*/message/*", "times": 2}
    pair.cloud.control("POST", "faults", refused, expect=201)
    migration, transfer = pair.run(b"plan DS")
    eventually(lambda: pair.row(migration) == ("SUCCESS", 100))
    # The function settles the transfer before its call has been answered.
    calls = ["not acknowledged", "not acknowledged", "delivered"]
    eventually(
        lambda: pair.cloud.effects(transfer=transfer, route="webhook app-data-uploaded") == calls
    )
    assert "503" in pair.app.output_tail(50)


def test_its_functions_are_not_for_a_page_nor_for_more_than_an_event(pair: Pair) -> None:
    url = f"https://127.0.0.1:{pair.app.port('https')}"
    trust = ssl.create_default_context(cadata=pair.authority.pem.decode())
    with httpx.Client(base_url=url, verify=trust, trust_env=False) as anyone:
        event = {"eventType": "avi:ecosystem.migration:uploaded:app_data"}
        for sent in ({"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            assert anyone.post("/", json=event, headers=sent).status_code == 403
        assert anyone.post("/", content=b" " * ((1 << 20) + 1)).status_code == 413


def test_an_event_for_another_environment_reaches_none_of_them(pair: Pair) -> None:
    migration, transfer = pair.run(b"plan DS", environment="development")
    eventually(lambda: "wrong environment" in pair.cloud.effects(transfer=transfer))
    assert pair.row(migration)[0] == "IN_PROGRESS"
    assert pair.cloud.journal(transfer=transfer, route=ACKNOWLEDGED) == []


@pytest.fixture
def half(tmp_path: Path) -> CloudHalf:
    """A Forge app whose function makes the calls that its source says."""
    (tmp_path / "src").mkdir()
    manifest = "modules:\n  trigger:\n    - {function: f, events: [an-event]}\n"
    manifest += "  function:\n    - {key: f, handler: index.run}\n"
    (tmp_path / "manifest.yml").write_text(manifest)
    return CloudHalf(kind="forge", key=KEY, source=tmp_path)


@pytest.mark.parametrize(
    ("source", "status", "told"),
    [
        ("exports.run = () => fetch('https://example.com')", 500, "no call leaves the stack"),
        ("exports.run = async () => { throw new Error('no') }", 500, "Error: no"),
        ("exports.run = (event, context) => context.invocationId.length", 200, ""),
    ],
)
def test_what_a_function_may_do(
    pair: Pair, half: CloudHalf, source: str, status: int, told: str
) -> None:
    assert half.source is not None
    (half.source / "src" / "index.js").write_text(source)
    trust = ssl.create_default_context(cadata=pair.authority.pem.decode())
    with open_run() as run:
        engine = LocalEngine(run, "function")
        try:
            url = "https://127.0.0.1:9"
            app = engine.start(forge_app(str(half.source), half, pair.authority, url, url))
            answer = httpx.post(
                f"https://127.0.0.1:{app.port('https')}",
                json={"eventType": "an-event"},
                verify=trust,
                trust_env=False,
            )
        finally:
            engine.close()
    assert answer.status_code == status
    assert told in answer.text


def test_its_lock_file_names_no_registry() -> None:
    lock = assets.sample_app("forge-backend") / "backend" / "package-lock.json"
    assert '"resolved"' not in lock.read_text()
