"""The solver agrees with trying everything."""

from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import models, uniform, valid_cases

from harness.matrix.feasible import FeasibleSpace, unreachable
from harness.matrix.model import Factor, Forbidden, implies, model


@given(models())
@settings(deadline=None, max_examples=150)
def test_what_extends_is_what_some_valid_case_contains(some):
    space = FeasibleSpace(some)
    cases = valid_cases(some)
    assert space.count() == len(cases)
    for axes in [*combinations(some.axes, 1), *combinations(some.axes, 2)]:
        for values in product(*(axis.values for axis in axes)):
            partial = {axis.name: value for axis, value in zip(axes, values, strict=True)}
            contained = any(partial.items() <= case.items() for case in cases)
            assert space.extends(space.ids(partial.items())) == contained


@given(models(), st.data())
@settings(deadline=None, max_examples=100)
def test_a_completed_case_is_valid_and_has_what_it_was_asked_for(some, data):
    space = FeasibleSpace(some)
    cases = valid_cases(some)
    if not cases:
        assert space.complete(0, 0) is None
        return
    wish = data.draw(st.sampled_from(cases))
    axis = data.draw(st.sampled_from(some.axes))
    ids = space.complete(space.ids([(axis.name, wish[axis.name])]), space.ids(wish.items()))
    assert some.case(space.row(ids)) == wish


def test_counting_does_not_need_to_enumerate():
    some = uniform(*[2] * 100)
    assert FeasibleSpace(some).count() == 2**100
    boxed = model(some.axes, [Forbidden({"a0": ("v1",), "a99": ("v1",)})])
    assert FeasibleSpace(boxed).count() == 3 * 2**98


def test_values_that_no_case_has_are_told():
    axes = (Factor("feature", ("off", "on")), Factor("dev", ("off", "on")))
    rules = [
        *implies(axes, {"dev": ("on",)}, {"feature": ("on",)}),
        Forbidden({"feature": ("on",)}),
    ]
    assert unreachable(FeasibleSpace(model(axes, rules))) == (("feature", "on"), ("dev", "on"))
