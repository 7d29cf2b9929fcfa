"""The engine that `--engine` names, with what its services run from."""

import pytest

from harness.engines.ready import Ready, prepare
from harness.environment.services.confluence import real_image_for
from harness.settings import Settings


@pytest.fixture(scope="session")
def ready(request: pytest.FixtureRequest) -> Ready:
    wanted = request.config.getoption("--engine") or "auto"
    return prepare(wanted, lambda _: None, real_image_for(Settings()))
