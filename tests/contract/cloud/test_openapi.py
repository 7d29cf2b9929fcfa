"""The stub fuzzed from its own OpenAPI document."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import requests
import schemathesis
from cloud_processes import CloudDriver, ConnectApp
from hypothesis import HealthCheck, settings
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.generation.stateful.state_machine import StepInput, StepOutput
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

LEAST_GOOD = 0.25
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

LINKED = {
    link["operationId"]
    for path in document(Switches())["paths"].values()
    for operation in path.values()
    for answer in operation["responses"].values()
    for link in answer.get("links", {}).values()
}

schema = schemathesis.openapi.from_dict(document(Switches()))
# Calls are signed for what is really sent, so the token is none of the generated parameters.
# Parameters that are in no document are ignored, here as by most servers.
schema.config.generation.update(with_security_parameters=False, allow_extra_parameters=False)


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


@dataclass
class Target:
    """A cloud with an app on it, and what its calls were answered."""

    cloud: CloudDriver
    app: ConnectApp
    session: requests.Session
    statuses: Counter[int] = field(default_factory=Counter)

    def unsettled(self) -> tuple[str, str]:
        """A new transfer whose listener runs, and the key of its upload."""
        made = self.cloud.transfer(self.cloud.migration(), self.app.key)
        self.cloud.trigger(made)
        return made, self.cloud.upload(made, label="part-1")

    def aim(self, case: schemathesis.Case) -> None:
        """Lets a call be about a transfer that there is; one in sixteen stays arbitrary."""
        wanted = [name for name in ("transferId", "s3Key") if _is_id(case, name)]
        if not wanted or str(case.path_parameters[wanted[0]]).lower().startswith("f"):
            return
        transfer, key = self.unsettled()
        if case.path.startswith("/error/"):
            thrown = {"exceptionType": "java.lang.RuntimeException"}
            self.cloud.server("POST", f"/transfers/{transfer}/errored", 202, json=thrown)
        case.path_parameters[wanted[0]] = transfer if wanted[0] == "transferId" else key

    def arguments(self) -> dict[str, Any]:
        url = f"{self.cloud.url}{BASE}"
        return {"base_url": url, "auth": Signed(self.app), "session": self.session}


def _is_id(case: schemathesis.Case, name: str) -> bool:
    try:
        UUID(str(case.path_parameters.get(name)))
    except ValueError:
        return False
    return True


@pytest.fixture(scope="module")
def target(cloud_process: "object") -> Iterator[Target]:
    driver = CloudDriver(cloud_process.url("http"))  # type: ignore[attr-defined]
    app = ConnectApp()
    driver.install(app.url)
    with requests.Session() as session:
        session.trust_env = False
        yield Target(driver, app, session)
    driver.control("DELETE", f"apps/{app.key}", expect=204)
    app.close()
    driver.close()


@pytest.fixture
def statuses(target: Target) -> Iterator[Counter[int]]:
    """How a test's calls were answered; judged at its end."""
    target.statuses.clear()
    yield target.statuses
    good = sum(count for status, count in target.statuses.items() if status < 300)
    assert good > LEAST_GOOD * target.statuses.total(), target.statuses


def test_the_document_is_valid_and_served(cloud: CloudDriver) -> None:
    served = cloud.control("GET", "openapi.json")
    validate(served)
    assert served == document(Switches())


@schema.parametrize()
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_the_document_says(
    case: schemathesis.Case, target: Target, statuses: Counter[int]
) -> None:
    target.aim(case)
    answer = case.call_and_validate(checks=CHECKS, **target.arguments())
    statuses[answer.status_code] += 1


def test_what_one_answer_gives_another_call_takes(target: Target) -> None:
    """Goes along the document's links, such as from an upload's key to its signed URL."""
    followed: Counter[str] = Counter()

    class Machine(schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            target.unsettled()

        def step(self, given: StepInput) -> StepOutput:
            case, link = given.case, given.transition
            is_linked = link is not None and given.is_applied
            if not is_linked:
                target.aim(case)
            answer = case.call_and_validate(checks=CHECKS, **target.arguments())
            if is_linked and answer.status_code < 300:
                followed[case.operation.definition.raw["operationId"]] += 1
            return StepOutput(answer, case)

    limits = {"max_examples": 60, "stateful_step_count": 12, "derandomize": True, "deadline": None}
    Machine.run(settings=settings(**limits, suppress_health_check=list(HealthCheck)))
    assert followed.keys() >= LINKED - {"readListenerError"}  # which answers 404 here
