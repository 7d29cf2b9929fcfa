from collections.abc import Iterator
from pathlib import Path

import pytest
from cloud_processes import CloudDriver, Process, running

LOOPBACK = ("--public-url", "http://127.0.0.1:0")


@pytest.fixture
def cloud_process(tmp_path: Path) -> Iterator[Process]:
    arguments = ("--port", "0", "--data", str(tmp_path / "data"), *LOOPBACK)
    with running("harness.cloud", tmp_path / "cloud", *arguments) as process:
        yield process


@pytest.fixture
def cloud(cloud_process: Process) -> Iterator[CloudDriver]:
    driver = CloudDriver(cloud_process.url("http"))
    yield driver
    driver.close()


@pytest.fixture
def app_process(tmp_path: Path) -> Iterator[Process]:
    arguments = ("--key", "charts-for-confluence", "--base-url", "http://127.0.0.1:0")
    with running("harness.cloud_app", tmp_path / "app", *arguments) as process:
        yield process
