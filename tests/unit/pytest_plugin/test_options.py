"""The plugin's options, in a test session of somebody who has options of their own."""

from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.pytest_plugin import options
from harness.pytest_plugin.browser_output import kept_of
from harness.pytest_plugin.session import app_of, settings_of
from harness.settings import DECLARED, flags_of

pytest_plugins = ["pytester"]

CONFTEST = """
def pytest_addoption(parser):
    for option in ("engine", "app", "confluence", "ccma", "time-scale", "output", "headed"):
        parser.addoption(f"--{option}")
"""
TEST = "def test_it(pytestconfig): assert pytestconfig.getoption('app') == 'theirs'"


@pytest.fixture(autouse=True)
def alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other plugin's options, warnings or fixtures."""
    del pytester  # it clears the variable
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:asyncio -p no:playwright")


def test_they_are_the_settings_options() -> None:
    named = [(each.flag, each.ini, each.kind, tuple(each.choices)) for each in options.SETTINGS]
    assert named == [
        (each.option, each.ini, each.type, each.choices) for each in flags_of("pytest")
    ]
    assert all(each.help for each in options.EVERY)
    assert not {each.name for each in options.EVERY} - {*DECLARED, "app", "stack", "evidence"}


def test_a_conftest_may_have_options_of_the_same_words(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TEST)
    done = pytester.runpytest_subprocess(
        *("--engine=diesel", "--app=theirs", "--harness-app=ours", "--output=x", "--slowmo=5")
    )
    done.assert_outcomes(passed=1)


def test_an_option_comes_before_its_twin_in_pytests_configuration(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeini(
        "[pytest]\nharness_engine = local\nharness_ccma = 3.1.7\nharness_app = app\n"
        "harness_results = kept\nharness_keep = true\n"
    )
    config = pytester.parseconfigure("--harness-engine", "docker")
    settings = settings_of(config)
    assert (settings.engine, settings.ccma, settings.keep) == ("docker", "3.1.7", True)
    assert (settings.results, app_of(config)) == (pytester.path / "kept", pytester.path / "app")
    assert app_of(pytester.parseconfigure("--harness-app", "other")) == Path("other")


def test_settings_are_those_of_the_root_that_pytest_found(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyprojecttoml(
        '[tool.pytest.ini_options]\nxfail_strict = true\n[tool.harness]\nengine = "local"\n'
    )
    below = pytester.mkdir("below")
    (below / "test_it.py").write_text("def test_it(): pass\n")
    monkeypatch.chdir(below)
    settings = settings_of(pytester.parseconfigure())
    assert (settings.engine, settings.results) == ("local", pytester.path / "build/runs")
    header = f"harness: settings of pyproject.toml [tool.harness] in {pytester.path}"
    pytester.runpytest_subprocess().stdout.fnmatch_lines([header.replace("[", "[[]")])


def test_a_suite_without_settings_is_told_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")
    pytester.runpytest_subprocess().stdout.no_fnmatch_line("harness*")


def test_a_wrong_value_names_the_option(pytester: pytest.Pytester) -> None:
    config = pytester.parseconfigure("--harness-ccma", "3.2")
    with pytest.raises(BadInput, match=r"^setting ccma \(--harness-ccma\): no CCMA version"):
        settings_of(config)


def test_bad_input_is_one_line_of_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(cloud): pass")
    done = pytester.runpytest_subprocess("--harness-ccma", "3.2", "-q")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["setting ccma (--harness-ccma): no CCMA version*"])
    done.stdout.no_fnmatch_line("*During handling*")
    done.stdout.no_fnmatch_line("*harness/pytest_plugin*")


def test_what_is_kept_of_the_browser_is_as_pytest_playwright_says_it(
    pytester: pytest.Pytester,
) -> None:
    config = pytester.parseconfigure("--video=retain-on-failure", "--screenshot=on")
    kept = kept_of(config)
    assert kept.films
    assert [kept.wants(kept.video, failed=failed) for failed in (True, False)] == [True, False]
    assert kept.wants(kept.screenshot, failed=False)
    assert not kept.wants(kept.tracing, failed=True)
    folder = kept.folder("tests/test_a.py::test_b[COMPLETE 100]")
    assert folder == pytester.path / "test-results/tests-test-a-py-test-b-complete-100"


SEEN = """
import sys

def pytest_sessionfinish():
    print("imported:", *sorted(name for name in sys.modules if name.partition(".")[0] in {seen}))
"""


def test_a_session_that_uses_no_fixture_imports_no_more_than_the_options(
    pytester: pytest.Pytester,
) -> None:
    ours = {"harness", "pydantic", "httpx", "docker", "playwright", "testcontainers", "yaml"}
    pytester.makeconftest(SEEN.format(seen=ours))
    pytester.makepyfile("def test_it(): pass")
    done = pytester.runpytest_subprocess("-p", "no:schemathesis", "-p", "no:hypothesispytest")
    [line] = [line for line in done.outlines if "imported:" in line]
    assert line.partition("imported: ")[2].split() == [
        "harness",
        "harness.errors",
        "harness.pytest_plugin",
        "harness.pytest_plugin.browser_options",
        "harness.pytest_plugin.options",
        "harness.support",
        "harness.support.project",
    ]
