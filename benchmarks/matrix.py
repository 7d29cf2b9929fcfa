"""Rows and seconds of covering suites, beside allpairspy and coverwise in the same run.

    python -m benchmarks.matrix

Every suite, the peers' too, is measured by `harness.matrix.coverage`, which shares no code with
what makes ours. Peers: `pip install allpairspy coverwise`.
"""

import time
from collections.abc import Callable, Sequence
from itertools import combinations

import coverwise
from allpairspy import AllPairs

from harness.matrix.coverage import measure
from harness.matrix.covering import cover
from harness.matrix.locating import locating
from harness.matrix.model import Factor, Model, implies, model
from harness.matrix.shrink import shrink

Cases = Sequence[dict[str, str]]
Generator = Callable[[Model, int], Cases]


def uniform(*sizes: int) -> Model:
    return model([Factor(f"a{n}", tuple(f"v{v}" for v in range(s))) for n, s in enumerate(sizes)])


PAIRS = {
    "3^4": ([3] * 4, 9),
    "3^13": ([3] * 13, 17),
    "4^15 3^17 2^29": ([4] * 15 + [3] * 17 + [2] * 29, 34),
    "4^1 3^39 2^35": ([4] + [3] * 39 + [2] * 35, 26),
    "2^10": ([2] * 10, 6),
    "2^20": ([2] * 20, 8),
    "2^100": ([2] * 100, 10),
    "10^20": ([10] * 20, 205),
}
HIGHER = {
    "2^10 strength 3": ([2] * 10, 3),
    "2^10 strength 4": ([2] * 10, 4),
    "3^10 strength 3": ([3] * 10, 3),
    "4^5 strength 3": ([4] * 5, 3),
    "4^20 strength 3": ([4] * 20, 3),
    "3^6 4^1 2^8 strength 4": ([3] * 6 + [4] + [2] * 8, 4),
}


def ours(some: Model, strength: int) -> Cases:
    return cover(some, strength).cases


def with_allpairspy(some: Model, strength: int) -> Cases:
    rows = AllPairs([axis.values for axis in some.axes], n=strength)
    return [dict(zip(some.names, row, strict=True)) for row in rows]


def with_coverwise(some: Model, strength: int) -> Cases:
    parameters = {axis.name: list(axis.values) for axis in some.axes}
    return list(coverwise.generate(parameters=parameters, strength=strength)["tests"])


def rows_and_seconds(generate: Generator, some: Model, strength: int) -> str:
    start = time.perf_counter()
    cases = generate(some, strength)
    seconds = time.perf_counter() - start
    missing = len(measure(some, cases, strength).missing)
    return f"{len(cases):5} {seconds:7.2f} s" + (f"  MISSING {missing}" if missing else "")


def pairs() -> None:
    print(f"{'strength 2':24} {'at most':>8} {'harness':>16} {'allpairspy':>16} {'coverwise':>16}")
    for name, (sizes, most) in PAIRS.items():
        some = uniform(*sizes)
        figures = [rows_and_seconds(g, some, 2) for g in (ours, with_allpairspy, with_coverwise)]
        print(f"{name:24} {most:8} " + " ".join(f"{figure:>16}" for figure in figures))


def higher_strengths() -> None:
    print(f"\n{'higher strengths':33} {'harness':>16} {'coverwise':>33}")
    for name, (sizes, strength) in HIGHER.items():
        some = uniform(*sizes)
        figures = [rows_and_seconds(g, some, strength) for g in (ours, with_coverwise)]
        print(f"{name:33} {figures[0]:>16} {figures[1]:>33}")


def locating_suites() -> None:
    print("\nlocating suites (any one value or pair of values follows from the marks)")
    for name, sizes in {"2^10": [2] * 10, "4 3^3 2^4": [4, 3, 3, 3, 2, 2, 2, 2]}.items():
        start = time.perf_counter()
        suite = locating(uniform(*sizes))
        seconds = time.perf_counter() - start
        print(f"{name:24} {len(suite.rows):5} rows {seconds:5.2f} s  confused {suite.confused}")


def shrinking() -> None:
    print("\nshrinking: runs, at most and on average, over all causes of a size")
    for axes in (8, 12):
        some = uniform(*[2] * axes)
        failing, passing = dict.fromkeys(some.names, "v1"), dict.fromkeys(some.names, "v0")
        for size in (1, 2, 3):
            runs = [
                shrink(
                    some,
                    failing,
                    passing,
                    lambda case, names=names: all(case[name] == "v1" for name in names),
                ).runs
                for names in combinations(some.names, size)
            ]
            mean = sum(runs) / len(runs)
            print(f"{axes} axes, {size} to blame: at most {max(runs)}, on average {mean:.1f}")
    axes = [
        Factor("feature", ("off", "on")),
        Factor("dev mode", ("off", "on")),
        Factor("CCMA", ("3.9.6", "3.1.7")),
    ]
    some = model(axes, implies(axes, {"dev mode": ("on",)}, {"feature": ("on",)}))
    found = shrink(
        some,
        {"feature": "on", "dev mode": "on", "CCMA": "3.1.7"},
        {"feature": "off", "dev mode": "off", "CCMA": "3.9.6"},
        lambda case: case["dev mode"] == "on" and case["CCMA"] == "3.1.7",
    )
    print(f"the seed's matrix: {found}; {found.runs} runs")


if __name__ == "__main__":
    pairs()
    higher_strengths()
    locating_suites()
    shrinking()
