"""The planted faults: which rounds a seed makes, and what counts as an accusation."""

from pathlib import Path

import pytest

from benchmarks.planted import rounds
from benchmarks.planted_apps import LISTENERS, write_app
from benchmarks.planted_faults import FAULTS, HARMLESS, Planted, together
from benchmarks.planted_score import NOBODY, Score, judge
from harness.diagnosis.cause import Party
from harness.diagnosis.causes import BY_ID
from harness.diagnosis.finding import Finding
from harness.diagnosis.links import CHAIN, Link

LINKS = [step.name for step in CHAIN]
BY_NAME = {each.name: each for each in FAULTS}
THROWS = BY_NAME["planted app throws-first"]
POLLS = BY_NAME["poll answered 503"]


def links(broken: str | None) -> list[Link]:
    at = LINKS.index(broken) if broken else len(LINKS)
    return [
        Link(name, "held" if n < at else "broken" if n == at else "not reached", ())
        for n, name in enumerate(LINKS)
    ]


def test_a_seed_makes_the_same_rounds() -> None:
    assert list(rounds(50, 7)) == list(rounds(50, 7))
    assert list(rounds(50, 7)) != list(rounds(50, 8))


def test_every_fault_has_a_round_of_its_own_before_one_has_two() -> None:
    alone = [each[0] for each in rounds(5 * len(FAULTS), 3) if len(each) == 1]
    assert set(alone[: len(FAULTS)]) == set(FAULTS)


def test_a_pair_changes_two_things() -> None:
    pairs = [each for each in rounds(300, 5) if len(each) == 2]
    assert all(one.slot != other.slot for one, other in pairs)


def test_every_party_and_nearly_every_link_has_a_fault() -> None:
    assert {each.link for each in FAULTS} == set(LINKS)
    assert {each.party for each in FAULTS} == set(Party.__args__)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.name)
def test_a_faults_causes_are_its_partys(fault: Planted) -> None:
    assert {BY_ID[each].responsible for each in fault.causes} == {fault.party}


def test_what_is_harmless_has_no_link() -> None:
    assert {each.link for each in HARMLESS} == {None}


@pytest.mark.parametrize("name", LISTENERS)
def test_an_app_is_written_whole(name: str, tmp_path: Path) -> None:
    app = write_app(tmp_path, name)
    assert (app / "app.yaml").is_file()
    assert together([THROWS]).case("throws", tmp_path).app.is_dir()


def test_the_right_cause_at_the_right_link_is_right() -> None:
    judged = judge([THROWS], [Finding("listener-threw", "proved")], links("the listener returns"))
    assert judged.is_right
    assert judged.blamed == (("server app", "server app"),)


def test_a_cause_that_was_not_planted_accuses_an_innocent() -> None:
    findings = [Finding("listener-threw", "proved"), Finding("never-settled", "likely")]
    judged = judge([POLLS], findings, links("the assistant hears of that"))
    assert (judged.wrong, judged.suspected) == (("listener-threw",), ("never-settled",))
    assert not judged.is_right
    assert set(judged.blamed) == {("platform", NOBODY), (NOBODY, "server app")}


def test_a_pair_breaks_the_earlier_link() -> None:
    findings = [Finding("listener-threw", "proved"), Finding("cloud-answered-errors", "proved")]
    assert judge([POLLS, THROWS], findings, links("the listener returns")).is_right
    alone = judge([POLLS, THROWS], findings[:1], links("the listener returns"))
    assert ("platform", "not reached") in alone.blamed
    assert not judge([POLLS, THROWS], findings, links("the assistant hears of that")).is_right


def test_nothing_planted_is_right_where_every_link_holds() -> None:
    assert judge([HARMLESS[0]], [], links(None)).is_right
    assert not judge([HARMLESS[0]], [], links("the row shows it")).is_right


def test_a_broken_link_that_counts_as_held_is_passed_over() -> None:
    for broken, is_so in (("the listener is called", False), ("the listener returns", False)):
        assert judge([THROWS], [], links(broken)).passed_over is is_so
    assert judge([THROWS], [], links("the row shows it")).passed_over
    assert judge([THROWS], [], links(None)).passed_over
    assert not judge([HARMLESS[0]], [], links(None)).passed_over


def test_what_is_said_without_a_source_counts_by_itself() -> None:
    score = Score()
    wrong = judge([POLLS], [Finding("listener-threw", "proved")], links(None))
    score.add_blind(wrong, "round-1", "journal")
    assert "0 rounds" in score.summary()
    assert "1 explanations: an innocent accused in 1, the broken link passed over in 1" in (
        score.summary()
    )


def test_the_matrix_has_a_line_for_each_party() -> None:
    score = Score()
    score.add(judge([THROWS], [], links("the listener returns")), "round-1")
    lines = score.matrix().splitlines()
    assert lines[3] == "| server app |  |  |  |  |  |  |  |  | 1 |"
    assert "1 rounds: the right link in 1, an innocent accused in 0" in score.summary()
