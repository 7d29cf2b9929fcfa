"""Designs from the literature have the rows and the coverage that it promises."""

import math

import pytest
from small_models import uniform

from harness.matrix.algebra import flags, orthogonal, prime_power_from, rotated
from harness.matrix.chance import chance
from harness.matrix.coverage import measure


def covers(rows, values, strength):
    some = uniform(*[values] * len(rows[0]))
    return measure(some, [some.case(row) for row in rows], strength).missing == ()


@pytest.mark.parametrize(
    ("count", "rows"), [(1, 2), (2, 4), (3, 4), (4, 5), (10, 6), (15, 7), (20, 8), (100, 10)]
)
def test_flags_take_the_closed_forms_rows(count, rows):
    suite = flags(count)
    assert len(suite) == rows
    assert count == 1 or covers(suite, 2, 2)
    assert suite[0] == [0] * count


def test_flags_reach_the_bound_exactly():
    for rows in range(4, 9):
        full = math.comb(rows - 1, (rows + 1) // 2)
        assert len(flags(full)) == rows
        assert len(flags(full + 1)) == rows + 1


@pytest.mark.parametrize(
    ("values", "axes", "strength"),
    [(2, 3, 2), (3, 4, 2), (4, 5, 2), (5, 6, 2), (8, 9, 2), (9, 10, 2), (4, 5, 3), (3, 4, 3)],
)
def test_orthogonal_arrays_have_every_tuple_once(values, axes, strength):
    rows = orthogonal(values, axes, strength)
    assert len(rows) == values**strength
    assert covers(rows, values, strength)


def test_there_is_no_orthogonal_array_without_a_field_or_beyond_it():
    assert orthogonal(6, 3, 2) is None
    assert orthogonal(3, 5, 2) is None
    assert [prime_power_from(n) for n in (2, 6, 10, 14)] == [2, 7, 11, 16]


def test_a_rotated_vector_covers():
    rows = rotated(10, 20, chance(), 20_000)
    assert len(rows) == 20 * 9 + 1
    assert covers(rows, 10, 2)


def test_a_vector_that_cannot_be_is_not_found():
    assert rotated(5, 4, chance(), 500) is None
