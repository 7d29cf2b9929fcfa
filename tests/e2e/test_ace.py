"""A real Connect app, on Atlassian's own framework, takes part in a migration to its end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cases import Case, load
from harness.store.results import CaseResult
from harness.support import assets
from harness.testbed.pool import TestbedPool

pytestmark = pytest.mark.witness

CASES = load(Path(__file__).parents[2] / "fixtures" / "cases" / "ace.yaml")
APP = "charts-for-confluence"


def test_the_row_is_complete_and_the_charts_are_on_their_new_pages(
    run_case: Callable[[Case], CaseResult], testbeds: TestbedPool
) -> None:
    (case,) = CASES
    cloud = testbeds.get(testbeds.default_ccma, assets.sample_app("charts-ace")).stack.cloud
    since = cloud.journal()[1]

    result = run_case(case)

    assert result.verdict == "passed", result.reason
    assert result.recorded is not None
    assert (result.recorded.status, result.recorded.percent) == ("SUCCESS", 100)
    asked = [entry for entry in cloud.journal(since)[0] if entry["caller"] == APP]
    assert [(each["route"].rpartition("/migration/")[2], each["status"]) for each in asked] == [
        ("progress/{transferId}", 200),
        ("data/{s3Key}", 200),
        ("mapping/{transferId}/find", 200),
        ("feedback/{transferId}", 200),
        ("progress/{transferId}", 200),
    ]
    moved = asked[3]["body"]["details"]["moved"]
    assert {chart["title"]: chart["pageId"] for chart in moved} == {
        "Sales": "262145",
        "Support": "262146",
    }
