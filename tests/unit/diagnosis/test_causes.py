"""The catalogue, and the page that is made of it."""

import re
from pathlib import Path

import pytest

from harness.diagnosis.causes import BY_ID, CATALOGUE, as_markdown
from harness.vocabulary.cause_ids import RENAMED, current

PAGE = Path(__file__).parents[3] / "docs" / "causes.md"


def test_the_page_is_the_catalogue():
    assert PAGE.read_text() == as_markdown(), (
        "run: python -m harness.diagnosis.causes > docs/causes.md"
    )


@pytest.mark.parametrize("cause", CATALOGUE, ids=lambda cause: cause.id)
def test_each_cause_is_whole(cause):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cause.id)
    assert cause.source.startswith("https://")
    for text in (cause.statement, cause.proved_by, cause.excluded_by, cause.advice):
        assert text.endswith(".")
        assert "  " not in text


def test_every_cause_has_a_known_failure():
    folder = Path(__file__).parents[3] / "fixtures" / "cases" / "failures"
    made = {path.name.split(".")[0] for path in folder.glob("*.yaml")}

    assert made == set(BY_ID)


def test_a_former_name_leads_to_a_cause_of_today():
    assert set(RENAMED.values()) <= set(BY_ID)
    assert set(RENAMED).isdisjoint(BY_ID)
    assert current("dev-mode-poller") == "dev-mode-row-not-updated"
    assert current("never-settled") == "never-settled"
