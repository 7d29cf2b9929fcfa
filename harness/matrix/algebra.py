"""Suites that mathematics gives: closed forms and designs, as rows of value numbers.

Each covers a *uniform* matrix, k axes of v values. A matrix of mixed axes takes one for its longest
axis and reads the values that a shorter axis lacks as free.
"""

import math
from collections.abc import Sequence
from itertools import combinations, islice, product
from random import Random

Rows = list[list[int]]


def flags(count: int) -> Rows:
    """The smallest suite of strength 2 for so many on/off flags.

    N rows serve C(N-1, ceil(N/2)) flags and no more: the first row is all off, and each flag is on
    in its own choice of ceil(N/2) of the others. Two such choices meet, since together they are
    more than N-1; neither holds the other, since they are as large. (A. Rényi, Foundations of
    Probability, 1971; G. Katona, Periodica Math. Hung. 3, 1973; D. Kleitman, J. Spencer,
    Discrete Math. 6, 1973.)
    """
    if count < 2:
        return [[0] * count, [1] * count]
    rows = 4
    while math.comb(rows - 1, (rows + 1) // 2) < count:
        rows += 1
    on = list(islice(combinations(range(1, rows), (rows + 1) // 2), count))
    return [[int(row in chosen) for chosen in on] for row in range(rows)]


def orthogonal(values: int, axes: int, strength: int) -> Rows | None:
    """An orthogonal array of index 1 for a prime power of values and at most one axis more.

    Rows are the polynomials of degree below the strength over GF(v), a column is the value at one
    point of the field, and one column more is the leading coefficient (K. Bush, "Orthogonal arrays
    of index unity", Ann. Math. Stat. 23, 1952). Every tuple is there exactly once, so no suite is
    smaller.

    Returns:
        The rows, or None where there is no such field or it is too small.
    """
    field = _field(values)
    if field is None or axes > values + 1:
        return None
    add, times = field
    rows = []
    for coefficients in product(range(values), repeat=strength):
        row = []
        for point in range(values):
            total = 0
            for coefficient in coefficients:
                total = add[times[total][point]][coefficient]
            row.append(total)
        rows.append([*row, coefficients[0]][-axes:])
    return rows


def prime_power_from(values: int) -> int:
    """The smallest prime power that is not below a number of at least 2."""
    while _prime_of(values) is None:
        values += 1
    return values


def _prime_of(q: int) -> int | None:
    """The prime whose power q is, or None."""
    p = next((d for d in range(2, q + 1) if q % d == 0), None)
    if p is None:
        return None
    while q % p == 0:
        q //= p
    return p if q == 1 else None


def _field(q: int) -> tuple[Rows, Rows] | None:
    """The tables of addition and multiplication of GF(q), its elements numbered from 0; or None.

    An element is a polynomial over GF(p), its coefficients the digits of its number, the lowest
    first. It is multiplied modulo the first monic polynomial that leaves no zero divisors.
    """
    p = _prime_of(q)
    if p is None:
        return None
    digits = 1
    while p**digits < q:
        digits += 1
    polynomials = [[n // p**d % p for d in range(digits)] for n in range(q)]
    numbers = {tuple(polynomial): n for n, polynomial in enumerate(polynomials)}
    add = [
        [numbers[tuple((x + y) % p for x, y in zip(a, b, strict=True))] for b in polynomials]
        for a in polynomials
    ]
    for modulus in polynomials:
        times = [[numbers[_multiply(a, b, modulus, p)] for b in polynomials] for a in polynomials]
        if all(0 not in row[1:] for row in times[1:]):
            return add, times
    raise AssertionError(f"there is a field of {q} elements")


def _multiply(
    a: Sequence[int], b: Sequence[int], modulus: Sequence[int], p: int
) -> tuple[int, ...]:
    """a * b modulo x^n + modulus, over GF(p)."""
    digits = len(a)
    result = [0] * (2 * digits - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            result[i + j] = (result[i + j] + x * y) % p
    for power in range(2 * digits - 2, digits - 1, -1):
        factor = result[power]
        for i, m in enumerate(modulus):
            result[power - digits + i] = (result[power - digits + i] - factor * m) % p
    return tuple(result[:digits])


def rotated(values: int, axes: int, random: Random, tries: int) -> Rows | None:
    """A suite of strength 2 with k(v-1) + 1 rows, made of all rotations of one vector.

    K. Meagher and B. Stevens, "Group construction of covering arrays", J. Combin. Designs 13,
    2005: a vector over the v-1 residues and one point at infinity is rotated through all columns
    and shifted through all residues; one row of infinities completes it. It covers when at every
    distance between two columns the pairs of entries show every difference of residues, and
    infinity on either side. Such a vector is found by annealing.

    Args:
        values: v, at least 3.
        axes: k.
        random: the source of chance; only its `random()` is used.
        tries: how many changes the annealing may try.

    Returns:
        The rows, or None where no vector was found.
    """
    infinity = values - 1
    kind = [[(b - a) % infinity for b in range(infinity)] + [infinity] for a in range(infinity)]
    kind.append([infinity + 1] * infinity + [0])
    required = (1 << values + 1) - 1

    def absent() -> int:
        total = 0
        for distance in range(1, axes // 2 + 1):
            seen = 0
            for column in range(axes):
                pair = vector[column - distance], vector[column]
                if pair != (infinity, infinity):
                    seen |= 1 << kind[pair[0]][pair[1]]
            total += (required & ~seen).bit_count()
        return total

    vector = [int(random.random() * values) for _ in range(axes)]
    left = absent()
    for _ in range(tries):
        if not left:
            break
        column = int(random.random() * axes)
        old = vector[column]
        vector[column] = int(random.random() * values)
        after = absent()
        if after - left < _SLACK * random.random():
            left = after
        else:
            vector[column] = old
    if left:
        return None
    rows = [
        [
            entry if entry == infinity else (entry + shift) % infinity
            for entry in (*vector[rotation:], *vector[:rotation])
        ]
        for rotation in range(axes)
        for shift in range(infinity)
    ]
    return [[infinity] * axes, *rows]


_SLACK = 1.5
"""How much worse a change may be and still be kept now and then: threshold accepting."""
