"""The one source of chance in this package: the same numbers on every machine, in every run."""

from random import Random


def chance() -> Random:
    """A generator that always begins alike.

    Only its `random()` may be used: Python promises that sequence for ever, and no other method's
    (https://docs.python.org/3/library/random.html, "Notes on Reproducibility").
    """
    return Random(20_211_005)  # noqa: S311 - chance for a search, not for a secret
