"""Shrinking finds the cause, proves it by runs, and needs few of them."""

from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import models, uniform, valid_cases

from harness.errors import BadInput
from harness.matrix.model import Factor, implies, model
from harness.matrix.shrink import contrast, shrink

AXES = (
    Factor("feature", ("off", "on")),
    Factor("dev mode", ("off", "on")),
    Factor("CCMA", ("3.9.6", "3.1.7")),
)
SEED = model(
    AXES, implies(AXES, {"dev mode": ("on",)}, {"feature": ("on",)}, "dev mode needs the feature")
)
FAILING = {"feature": "on", "dev mode": "on", "CCMA": "3.1.7"}
PASSING = {"feature": "off", "dev mode": "off", "CCMA": "3.9.6"}


class Runs:
    """Runs cases against a rule and remembers which."""

    def __init__(self, some, rule):
        self.some, self.rule, self.ran = some, rule, []

    def __call__(self, case):
        assert case in valid_cases(self.some)
        assert case not in self.ran
        self.ran.append(case)
        return self.rule(case)


def dev_mode_bug(case):
    return all(FAILING[name] == value for name, value in case.items())


def test_the_seeds_matrix_answers_in_words():
    runs = Runs(SEED, dev_mode_bug)
    found = shrink(SEED, FAILING, PASSING, runs)
    assert found.cause == {"dev mode": "on", "CCMA": "3.1.7"}
    assert found.implied == {"feature": "on"}
    assert str(found) == "dev mode on and CCMA 3.1.7 (which implies feature on)"
    assert found.removal == {"feature": "on", "dev mode": "off", "CCMA": "3.9.6"}
    assert found.removal_passes
    assert found.runs == len(runs.ran) <= 12


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_the_axes_changes_no_answer(order):
    axes = tuple(AXES[n] for n in order)
    some = model(axes, implies(axes, {"dev mode": ("on",)}, {"feature": ("on",)}, "needs it"))
    found = shrink(some, FAILING, PASSING, Runs(some, dev_mode_bug))
    assert found.cause == {"dev mode": "on", "CCMA": "3.1.7"}
    assert found.implied == {"feature": "on"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_only_what_the_cause_itself_leaves_no_choice_is_implied(order):
    """Two values together force a third; with one of them free, the third is to blame itself."""
    names = ("a", "b", "c")
    axes = tuple(Factor(names[n], ("0", "1")) for n in order)
    some = model(axes, implies(axes, {"b": ("1",), "c": ("1",)}, {"a": ("1",)}, "b and c need a"))
    failing, passing = (dict.fromkeys(names, each) for each in ("1", "0"))
    found = shrink(some, failing, passing, lambda case: case["a"] == case["b"] == "1")
    assert (found.cause, found.implied) == ({"a": "1", "b": "1"}, {})


def test_without_the_rule_the_feature_is_part_of_the_cause():
    free = model(AXES)
    found = shrink(free, FAILING, PASSING, Runs(free, dev_mode_bug))
    assert found.cause == FAILING
    assert found.runs <= 12


@pytest.mark.parametrize(("size", "most"), [(1, 5), (2, 10), (3, 15)])
def test_few_runs_find_a_cause_among_eight_axes(size, most):
    some = uniform(*[2] * 8)
    failing = dict.fromkeys(some.names, "v1")
    passing = dict.fromkeys(some.names, "v0")
    known = [(failing, True), (passing, False)]
    for names in combinations(some.names, size):
        cause = dict.fromkeys(names, "v1")
        runs = []
        found = shrink(
            some,
            failing,
            passing,
            lambda case, cause=cause, runs=runs: runs.append(case) or cause.items() <= case.items(),
            known,
        )
        assert found.cause == cause
        assert found.removal_passes
        assert found.runs == len(runs) <= most


@given(models(most_axes=4), st.data())
@settings(deadline=None, max_examples=200)
def test_whatever_fails_the_answer_is_enough_and_no_value_is_too_many(some, data):
    valid = valid_cases(some)
    failing_cases = data.draw(
        st.lists(st.sampled_from(valid), min_size=1, unique_by=lambda c: tuple(c.items()))
        if valid
        else st.just([])
    )
    passing_cases = [case for case in valid if case not in failing_cases]
    if not failing_cases or not passing_cases:
        return
    failing = failing_cases[0]
    passing = data.draw(st.sampled_from(passing_cases))
    runs = Runs(some, lambda case: case in failing_cases)
    found = shrink(some, failing, passing, runs)
    blamed = found.cause | found.implied
    assert found.smallest == passing | blamed
    assert found.smallest in failing_cases
    assert found.runs == len(runs.ran)
    assert found.removal_passes == (found.removal not in failing_cases)
    for name in found.cause:
        assert found.removal[name] == passing[name]
        rest = {n: v for n, v in blamed.items() if n != name}
        without = passing | rest
        assert without not in failing_cases or without not in valid


def test_a_second_bug_shows_when_the_first_is_taken_out():
    some = uniform(*[2] * 6)
    failing = dict.fromkeys(some.names, "v1")
    passing = dict.fromkeys(some.names, "v0")
    found = shrink(some, failing, passing, lambda c: "v1" in (c["a1"], c["a4"]))
    assert len(found.cause) == 1
    assert not found.removal_passes
    again = shrink(some, found.removal, passing, lambda c: "v1" in (c["a1"], c["a4"]))
    assert {**found.cause, **again.cause} == {"a1": "v1", "a4": "v1"}
    assert again.removal_passes


def test_known_results_save_runs_and_a_wrong_guess_from_them_is_mended():
    some = uniform(*[2] * 8)
    failing = dict.fromkeys(some.names, "v1")
    passing = dict.fromkeys(some.names, "v0")
    ends = [(failing, True), (passing, False)]

    def rule(case):
        return case["a5"] == case["a6"] == "v1"

    plain = shrink(some, failing, passing, rule, ends)
    told = shrink(some, failing, passing, rule, [*ends, ({**failing, "a6": "v0"}, False)])
    assert told.cause == plain.cause == {"a5": "v1", "a6": "v1"}
    assert told.runs < plain.runs

    def masked(case):
        return case["a5"] == "v1" and (case["a6"] == "v0" or case["a7"] == "v1")

    misled = [*ends, ({**failing, "a7": "v0"}, False)]
    assert shrink(some, failing, passing, masked, misled).cause == {"a5": "v1"}


def test_what_cannot_be_shrunk_is_said():
    with pytest.raises(BadInput, match="passes, so there is nothing to shrink"):
        shrink(SEED, FAILING, PASSING, lambda _: False)
    with pytest.raises(BadInput, match=r"baseline .* fails too"):
        shrink(SEED, FAILING, PASSING, lambda _: True)
    with pytest.raises(BadInput, match=r"the baseline .*breaks the constraints"):
        shrink(SEED, FAILING, {**PASSING, "dev mode": "on"}, dev_mode_bug)


def test_a_contrast_shares_as_little_as_it_may():
    shared = {"feature": "on", "dev mode": "off", "CCMA": "3.1.7"}
    assert contrast(SEED, FAILING, shared) == PASSING
    assert contrast(SEED, PASSING, FAILING) == FAILING
    on = {"feature": "on", "dev mode": "off", "CCMA": "3.1.7"}
    assert contrast(SEED, {**PASSING, "CCMA": "3.1.7"}, on)["CCMA"] == "3.9.6"
