"""What is said of a case that passed although something in it would not do elsewhere."""

from rule_evidence import TRANSFER, made, post, read, sent, shown

from harness.diagnosis.data_evidence import DataUploaded
from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.evidence import Evidence, Flag, ToleratedCall
from harness.diagnosis.facts import HOW_TO_LEARN, Facts
from harness.diagnosis.remarks import remarks
from harness.vocabulary.effects import Effect
from harness.vocabulary.features import FEATURE

SETTLED = post(Effect.SETTLED, 3, status="SUCCESS", percent=100)
DATA = DataUploaded(transfer=TRANSFER)


def remarked(*items: Evidence) -> tuple[str, ...]:
    facts = Facts(items, frozenset(HOW_TO_LEARN))
    return remarks(facts, diagnose(facts))


def test_a_case_in_which_all_went_well_has_none() -> None:
    fetched = read(2, is_bytes=True)
    assert remarked(made(), DATA, sent("app-data-uploaded"), fetched, SETTLED) == ()


def test_a_call_that_production_would_refuse_is_told_once() -> None:
    call = ToleratedCall(what="POST progress", why="the qsh is of another path")
    assert remarked(call, call) == (
        "production would refuse: POST progress: the qsh is of another path",
    )


def test_data_that_nobody_fetched_is_told() -> None:
    told = "the uploaded data was never fetched by the cloud app"
    assert remarked(made(), DATA, sent("app-data-uploaded"), SETTLED) == (told,)


def test_an_acknowledgement_that_came_too_late_is_told() -> None:
    late = sent("listener-triggered", None, 1, reason="no answer within 5 s", message="m1")
    (told,) = remarked(made(), late, sent("listener-triggered", 200, 2, message="m1"), SETTLED)
    assert "was not acknowledged (no answer within 5 s): it was sent again" in told
    (told,) = remarked(made(), late, SETTLED)
    assert told.startswith("broken link (the cloud app hears of it): ")
    assert told.endswith("[webhook-never-acknowledged, proved]")


def test_a_broken_link_is_told_with_its_cause() -> None:
    off = Flag(key=FEATURE, on=False)
    (told,) = remarked(off, shown("ABSENT"))
    assert told.startswith("broken link (app migration is switched on): ")
    assert told.endswith("[feature-flag-off, proved]")
