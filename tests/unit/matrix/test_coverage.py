"""The independent check agrees with the definition, tuple by tuple."""

from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import models, uniform, valid_cases

from harness.matrix.coverage import breaks, measure, summary, unmet
from harness.matrix.model import Factor, SubMatrix, implies, model


def has(case, chosen):
    return chosen.items() <= case.items()


@given(models(), st.data())
@settings(deadline=None, max_examples=150)
def test_missing_is_what_is_allowed_and_in_no_case(some, data):
    valid = valid_cases(some)
    cases = data.draw(st.lists(st.sampled_from(valid), max_size=6)) if valid else []
    for strength in range(1, len(some.axes) + 1):
        tuples = [
            {axis.name: value for axis, value in zip(axes, values, strict=True)}
            for axes in combinations(some.axes, strength)
            for values in product(*(axis.values for axis in axes))
        ]
        allowed = [chosen for chosen in tuples if any(has(case, chosen) for case in valid)]
        missing = [c for c in allowed if not any(has(case, c) for case in cases)]
        found = measure(some, cases, strength)
        assert (found.allowed, list(found.missing)) == (len(allowed), missing)


def test_an_invalid_case_covers_nothing():
    axes = (Factor("feature", ("off", "on")), Factor("dev", ("off", "on")))
    some = model(axes, implies(axes, {"dev": ("on",)}, {"feature": ("on",)}))
    broken = {"feature": "off", "dev": "on"}
    assert breaks(some, broken) == some.constraints
    assert measure(some, [broken], 1).covered == 0


def test_the_summary_rounds_down():
    some = uniform(2, 2, 2)
    half = [some.case(row) for row in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0))]
    assert summary(some, half, (1, 2, 3, 4)) == "1-way 100 %, 2-way 100 %, 3-way 50 %"
    assert summary(some, half[:3], (2,)) == "2-way 75 %"
    assert str(measure(uniform(100, 10), [], 2)) == "2-way 0 %"


def test_sub_matrices_and_seeds_count_as_wanted():
    axes = uniform(2, 2, 2).axes
    some = model(axes, seeds=[{"a0": "v1"}], sub_matrices=[SubMatrix(("a0", "a1"), 2)])
    cases = [some.case((0, 0, 0)), some.case((0, 1, 1))]
    assert unmet(some, cases, 1) == (
        {"a0": "v1"},
        {"a0": "v1", "a1": "v0"},
        {"a0": "v1", "a1": "v1"},
        {"a0": "v1"},
    )
