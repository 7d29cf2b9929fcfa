"""Models that make no sense are refused in one line that says what would be right."""

import pytest

from harness.errors import BadInput
from harness.matrix.feasible import check
from harness.matrix.model import Factor, Forbidden, SubMatrix, implies, model

FEATURE = Factor("feature", ("off", "on"))
DEV = Factor("dev-mode", ("off", "on"))
CCMA = Factor("ccma", ("3.9.6", "3.1.7"))
AXES = (FEATURE, DEV, CCMA)


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: model([]), "no axis"),
        (lambda: model([Factor("ccma", ())]), "axis 'ccma' has no value"),
        (lambda: model([Factor("ccma", ("a", "a"))]), "the value 'a' twice"),
        (lambda: model([FEATURE, FEATURE]), "'feature' is there twice"),
        (lambda: model(AXES, [Forbidden({"dev-mod": ("on",)})]), "did you mean 'dev-mode'?"),
        (lambda: model(AXES, [Forbidden({"ccma": ("3.1.6",)}, "rule 1")]), "rule 1: axis 'ccma'"),
        (lambda: model(AXES, [Forbidden({"ccma": ()})]), "without a value"),
        (lambda: model(AXES, [Forbidden({})]), "names no axis"),
        (lambda: model(AXES, seeds=[{"feature": "onn"}]), "seed 1: .*did you mean 'on'?"),
        (lambda: model(AXES, sub_matrices=[SubMatrix(("ccma",), 2)]), "strength 2 cannot be"),
        (lambda: model(AXES, sub_matrices=[SubMatrix(("cma",), 1)]), "did you mean 'ccma'?"),
        (lambda: model(AXES, sub_matrices=[SubMatrix(("ccma", "ccma"), 1)]), "an axis twice"),
        (lambda: implies(AXES, {"dev-mode": ("on",)}, {"featur": ("on",)}), "mean 'feature'?"),
    ],
)
def test_nonsense_is_refused_in_one_line(build, said):
    with pytest.raises(BadInput, match=said) as caught:
        build()
    assert "\n" not in str(caught.value)


def test_contradicting_constraints_are_named_and_no_others():
    rules = [
        Forbidden({"ccma": ("3.1.7",)}, "only the new version"),
        *implies(AXES, {"ccma": ("3.9.6",)}, {"feature": ("on",)}, "new needs the feature"),
        Forbidden({"dev-mode": ("on",)}, "no dev mode"),
        Forbidden({"feature": ("on",)}, "no feature"),
    ]
    with pytest.raises(BadInput) as caught:
        check(model(AXES, rules))
    said = str(caught.value)
    assert "only the new version; new needs the feature; no feature" in said
    assert "dev mode" not in said


def test_a_seed_that_breaks_the_constraints_is_refused():
    rule = implies(AXES, {"dev-mode": ("on",)}, {"feature": ("on",)})
    with pytest.raises(BadInput, match=r"seed 1 \(dev-mode=on, feature=off\) breaks"):
        check(model(AXES, rule, seeds=[{"dev-mode": "on", "feature": "off"}]))


def test_an_implication_forbids_what_it_leaves_out():
    assert implies(AXES, {"dev-mode": ("on",)}, {"feature": ("on",)}) == (
        Forbidden({"dev-mode": ("on",), "feature": ("off",)}),
    )
    assert implies(AXES, {"dev-mode": ("on",)}, {"feature": ("on", "off")}) == ()
    assert implies(AXES, {"ccma": ("3.9.6", "3.1.7")}, {"ccma": ("3.9.6",)}) == (
        Forbidden({"ccma": ("3.1.7",)}),
    )
