"""What a test's markers say wrongly is one line, before anything is brought up."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from harness.errors import BadInput
from harness.pytest_plugin import markers, scheduling
from harness.settings import Settings
from harness.support import assets
from harness.vocabulary.behaviours import BEHAVIOURS

pytest_plugins = ["pytester"]

KEY = "migration-assistant.app-migration.feature"

CHARTS = assets.sample_app("charts")

NO_STACK = """
import pytest
from types import SimpleNamespace
from harness.drivers.confluence import dark_features as driver

driver.set_site = lambda _, flags: print("set", dict(flags))

@pytest.fixture(scope="session")
def harness_session():
    return SimpleNamespace(is_over=False)

@pytest.fixture
def harness_testbed():
    return None

@pytest.fixture
def confluence(harness_testbed):
    return None
"""


@pytest.fixture(autouse=True)
def alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other plugin's options, warnings or fixtures."""
    del pytester  # it clears the variable
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:asyncio -p no:playwright")


def marked(mark: Any = None) -> Any:
    """A test with one marker, as pytest has it."""
    return SimpleNamespace(
        location=("test_mine.py", 6, "test_it"),
        nodeid="test_mine.py::test_it",
        get_closest_marker=lambda name: mark.mark if mark and name == mark.name else None,
    )


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        (
            pytest.mark.dark_features({KEY: "no"}),
            rf"dark_features: '{KEY}' cannot be 'no': write True or False",
        ),
        (pytest.mark.dark_features({KEY: 1}), r"dark_features: .* cannot be 1: write True"),
        (pytest.mark.dark_features({7: True}), r"dark_features: 7 is no key of a dark feature"),
        (pytest.mark.dark_features(KEY), rf"dark_features: '{KEY}' is no mapping: write {{KEY: "),
        (pytest.mark.dark_features(), r"dark_features: takes one value: write dark_features\({KEY"),
        (pytest.mark.dark_features(KEY, True), r"dark_features: takes one value"),
        (pytest.mark.dark_features(flags={}), r"dark_features: takes one value"),
        (pytest.mark.ccma("9"), r"ccma: no CCMA version '9' is modelled; there are 3\.1\.7, "),
        (pytest.mark.ccma(3.9), r"ccma: no CCMA version '3\.9' is modelled"),
        (
            pytest.mark.cloud_app("seeed"),
            r"cloud_app: there is no behaviour 'seeed'; did you mean 'seed'\?",
        ),
        (pytest.mark.cloud_app("xyz"), r"cloud_app: there is no behaviour 'xyz'; there are seed"),
        (pytest.mark.app(7), r"app: 7 is no path: name the folder with app\.yaml"),
        (pytest.mark.app("no/such"), r"app: there is no no/such/app\.yaml$"),
        (pytest.mark.app(CHARTS / "app.yaml"), r"app: .*/app\.yaml is a file: name the folder"),
    ],
)
def test_a_wrong_marker_is_one_line_with_the_test_s_place(mark: Any, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        markers.check(marked(mark))
    assert re.match(rf"test_mine\.py:7: test_it: marker {says}", str(caught.value))
    assert "\n" not in str(caught.value)


def test_right_markers_are_taken() -> None:
    seed = BEHAVIOURS["seed"]
    assert markers.dark_features(marked(pytest.mark.dark_features({KEY: False}))) == {KEY: False}
    assert markers.ccma(marked(pytest.mark.ccma("3.1.7"))) == "3.1.7"
    assert markers.cloud_app(marked(pytest.mark.cloud_app("fails"))) == "fails"
    assert markers.cloud_app(marked(pytest.mark.cloud_app(seed))) == seed
    assert markers.app(marked(pytest.mark.app(str(CHARTS)))) == CHARTS
    markers.check(marked())
    assert markers.dark_features(marked()) == {}


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        (f"dark_features({{'{KEY}': 'no'}})", "*cannot be 'no': write True or False*"),
        ("ccma('9')", "*no CCMA version '9' is modelled; there are 3.1.7, *"),
        ("cloud_app('seeed')", "*there is no behaviour 'seeed'; did you mean 'seed'?*"),
    ],
)
def test_nothing_is_brought_up_for_a_wrong_marker(
    pytester: pytest.Pytester, mark: str, says: str
) -> None:
    pytester.makepyfile(
        test_mine=f"import pytest\n@pytest.mark.{mark}\ndef test_it(migration): pass\n"
        "@pytest.mark.ccma('theirs')\ndef test_of_somebody_else(): pass\n"
    )
    done = pytester.runpytest_subprocess("--harness-engine=local", "-rE")
    done.assert_outcomes(errors=1, passed=1)
    done.stdout.fnmatch_lines([f"test_mine.py:2: test_it: marker {says}"])
    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*bringing up*")
    assert not (pytester.path / "build").exists()


def test_a_skipped_test_stays_skipped(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import pytest\n@pytest.mark.skip\n@pytest.mark.ccma('9')\ndef test_it(migration): pass\n"
    )
    pytester.runpytest_subprocess("--harness-engine=local").assert_outcomes(skipped=1)


def test_a_misspelt_dark_feature_is_in_the_warnings_summary(pytester: pytest.Pytester) -> None:
    """Confluence takes any key and switches nothing by a misspelt one."""
    pytester.makeconftest(NO_STACK)
    pytester.makepyfile(
        test_mine=f"""
        import pytest

        @pytest.mark.dark_features({{"{KEY}s": True}})
        def test_marked(dark_features): pass

        def test_called(dark_features): dark_features({{"{KEY}x": True}})

        @pytest.mark.dark_features({{"{KEY}": True, "somebody.elses": True}})
        def test_right(dark_features): pass
        """
    )
    done = pytester.runpytest_subprocess()
    done.assert_outcomes(passed=3, warnings=2)
    for test, letter in (("test_marked", "s"), ("test_called", "x")):
        warned = f"*no dark feature of app migration is called '{KEY}{letter}'; did you mean*"
        done.stdout.fnmatch_lines(["*warnings summary*", f"test_mine.py::{test}", warned])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (f'{{"{KEY}": "no"}}', f"'{KEY}' cannot be 'no': write True or False"),
        (f'"{KEY}"', f"'{KEY}' is no mapping: write {{KEY: True}} or {{KEY: False}}"),
    ],
)
def test_the_fixture_refuses_what_the_marker_does(
    pytester: pytest.Pytester, given: str, says: str
) -> None:
    pytester.makeconftest(NO_STACK)
    pytester.makepyfile(f"def test_it(dark_features): dark_features({given})")
    done = pytester.runpytest_subprocess()
    done.assert_outcomes(failed=1)
    assert f"BadInput: test_it: dark_features: {says}" in done.stdout.str()
    done.stdout.no_fnmatch_line("*harness/pytest_plugin*")
    done.stdout.no_fnmatch_line("set {'*")


def test_a_test_with_a_wrong_marker_does_not_end_the_schedule() -> None:
    """pytest takes any error there for one of its own."""
    wrong, right = marked(pytest.mark.ccma("9")), marked()
    wrong.nodeid = "test_mine.py::test_wrong"
    assert scheduling.parts([wrong, right], Settings(), CHARTS, 1) == {"test_mine.py::test_it": 0}
