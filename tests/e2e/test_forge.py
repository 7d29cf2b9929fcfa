"""A Forge app takes part in a migration to its end: plugin, events, its own functions, SUCCESS."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cases import Case, load
from harness.store.results import CaseResult
from harness.support import assets
from harness.testbed.pool import TestbedPool

pytestmark = pytest.mark.witness

CASES = load(Path(__file__).parents[2] / "fixtures" / "cases" / "forge.yaml")
APP = "charts-on-forge"


def test_the_row_is_complete_once_its_functions_have_worked_off_the_upload(
    run_case: Callable[[Case], CaseResult], testbeds: TestbedPool
) -> None:
    (case,) = CASES
    cloud = testbeds.get(testbeds.default_ccma, assets.sample_app("forge-backend")).stack.cloud
    since = cloud.journal()[1]

    result = run_case(case)

    assert result.verdict == "passed", result.reason
    assert result.remarks == ()
    entries = cloud.journal(since)[0]
    asked = [entry for entry in entries if entry["caller"] == APP]
    assert [(each["route"].rpartition("/v1/")[2], each["status"]) for each in asked] == [
        ("data/{s3Key}/payload", 200),
        ("container/{transferId}/page", 200),
        ("log/{transferId}", 200),
        ("message/{transferId}/status", 200),
    ]
    (row,) = cloud.transfers()
    assert (row["status"], row["percent"], row["environment"]) == ("SUCCESS", 100, "production")
