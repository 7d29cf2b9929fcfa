"""For each known failure the right cause is proved from what the run kept, and no other."""

import json
import zipfile
from pathlib import Path

import pytest
from failures import Failure, app_of_stack, failures, run_failure
from playwright.sync_api import Browser

from harness.diagnosis.diagnose import diagnose
from harness.drivers.debugger.attach import attach
from harness.environment.document import to_document
from harness.environment.server_zone import server_zone
from harness.environment.services.names import CLOUD, CONFLUENCE
from harness.explain import inspect
from harness.plugin_jar.read import read_plugin
from harness.runner.case import run_case
from harness.support import assets
from harness.testbed.pool import TestbedPool
from harness.testbed.testbed import Testbed

SCALE = 400
"""Twice the default: what is looked at here are causes, and waiting proves none of them."""

EVERY = failures()


@pytest.mark.parametrize("failure", EVERY, ids=[each.case.id for each in EVERY])
def test_the_cause_is_proved_and_no_other(
    failure: Failure, testbeds: TestbedPool, tmp_path: Path
) -> None:
    ccma = failure.case.ccma or testbeds.default_ccma
    scale = failure.case.time_scale or SCALE
    testbed = testbeds.get(ccma, app_of_stack(failure), scale)

    result, findings = run_failure(testbed, failure, tmp_path / "case")
    if result.carried_scale and scale == SCALE:
        # This machine does not carry so much now; `harness run` goes on at less, too.
        testbed = testbeds.get(ccma, app_of_stack(failure), SCALE / 2)
        result, findings = run_failure(testbed, failure, tmp_path / "slower")

    assert leaks(tmp_path, secrets_of(testbed)) == []
    shown = {each.cause: each.confidence for each in findings}
    named = {cause for cause, how in shown.items() if how in ("proved", "likely")}
    assert named == {failure.cause}, result.reason
    assert shown[failure.cause] == "proved"
    refused = failure.case.expectation.rows[-1].status == "NO_ROW" and result.observed is None
    ended = failure.cause == "session-ended"
    assert result.verdict == ("error" if refused or ended else "passed"), result.reason
    if result.verdict != "passed":
        assert [each["cause"] for each in result.causes] == [failure.cause]


def secrets_of(testbed: Testbed) -> list[str]:
    """What no artefact may hold: a stack's own secrets, and those in the throwing app's message."""
    vault = json.loads(testbed.stack.running[CLOUD].read("data", "vault.json"))
    cookies = [each["value"] for each in testbed.context.cookies()]
    return [*cookies, *vault["shared"].values(), "sentinel-of-a", "sentinelOfALicence"]


def leaks(folder: Path, secrets: list[str]) -> list[str]:
    """Where below a folder one of them stands, archives included."""
    found = []
    for path in filter(Path.is_file, folder.rglob("*")):
        texts = {path.name: path.read_bytes()}
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                texts = {f"{path.name}!{each}": archive.read(each) for each in archive.namelist()}
        found += [
            f"{secret} in {name}"
            for name, content in texts.items()
            for secret in secrets
            if secret.encode() in content
        ]
    return found


def failure_of(cause: str) -> Failure:
    return next(each for each in EVERY if each.cause == cause)


def test_a_stack_that_stands_is_explained_as_it_stands(
    testbeds: TestbedPool, harness_browser: Browser, tmp_path: Path
) -> None:
    failure = failure_of("dev-mode-row-not-updated")
    testbed = testbeds.get("3.1.7", assets.sample_app("charts"), SCALE)
    run_case(testbed, failure.case, tmp_path / "case")

    zone = server_zone(testbed.stack.running[CONFLUENCE])
    hand = inspect.of_stack(
        to_document(testbed.stack), inspect.Target(jar=read_plugin(testbed.jar), zone=zone)
    )
    seen = inspect.see(hand, "standing", harness_browser)

    assert seen.problems == ()
    assert {f.cause for f in diagnose(seen.facts) if f.confidence == "proved"} == {failure.cause}
    assert {"page", "journal", "server_log", "site", "upm", "osgi", "probe"} <= seen.facts.sources


def test_a_case_goes_on_without_the_probe_where_a_debugger_is_attached(
    testbeds: TestbedPool, tmp_path: Path
) -> None:
    failure = failure_of("never-settled")
    testbed = testbeds.get(testbeds.default_ccma, assets.sample_app("charts"), SCALE)
    confluence = testbed.stack.running[CONFLUENCE]

    with attach(confluence.host, confluence.port("jdwp")):
        result, _ = run_failure(testbed, failure, tmp_path / "case")

    assert result.verdict == "passed", result.reason
    assert "probe" not in result.artifacts
    (problem,) = json.loads((tmp_path / "case" / "problems.json").read_text())
    assert "another debugger is attached" in problem
