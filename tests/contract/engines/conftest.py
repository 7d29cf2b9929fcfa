"""The engine that `--harness-engine` names, with what its services run from."""

import os
from collections.abc import Iterator

import pytest

from harness.engines.ready import Ready
from harness.environment.services.confluence import prepared
from harness.settings import resolve


@pytest.fixture(scope="session")
def ready(request: pytest.FixtureRequest) -> Iterator[Ready]:
    settings = resolve(
        {"engine": request.config.getoption("--harness-engine")}, os.environ
    ).settings
    with prepared(settings, lambda _: None) as ready:
        yield ready
