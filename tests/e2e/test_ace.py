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
        ("/wiki/api/v2/pages/{id}", 200),
        ("/wiki/api/v2/pages/{id}", 200),
        ("/wiki/api/v2/pages/{id}", 200),
        ("feedback/{transferId}", 200),
        ("progress/{transferId}", 200),
    ]
    moved = asked[6]["body"]["details"]["moved"]
    assert {chart["title"]: chart["pageId"] for chart in moved} == {
        "Sales": "262145",
        "Support": "262146",
    }


def test_the_macro_is_rewritten_in_the_page_that_was_migrated(
    run_case: Callable[[Case], CaseResult], testbeds: TestbedPool
) -> None:
    (case,) = CASES
    testbed = testbeds.get(testbeds.default_ccma, assets.sample_app("charts-ace"))
    cloud = testbed.stack.cloud
    since = cloud.journal()[1]

    result = run_case(case)

    assert result.verdict == "passed", result.reason
    done = [(each["effect"], each.get("detail")) for each in cloud.journal(since)[0]]
    moved = ("content moved", {"spaces": 0, "pages": 2, "users": 0, "groups": 0})
    saved = ("page saved", {"pageId": "262145", "version": 2})
    assert moved in done
    assert saved in done[done.index(moved) :]
    after = {page["title"]: page for page in cloud.pages()}
    assert after["Sales"]["number"] == 2
    assert 'ac:name="charts-for-confluence"' in after["Sales"]["body"]
    assert 'ac:name="charts"' not in after["Sales"]["body"]
    assert '<ac:parameter ac:name="chart">1</ac:parameter>' in after["Sales"]["body"]
    assert after["Support"]["number"] == 1
