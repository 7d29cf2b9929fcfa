"""Locating suites tell single culprits apart; checked from the definition, case by case."""

from collections import defaultdict
from itertools import combinations

import pytest
from hypothesis import given, settings
from small_models import models, uniform, valid_cases

from harness.errors import BadInput
from harness.matrix.coverage import breaks, unmet
from harness.matrix.locating import locate, locating
from harness.matrix.model import Factor, SubMatrix, implies, model


def suspects(some):
    """Every single value and every pair of values of two axes."""
    single = [{axis.name: value} for axis in some.axes for value in axis.values]
    return single + [a | b for a, b in combinations(single, 2) if not a.keys() & b.keys()]


def having(cases, suspect):
    return tuple(suspect.items() <= case.items() for case in cases)


def groups(cases, some):
    """The suspects that occur, by the cases they are in."""
    found = defaultdict(list)
    for suspect in suspects(some):
        found[having(cases, suspect)].append(suspect)
    found.pop((False,) * len(cases), None)
    return found


def as_sets(some_groups):
    return {frozenset(frozenset(s.items()) for s in group) for group in some_groups}


def test_ten_flags_take_at_most_fifteen_rows_and_every_culprit_is_alone():
    some = uniform(*[2] * 10)
    suite = locating(some)
    assert len(suite.rows) <= 13
    assert suite.inseparable == suite.confused == ()
    found = groups(suite.cases, some)
    assert len(found) == 20 + 180
    for marks, (suspect,) in found.items():
        culprits = locate(some, suite.cases, marks)
        assert culprits.suspects == (suspect,)


@given(models(most_axes=4))
@settings(deadline=None, max_examples=60)
def test_only_what_constraints_force_together_stays_together(some):
    valid = valid_cases(some)
    if not valid:
        return
    suite = locating(some, effort=20_000)
    assert not any(breaks(some, case) for case in suite.cases)
    assert unmet(some, suite.cases, 2) == ()
    forced = as_sets(group for group in groups(valid, some).values() if len(group) > 1)
    assert as_sets(suite.inseparable) == forced
    assert suite.confused == ()
    shared = as_sets(group for group in groups(suite.cases, some).values() if len(group) > 1)
    assert shared == forced


def test_constraints_that_force_values_together_are_said():
    axes = [Factor(name, ("off", "on")) for name in ("feature", "dev", "other")]
    some = model(axes, implies(axes, {"dev": ("on",)}, {"feature": ("on",)}))
    suite = locating(some)
    told = locate(some, suite.cases, [case["dev"] == "on" for case in suite.cases])
    assert told.suspects == ({"dev": "on"}, {"feature": "on", "dev": "on"})
    assert str(told) == "one of (cannot be distinguished): dev=on; feature=on with dev=on"


def test_a_sub_matrix_keeps_its_strength():
    some = uniform(*[2] * 6)
    some = model(some.axes, sub_matrices=[SubMatrix(("a0", "a1", "a2"), 3)])
    assert unmet(some, locating(some, effort=50_000).cases, 2) == ()


def test_marks_that_no_single_culprit_explains():
    some = uniform(*[2] * 6)
    cases = locating(some, effort=50_000).cases
    assert str(locate(some, cases, [False] * len(cases))) == "no case failed"
    odd = [case["a0"] == "v1" or case["a1"] == case["a2"] == "v1" for case in cases]
    assert locate(some, cases, odd).suspects == ()
    assert str(locate(some, cases, odd)).startswith("no single value or pair")


def test_a_case_without_a_mark_says_nothing():
    some = uniform(2, 2)
    cases = [some.case(row) for row in ((0, 0), (0, 1), (1, 0), (1, 1))]
    assert locate(some, cases, [False, False, None, True]).suspects == (
        {"a0": "v1"},
        {"a0": "v1", "a1": "v1"},
    )


def test_marks_and_cases_must_match():
    some = uniform(2, 2)
    with pytest.raises(BadInput, match="1 marks for 2 cases"):
        locate(some, [some.case((0, 0)), some.case((0, 1))], [True])
