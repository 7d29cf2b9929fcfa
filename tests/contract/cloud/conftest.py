from collections.abc import Iterator
from pathlib import Path

import pytest
from cloud_processes import CloudDriver, ConnectApp, Process, running

LOOPBACK = ("--public-url", "http://127.0.0.1:0")


@pytest.fixture(scope="session")
def cloud_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    folder = tmp_path_factory.mktemp("cloud")
    arguments = ("--port", "0", "--data", str(folder / "data"), *LOOPBACK)
    arguments += ("--site-file", str(Path(__file__).with_name("site.yaml")))
    with running("harness.cloud", folder, *arguments) as process:
        yield process


@pytest.fixture
def cloud(cloud_process: Process, request: pytest.FixtureRequest) -> Iterator[CloudDriver]:
    """The session's cloud, as new: reset, its switches at their defaults, its clock right."""
    driver = CloudDriver(cloud_process.url("http"))
    driver.control("POST", "reset", expect=204)
    driver.control("PUT", "settings", DEFAULTS | {"retry_least_wall": 0.02, "retry_first": 0.02})
    driver.control("POST", "marks", {"text": request.node.name}, expect=204)
    driver.case = request.node.name
    yield driver
    for app in driver.control("GET", "apps")["apps"]:
        driver.control("DELETE", f"apps/{app['key']}", expect=204)
    driver.close()


DEFAULTS = {
    "after_settled": 403,
    "failure_status": "reject",
    "unknown_status": 400,
    "in_progress_percent": "0-100",
    "another_apps_transfer": 403,
    "clock_skew": 30.0,
    "acknowledge_within": 5.0,
    "retry_most": 60.0,
    "retry_tries": 50,
    "region": None,
    "marketplace": "open",
    "scopes": "checked",
    "transfer_days": 14,
    "container_page": "list",
    "forge_tries": 5,
    "forge_empty_hours": 24.0,
    "descriptors": "checked",
    "install_audience": "list",
    "log_message": 1000,
    "server_token_hours": 24,
    "connection_days": 90,
    "content_v1": "served",
}


@pytest.fixture
def app(cloud: CloudDriver) -> Iterator[ConnectApp]:
    """An installed Connect app in the test's process."""
    made = ConnectApp()
    cloud.install(made.url)
    yield made
    made.close()


@pytest.fixture
def transfer(cloud: CloudDriver, app: ConnectApp) -> str:
    """A triggered transfer of `app`."""
    made = cloud.transfer(cloud.migration(), app.key)
    cloud.trigger(made)
    return made


@pytest.fixture
def app_process(tmp_path: Path) -> Iterator[Process]:
    arguments = ("--key", "charts-for-confluence", "--base-url", "http://127.0.0.1:0")
    with running("harness.cloud_app", tmp_path / "app", *arguments) as process:
        yield process
