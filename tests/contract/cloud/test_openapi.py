"""The stub fuzzed from its own OpenAPI document."""

import re
from collections.abc import Iterator

import pytest
import requests
import schemathesis
from cloud_processes import CloudDriver, ConnectApp
from hypothesis import HealthCheck, settings
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from harness.cloud.openapi import document
from harness.cloud.settings import Switches
from harness.cloud.tokens import qsh, sign_hs256

BASE = "/wiki/rest/atlassian-connect/1/migration"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
]

schema = schemathesis.openapi.from_dict(document(Switches()))
# Calls are signed for what is really sent, so the token is none of the generated parameters.
schema.config.generation.update(with_security_parameters=False)


class Signed(requests.auth.AuthBase):
    """Signs a request as a Connect app does."""

    def __init__(self, app: ConnectApp) -> None:
        self.app = app

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        path, _, query = request.path_url.removeprefix("/wiki").partition("?")
        hashed = qsh(request.method or "", path, query)
        token = sign_hs256(self.app.key, self.app.secret, hashed)
        request.headers["Authorization"] = f"JWT {token}"
        return request


@pytest.fixture(scope="module")
def target(cloud_process: "object") -> Iterator[tuple[CloudDriver, ConnectApp, str]]:
    driver = CloudDriver(cloud_process.url("http"))  # type: ignore[attr-defined]
    app = ConnectApp()
    driver.install(app.url)
    yield driver, app, driver.migration()
    driver.control("DELETE", f"apps/{app.key}", expect=204)
    app.close()
    driver.close()


def test_the_document_is_valid_and_served(cloud: CloudDriver) -> None:
    served = cloud.control("GET", "openapi.json")
    validate(served)
    assert served == document(Switches())


@schema.parametrize()
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_the_document_says(
    case: schemathesis.Case, target: tuple[CloudDriver, ConnectApp, str]
) -> None:
    driver, app, migration = target
    # Half of the calls are about a transfer that there is; the others about arbitrary ids.
    if re.fullmatch("[0-7][0-9a-f-]{35}", str(case.path_parameters.get("transferId"))):
        case.path_parameters["transferId"] = driver.transfer(migration)
    url = f"{driver.url}{BASE}"
    with requests.Session() as session:
        session.trust_env = False
        case.call_and_validate(base_url=url, auth=Signed(app), checks=CHECKS, session=session)
