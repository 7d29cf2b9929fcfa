"""Connect apps on what vendors use, from the install to a settled transfer.

The current atlassian-connect-express has more tests (`test_ace_app.py`); here are two of its older
releases, and Flask with Atlassian's public package for tokens.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from cloud_processes import CloudDriver, eventually, running
from own_environment import python_with

from harness.engines import builds
from harness.engines.local import LocalEngine
from harness.environment.services.cloud_app import ace_app
from harness.environment.tls import Authority
from harness.lifecycle.runs import open_run
from harness.support import assets

pytestmark = pytest.mark.witness

KEY = "charts-for-confluence"
HERE = Path(__file__).parent
CHARTS = {"charts": [{"id": 1, "pageId": 65601}, {"id": 2, "pageId": 65602}]}
FLASK = ("flask==3.1.2", "atlassian-jwt==3.0.0", "pyjwt[crypto]==2.15.1", "httpx==0.28.1")


@contextmanager
def express(version: str, folder: Path, cloud_url: str, authority: Authority) -> Iterator[str]:
    """The sample app on an older release of the framework; nothing else of it is changed."""
    source = folder / "source"
    shutil.copytree(assets.sample_app("charts") / "cloud-ace", source)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "ace" / version / name, source / name)
    made = builds.node_app(source, lambda _line: None)
    with open_run() as run:
        engine = LocalEngine(run, "ace")
        try:
            app = engine.start(ace_app(str(made), authority, "demo", cloud_url))
            yield f"https://127.0.0.1:{app.port('https')}"
        finally:
            engine.close()


@contextmanager
def flask(_version: str, folder: Path, cloud_url: str, _authority: Authority) -> Iterator[str]:
    ports = folder / "ports.json"
    command = [python_with(*FLASK), HERE / "flask_app" / "app.py", ports, cloud_url]
    with (
        (folder / "app.log").open("wb") as log,
        subprocess.Popen(
            command, stdout=log, stderr=log, env={"SSL_CERT_FILE": str(folder / "ca.pem")}
        ) as process,
    ):
        try:
            eventually(lambda: ports.exists() or process.poll() is not None, within=60)
            assert process.poll() is None, (folder / "app.log").read_text()
            yield f"http://127.0.0.1:{json.loads(ports.read_text())['http']}"
        finally:
            process.terminate()


FRAMEWORKS = {"ace 6.6.0": express, "ace 8.7.0": express, "flask 3.1.2": flask}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_an_app_settles_its_transfer(framework: str, tmp_path: Path) -> None:
    authority = Authority()
    leaf = authority.issue(["localhost", "127.0.0.1"])
    files = {"ca.pem": authority.pem, "tls.crt": leaf.certificate, "tls.key": leaf.key}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    arguments = (
        *("--port", "0", "--tls-port", "0", "--data", str(tmp_path / "data")),
        *("--tls-cert", str(tmp_path / "tls.crt"), "--tls-key", str(tmp_path / "tls.key")),
        *("--site-file", str(HERE / "site.yaml"), "--public-url", "https://127.0.0.1:0"),
    )
    trust = {"SSL_CERT_FILE": str(tmp_path / "ca.pem")}
    start, version = FRAMEWORKS[framework], framework.split()[1]
    with (
        running("harness.cloud", tmp_path / "c", *arguments, env=trust) as process,
        start(version, tmp_path, process.url("https", "https"), authority) as url,
        closing(CloudDriver(process.url("http"))) as cloud,
    ):
        assert cloud.install(url)["appKey"] == KEY
        migration = cloud.migration()
        transfer = cloud.transfer(migration, KEY)
        cloud.trigger(transfer)
        cloud.upload(transfer, json.dumps(CHARTS).encode(), label="charts")
        eventually(lambda: cloud.poll(migration)[0]["status"] == "SUCCESS", within=20)
        assert cloud.poll(migration)[0]["percent"] == 100
        asked = [each for each in cloud.journal() if each["caller"] == KEY]
        assert {each["status"] for each in asked} == {200}
        assert not any(each.get("tolerated") for each in asked)
        assert any("/mapping/" in each["route"] for each in asked)


@pytest.mark.parametrize("version", ["6.6.0", "8.7.0"])
def test_no_lock_file_names_a_registry(version: str) -> None:
    assert '"resolved"' not in (HERE / "ace" / version / "package-lock.json").read_text()
