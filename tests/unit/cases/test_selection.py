import pytest

from harness.cases.selection import compile_expression, nearest
from harness.errors import BadInput

IDS = ["seed[feature=on,ccma=3.1.7]", "seed[feature=on,ccma=3.9.6]", "seed[feature=off,ccma=3.9.6]"]


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ("feature=on", [0, 1]),
        ("feature=on and ccma=3.1.7", [0]),
        ("not feature=on", [2]),
        ("feature=off or ccma=3.1.7", [0, 2]),
        ("feature=on and not ccma=3.1.7 or feature=off", [1, 2]),
        ("feature=on and (ccma=3.1.7 or feature=off)", [0]),
        ("nothing", []),
    ],
)
def test_expressions_choose(expression: str, chosen: list[int]) -> None:
    matches = compile_expression(expression)
    assert [index for index, name in enumerate(IDS) if matches(name)] == chosen


@pytest.mark.parametrize("expression", ["", "a and", "or a", "(a", "a )", "not", "a b"])
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(BadInput, match=r"^-k "):
        compile_expression(expression)


@pytest.mark.parametrize(
    ("text", "first"),
    [("feture=off", IDS[2]), ("ccma=3.1.8", IDS[0]), ("not feature=of and ccma=3.9.6", IDS[2])],
)
def test_ids_near_an_expression_are_named(text: str, first: str) -> None:
    assert nearest(text, IDS, most=1) == f"nearest: {first} (and 2 others)"
