"""The sample Connect app on Atlassian's framework: what it accepts of the cloud, and does."""

import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from cloud_processes import CloudDriver, eventually, running

from harness.engines import builds
from harness.engines.local import LocalEngine
from harness.environment.services.cloud_app import ace_app
from harness.environment.tls import Authority
from harness.lifecycle.runs import open_run
from harness.support import assets

pytestmark = pytest.mark.witness

KEY = "charts-for-confluence"
PROGRESS = "/rest/atlassian-connect/1/migration/progress/{transferId}"
CHARTS = {"charts": [{"id": 1, "pageId": 65601}, {"id": 2, "pageId": 65602}]}


@dataclass
class Pair:
    """A cloud and the app, installed."""

    cloud: CloudDriver
    app_url: str
    app: httpx.Client

    def transfer(self) -> str:
        made = self.cloud.transfer(self.cloud.migration(), KEY)
        self.cloud.case = None
        return made

    def posts(self, transfer: str) -> list[tuple[str, str, int]]:
        entries = self.cloud.journal(transfer=transfer, route=PROGRESS)
        return [
            (each["effect"], each["detail"]["status"], each["detail"]["percent"])
            if "detail" in each
            else (each["effect"], "", 0)
            for each in entries
        ]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("ace")
    authority = Authority()
    leaf = authority.issue(["localhost", "127.0.0.1"])
    files = {"ca.pem": authority.pem, "tls.crt": leaf.certificate, "tls.key": leaf.key}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    made = builds.node_app(assets.sample_app("charts") / "cloud-ace", lambda _line: None)
    arguments = (
        *("--port", "0", "--tls-port", "0", "--data", str(folder / "data")),
        *("--tls-cert", str(folder / "tls.crt"), "--tls-key", str(folder / "tls.key")),
        *("--site-file", str(assets.sample_app("charts-ace") / "site.yaml")),
        *("--public-url", "https://127.0.0.1:0"),
    )
    trust = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    with (
        running(
            "harness.cloud", folder / "c", *arguments, env={"SSL_CERT_FILE": str(folder / "ca.pem")}
        ) as process,
        open_run() as run,
        httpx.Client(verify=trust, trust_env=False) as client,
    ):
        engine = LocalEngine(run, "ace")
        try:
            keys_url = process.url("https", "https")
            app = engine.start(ace_app(str(made), authority, "demo", keys_url))
            url = f"https://127.0.0.1:{app.port('https')}"
            cloud = CloudDriver(process.url("http"))
            cloud.install(url)
            yield Pair(cloud, url, client)
            cloud.close()
        finally:
            engine.close()


DONE = [("recorded", "IN_PROGRESS", 0), ("settled", "SUCCESS", 100)]


def test_it_settles_once_its_data_is_there(pair: Pair) -> None:
    transfer = pair.transfer()
    pair.cloud.trigger(transfer)
    pair.cloud.upload(transfer, json.dumps(CHARTS).encode(), label="charts")
    eventually(lambda: len(pair.posts(transfer)) == 2)
    assert pair.posts(transfer) == DONE
    (feedback,) = pair.cloud.journal(transfer=transfer, effect="feedback stored")
    pages = [chart["pageId"] for chart in feedback["body"]["details"]["moved"]]
    assert pages == ["262145", "262146"]


def test_events_may_come_in_any_order_and_twice(pair: Pair) -> None:
    late = {"kind": "webhook-late", "route": "listener-triggered", "delay": 1.0}
    pair.cloud.control("POST", "faults", late, expect=201)
    pair.cloud.control("POST", "faults", {"kind": "webhook-repeated", "copies": 2}, 201)
    transfer = pair.transfer()
    pair.cloud.trigger(transfer)
    pair.cloud.upload(transfer, json.dumps(CHARTS).encode(), label="charts")
    eventually(lambda: len(pair.cloud.journal(transfer=transfer, effect="delivered")) == 9)
    pair.cloud.control("DELETE", "faults", expect=204)
    assert pair.posts(transfer) == DONE


def test_a_page_that_was_not_migrated_leaves_it_incomplete(pair: Pair) -> None:
    transfer = pair.transfer()
    data = {"charts": [*CHARTS["charts"], {"id": 3, "pageId": 1}]}
    pair.cloud.upload(transfer, json.dumps(data).encode(), label="charts")
    eventually(lambda: len(pair.posts(transfer)) == 2)
    assert pair.posts(transfer)[-1] == ("settled", "INCOMPLETE", 100)


def test_data_that_is_none_fails_it(pair: Pair) -> None:
    transfer = pair.transfer()
    pair.cloud.upload(transfer, b"{", label="charts")
    eventually(lambda: len(pair.posts(transfer)) == 2)
    assert pair.posts(transfer)[-1] == ("settled", "FAILED", 100)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("errored", {"exceptionType": "java.lang.RuntimeException"}, "FAILED"),
        ("cancel", {}, "INCOMPLETE"),
    ],
)
def test_it_settles_what_went_wrong_or_is_not_wanted(
    pair: Pair, path: str, body: dict[str, str], status: str
) -> None:
    transfer = pair.transfer()
    pair.cloud.server("POST", f"/transfers/{transfer}/{path}", 202, json=body)
    eventually(lambda: pair.posts(transfer))
    assert pair.posts(transfer) == [("settled", status, 100)]


def test_it_tries_again_what_the_platform_had_no_time_for(pair: Pair) -> None:
    fault = {"kind": "rate-limit", "retry_after": 1, "times": 2, "route": "*/progress/*"}
    pair.cloud.control("POST", "faults", fault, expect=201)
    transfer = pair.transfer()
    pair.cloud.trigger(transfer)
    eventually(lambda: ("recorded", "IN_PROGRESS", 0) in pair.posts(transfer))
    assert [each["status"] for each in pair.cloud.journal(effect="fault")] == [429, 429]


@pytest.mark.parametrize("token", ["", "JWT a.b.c", "Bearer x"])
def test_it_takes_no_event_that_the_site_has_not_signed(pair: Pair, token: str) -> None:
    answer = pair.app.post(
        f"{pair.app_url}/migration", json={}, headers={"authorization": token} if token else {}
    )
    assert answer.status_code == 401


def test_its_lock_file_names_no_registry() -> None:
    lock = (assets.sample_app("charts") / "cloud-ace" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
