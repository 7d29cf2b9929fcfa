"""A suite built case by case, each the best of a few attempts at covering the most that is left.

This is the one-row-at-a-time scheme of AETG (Cohen, Dalal, Fredman, Patton: "The AETG System",
IEEE Trans. Softw. Eng. 23(7), 1997): begin a case with a tuple that is still missing, then give the
other axes, in a random order, the value that covers most. It is where the search begins, and what
completes a suite that a construction or the user's seeds began.
"""

from collections.abc import Sequence
from random import Random

from harness.matrix.targets import Targets

ATTEMPTS = 5


def extend(targets: Targets, rows: Sequence[Sequence[int]], random: Random) -> list[list[int]]:
    """The rows, and after them as many more as it takes to cover every target.

    Args:
        targets: what is wanted.
        rows: cases to begin with, as ids by axis.
        random: the source of chance; only its `random()` is used, whose sequence Python keeps.
    """
    suite = [list(row) for row in rows]
    left = targets.uncovered(suite)
    while any(left):
        best: list[int] = []
        most = 0
        for _ in range(ATTEMPTS):
            row = _attempt(targets, left, random)
            contexts = targets.contexts(row)
            gain = sum((left[value] & contexts).bit_count() for value in row)
            if gain > most:
                best, most = row, gain
        contexts = targets.contexts(best)
        for value in best:
            left[value] &= ~contexts
        suite.append(best)
    return suite


def _attempt(targets: Targets, left: Sequence[int], random: Random) -> list[int]:
    space = targets.space
    neediest = max(range(len(left)), key=lambda value: left[value].bit_count())
    start = 1 << neediest | targets.context_ids[pick_bit(left[neediest], random)]
    row = [-1] * len(space.span)
    contexts = targets.contexts(row)
    chosen = 0
    order = sorted(
        (not span & start, random.random(), axis) for axis, span in enumerate(space.span)
    )
    for _, _, axis in order:
        best, most = -1, -1.0
        for value in range(space.first[axis], space.first[axis] + space.span[axis].bit_count()):
            if space.span[axis] & start and not start >> value & 1:
                continue
            gain = (left[value] & contexts).bit_count() + random.random()
            if gain > most and space.extends(chosen | 1 << value):
                best, most = value, gain
        row[axis] = best
        chosen |= 1 << best
        contexts = targets.contexts(row)
    return row


def pick_bit(bits: int, random: Random) -> int:
    """The number of one of the set bits, each equally likely."""
    for _ in range(int(random.random() * bits.bit_count())):
        bits &= bits - 1
    return (bits & -bits).bit_length() - 1
