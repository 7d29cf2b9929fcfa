import itertools

from made_run import ready_for_good

from harness.report.matrix_map import MatrixMap, maps
from harness.store.results import CaseResult, VerdictName


def case(file: str, verdict: VerdictName = "passed", **axes: str) -> CaseResult:
    identity = ",".join(f"{name}={value}" for name, value in axes.items())
    return ready_for_good(id=f"{file}[{identity}]", axes=axes, verdict=verdict)


def only(*cases: CaseResult) -> MatrixMap:
    (found,) = maps(cases)
    return found


def seed() -> list[CaseResult]:
    combinations = itertools.product(("off", "on"), ("off", "on"), ("3.1.7", "3.9.6"))
    return [case("seed", feature=f, mode=m, ccma=c) for f, m, c in combinations]


def test_the_seed_is_a_table_of_four_by_two() -> None:
    found = only(*seed())
    assert found.row_axes == ("feature", "mode")
    assert found.column_axes == ("ccma",)
    assert [h.text for h in found.column_headings[0]] == ["3.1.7", "3.9.6"]
    assert [[(h.text, h.span) for h in line.headings] for line in found.lines] == [
        [("off", 2), ("off", 1)],
        [("on", 1)],
        [("on", 2), ("off", 1)],
        [("on", 1)],
    ]
    assert [c.id for line in found.lines for c in line.cells if c] == [c.id for c in seed()]


def test_a_case_that_was_not_run_is_a_hole() -> None:
    found = only(*seed()[1:])
    assert found.lines[0].cells[0] is None
    assert found.lines[0].cells[1] is not None


def test_an_axis_with_one_value_is_told_beside() -> None:
    found = only(case("a", x="1", y="1"), case("a", x="2", y="1"))
    assert found.fixed == (("y", "1"),)
    assert found.column_axes == ("x",)
    assert len(found.lines) == 1


def test_each_file_has_a_map_of_its_own() -> None:
    found = maps([case("a", x="1"), case("b", z="1"), case("a", x="2")])
    assert [(m.name, len(m.strip) + sum(len(line.cells) for line in m.lines)) for m in found] == [
        ("a", 2),
        ("Files of one case", 1),
    ]


def test_a_covering_array_is_a_strip_with_verdicts_by_value() -> None:
    names = [f"flag{n}" for n in range(10)]
    cases = [
        case(
            "many",
            "failed" if n == 3 else "passed",
            **{name: str(n * 37 % 1024 >> i & 1) for i, name in enumerate(names)},
        )
        for n in range(40)
    ]
    found = only(*cases)
    assert found.lines == ()
    assert found.strip == tuple(cases)
    flags = {(v.axis, v.value): v for v in found.values}
    assert flags["flag0", "1"].counts == (("passed", 19), ("failed", 1))
    assert flags["flag0", "1"].total == 20


def test_cases_without_axes_are_a_strip() -> None:
    assert len(only(case("plain")).strip) == 1
