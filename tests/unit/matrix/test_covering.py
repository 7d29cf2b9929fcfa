"""Suites cover what they should, in as few rows as was promised, the same everywhere."""

import os
import subprocess
import sys
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import models, uniform, valid_cases

from harness.errors import BadInput
from harness.matrix.coverage import breaks, unmet
from harness.matrix.covering import all_combinations, cover
from harness.matrix.model import Factor, Forbidden, SubMatrix, implies, model


@pytest.mark.parametrize(
    ("sizes", "strength", "rows"),
    [
        ([3] * 4, 2, 9),
        ([3] * 13, 2, 15),
        ([4] * 15 + [3] * 17 + [2] * 29, 2, 30),
        ([4] + [3] * 39 + [2] * 35, 2, 22),
        ([2] * 100, 2, 10),
        ([10] * 20, 2, 180),
        ([2] * 10, 2, 6),
        ([2] * 20, 2, 8),
        ([3, 2, 2, 2, 4, 3, 2, 3], 2, 12),
        ([3, 2, 2, 2, 4, 3, 2, 3], 3, 36),
        ([4] * 5, 3, 64),
        ([2] * 10, 3, 12),
        ([2] * 10, 4, 24),
        ([5] * 6, 2, 25),
        ([1] * 3, 2, 1),
        ([2, 1, 3], 2, 6),
        ([7], 1, 7),
    ],
)
def test_rows(sizes, strength, rows):
    some = uniform(*sizes)
    suite = cover(some, strength, effort=600_000)
    assert unmet(some, suite.cases, strength) == ()
    assert suite.bound <= len(suite.rows) <= rows


@given(models(), st.integers(1, 4))
@settings(deadline=None, max_examples=120)
def test_any_model_is_covered_by_valid_cases(some, strength):
    strength = min(strength, len(some.axes))
    if not valid_cases(some):
        with pytest.raises(BadInput, match="contradict"):
            cover(some, strength)
        return
    suite = cover(some, strength, effort=20_000)
    assert not any(breaks(some, case) for case in suite.cases)
    assert unmet(some, suite.cases, strength) == ()
    assert len(suite.rows) >= suite.bound


@given(models())
@settings(deadline=None, max_examples=60)
def test_all_combinations_are_all(some):
    if valid_cases(some):
        assert list(all_combinations(some).cases) == valid_cases(some)


def test_seeds_come_first_and_stay():
    some = uniform(3, 3, 3, 3)
    seeds = ({"a0": "v2", "a1": "v1", "a2": "v2", "a3": "v0"}, {"a1": "v2"})
    suite = cover(model(some.axes, seeds=seeds), 2)
    assert suite.cases[0] == seeds[0]
    assert suite.cases[1]["a1"] == "v2"
    assert suite.kept == 2
    assert unmet(suite.model, suite.cases, 2) == ()


def test_one_seed_costs_flags_nothing():
    some = uniform(*[2] * 10)
    seed = {f"a{n}": f"v{n % 2}" for n in range(10)}
    suite = cover(model(some.axes, seeds=[seed]), 2)
    assert (len(suite.rows), suite.cases[0]) == (6, seed)
    assert unmet(suite.model, suite.cases, 2) == ()


def test_a_sub_matrix_has_its_own_strength():
    some = uniform(*[2] * 8)
    chosen = ("a0", "a3", "a5", "a7")
    suite = cover(model(some.axes, sub_matrices=[SubMatrix(chosen, 4)]), 2)
    assert {tuple(case[a] for a in chosen) for case in suite.cases} == set(
        product(("v0", "v1"), repeat=4)
    )
    assert len(suite.rows) == 16


def test_flags_with_a_rule_need_hardly_more_rows():
    axes = uniform(*[2] * 20).axes
    rules = [
        *implies(axes, {"a1": ("v1",)}, {"a0": ("v1",)}),
        Forbidden({"a2": ("v1",), "a3": ("v1",), "a4": ("v0",)}),
    ]
    suite = cover(model(axes, rules), 2)
    assert unmet(suite.model, suite.cases, 2) == ()
    assert len(suite.rows) <= 9


def test_a_strength_that_the_axes_cannot_have_is_refused():
    with pytest.raises(BadInput, match="strength 4 cannot be reached with 3 axes; use 1 to 3"):
        cover(uniform(2, 2, 2), 4)


def test_more_combinations_than_anybody_runs_are_refused():
    with pytest.raises(BadInput, match="1048576 cases; give a strength"):
        all_combinations(uniform(*[2] * 20))


def test_the_same_cases_whatever_the_hash_seed():
    script = (
        "from harness.matrix.covering import cover\n"
        "from harness.matrix.model import Factor, Forbidden, model\n"
        "axes = [Factor(f'x{n}', tuple('abcd'[:2 + n % 3])) for n in range(9)]\n"
        "rule = Forbidden({'x0': ('a',), 'x1': ('b',)})\n"
        "print(cover(model(axes, [rule]), 2, effort=100_000).rows)\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    axes = [Factor(f"x{n}", tuple("abcd"[: 2 + n % 3])) for n in range(9)]
    rule = Forbidden({"x0": ("a",), "x1": ("b",)})
    assert printed == {f"{cover(model(axes, [rule]), 2, effort=100_000).rows}\n"}
