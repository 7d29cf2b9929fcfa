"""For each known failure the right cause is proved from what the run kept, and no other."""

from pathlib import Path

import pytest
from failures import Failure, failures, run_failure

from harness import assets
from harness.bench import Benches

EVERY = failures()


@pytest.mark.parametrize("failure", EVERY, ids=[each.case.id for each in EVERY])
def test_the_cause_is_proved_and_no_other(
    failure: Failure, benches: Benches, tmp_path: Path
) -> None:
    ccma = failure.case.ccma or benches.default_ccma
    bench = benches.get(ccma, assets.sample_app("charts"))

    result, findings = run_failure(bench, failure, tmp_path / "case")

    shown = {each.cause: each.confidence for each in findings}
    named = {cause for cause, how in shown.items() if how in ("proved", "likely")}
    assert named == {failure.cause}, result.reason
    assert shown[failure.cause] == "proved"
    refused = failure.case.expectation.rows[-1].status == "NO_ROW" and result.observed is None
    assert result.verdict == ("error" if refused else "passed"), result.reason
    if result.verdict != "passed":
        assert [each["cause"] for each in result.causes] == [failure.cause]
