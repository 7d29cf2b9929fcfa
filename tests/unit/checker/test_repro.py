from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.cases import read_suite
from harness.checker.repro import Side, as_page, as_text, exit_status, sides
from harness.errors import BadInput
from harness.store.results import CaseResult, RowResult, TimelineEntry, VerdictName

SEED = Path(__file__).parents[3] / "fixtures" / "cases" / "seed.yaml"


def both(name: str = "dev-mode") -> list[Side]:
    return sides(read_suite(SEED), name, "3.1.7", "3.9.6")


def result(side: Side, verdict: VerdictName) -> CaseResult:
    at = datetime(2026, 1, 1, 9, 30, tzinfo=UTC)
    row = TimelineEntry(status="READY", percent=None, server_time=at, wall_seconds=1)
    return CaseResult(
        id=side.case.id,
        dark_features={},
        axes=side.case.axes,
        ccma=side.version,
        expected=RowResult(status="COMPLETE", percent=100),
        timeline=(row,),
        verdict=verdict,
        reason="<because>",
        artifacts={"screenshot": "case/page.png"},
    )


@pytest.mark.parametrize(
    "name", ["dev-mode", "dev-mode-ready", "seed[feature=on,dev-mode=on,ccma=3.1.7]"]
)
def test_a_bug_is_found_by_each_of_its_names(name: str) -> None:
    before, after = both(name)
    assert before.case.id == "seed[feature=on,dev-mode=on,ccma=3.1.7]"
    assert after.case.id == "seed[feature=on,dev-mode=on,ccma=3.9.6]"
    assert before.case.known_bug
    assert before.case.known_bug.id == "dev-mode-ready"
    assert after.case.known_bug is None


def test_with_one_version_only_the_bug_is_shown() -> None:
    (only,) = sides(read_suite(SEED), "dev-mode", "3.1.7", None)
    assert only.wants_bug


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        (("known-bug", "passed"), 0),
        (("fixed", "passed"), 1),
        (("known-bug", "failed"), 1),
        (("passed", "passed"), 1),
        (("known-bug", "known-bug"), 1),
        (("known-bug", "error"), 2),
    ],
)
def test_both_sides_have_to_be_as_stated(
    verdicts: tuple[VerdictName, VerdictName], status: int
) -> None:
    stated = both()
    assert (
        exit_status(stated, [result(*each) for each in zip(stated, verdicts, strict=True)])
        == status
    )


@pytest.mark.parametrize(
    ("name", "before", "after", "told"),
    [
        ("dev-mod", "3.1.7", None, r"names no known bug; did you mean 'dev-mode"),
        (
            "dev-mode",
            "3.1.77",
            None,
            r"no CCMA version '3\.1\.77' is modelled; did you mean '3\.1\.7",
        ),
        ("dev-mode", "3.1.7", "3.1.7", "name two versions"),
    ],
)
def test_what_is_wrong_is_one_line(name: str, before: str, after: str | None, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        sides(read_suite(SEED), name, before, after)


def test_both_timelines_stand_side_by_side_and_text_stays_text() -> None:
    stated = both()
    found = [result(stated[0], "known-bug"), result(stated[1], "failed")]
    text = as_text(stated, found, Path("run"))
    assert "before: CCMA 3.1.7" in text.splitlines()[0]
    assert "after: CCMA 3.9.6" in text.splitlines()[0]
    assert text.count("09:30:00  READY") == 2
    assert "NOT as stated: the case should pass" in text
    assert "screenshot: run/case/page.png" in text
    page = as_page(stated, found)
    assert page.count('src="case/page.png"') == 2
    assert "&lt;because&gt;" in page


def test_the_page_has_the_causes_and_fits_a_phone_and_the_dark() -> None:
    stated = both()
    cause = {
        "cause": "dev-mode-row-not-updated",
        "confidence": "proved",
        "responsible": "assistant",
        "evidence": ["3 polls <were> answered", "the row is READY"],
    }
    found = [result(stated[0], "known-bug"), result(stated[1], "passed")]
    found[0] = found[0].model_copy(update={"causes": (cause,)})
    page = as_page(stated, found)
    assert "proved: dev-mode-row-not-updated (assistant)" in page
    assert "3 polls &lt;were&gt; answered" in page
    assert "color-scheme:light dark" in page
    assert 'name="viewport"' in page


def test_an_image_has_the_ccma_it_has() -> None:
    images = ("atlassian/confluence:8.5.4", "atlassian/confluence:9.2")
    before, after = sides(read_suite(SEED), "dev-mode", *images)
    assert before.case.id == "seed[feature=on,dev-mode=on]@atlassian/confluence:8.5.4"
    assert (before.image, before.case.ccma, "ccma" in before.case.axes) == (images[0], None, False)
    assert before.case.known_bug
    assert after.case.known_bug is None
    assert (before.case.dark_features, after.name) == (after.case.dark_features, images[1])
