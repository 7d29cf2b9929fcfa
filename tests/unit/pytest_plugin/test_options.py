"""The plugin's options, in a test session of somebody who has options of their own."""

from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.pytest_plugin import _app, _settings

pytest_plugins = ["pytester"]

CONFTEST = """
def pytest_addoption(parser):
    for option in ("engine", "app", "confluence", "ccma", "time-scale"):
        parser.addoption(f"--{option}")
"""
TEST = "def test_it(pytestconfig): assert pytestconfig.getoption('app') == 'theirs'"


def test_a_conftest_may_have_options_of_the_same_words(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TEST)
    done = pytester.runpytest_inprocess("--engine=diesel", "--app=theirs", "--harness-app=ours")
    done.assert_outcomes(passed=1)


def test_an_option_comes_before_its_twin_in_pytests_configuration(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeini("[pytest]\nharness_engine = local\nharness_ccma = 3.1.7\nharness_app = app")
    config = pytester.parseconfigure("--harness-engine", "docker")
    settings = _settings(config)
    assert (settings.engine, settings.ccma) == ("docker", "3.1.7")
    assert _app(config) == pytester.path / "app"
    assert _app(pytester.parseconfigure("--harness-app", "other")) == Path("other")


def test_a_wrong_value_names_the_option(pytester: pytest.Pytester) -> None:
    config = pytester.parseconfigure("--harness-ccma", "3.2")
    with pytest.raises(BadInput, match=r"^setting ccma \(--harness-ccma\): no CCMA version"):
        _settings(config)
