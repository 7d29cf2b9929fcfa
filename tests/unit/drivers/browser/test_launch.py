from pathlib import Path

import pytest

from harness.drivers.browser.launch import Found, choose, launch_arguments, why
from harness.errors import BadInput


@pytest.fixture
def executable(tmp_path: Path) -> Path:
    path = tmp_path / "bin" / "chromium"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


MISSING = Path("/nonexistent/chrome")


def test_playwrights_own_comes_first(executable):
    assert choose(executable, {"HARNESS_CHROMIUM": "/x"}) == Found(executable, "Playwright")


def test_then_the_variable(executable):
    environment = {"HARNESS_CHROMIUM": str(executable), "PATH": ""}
    assert choose(MISSING, environment) == Found(executable, "HARNESS_CHROMIUM")


def test_then_the_path(executable):
    environment = {"PATH": str(executable.parent)}
    assert choose(MISSING, environment) == Found(executable, "PATH")


def test_none():
    assert choose(MISSING, {"PATH": "/nonexistent"}) is None


def test_a_variable_that_names_nothing_is_bad_input(tmp_path):
    plain = tmp_path / "chromium"
    plain.write_text("")
    for named in (tmp_path / "missing", plain, tmp_path):
        with pytest.raises(BadInput, match="not an executable file"):
            choose(MISSING, {"HARNESS_CHROMIUM": str(named)})


def test_the_sandbox_is_given_up_for_root_only():
    assert "--no-sandbox" in launch_arguments(0)
    assert "--no-sandbox" not in launch_arguments(1000)
    assert "--disable-background-networking" in launch_arguments(1000)


def test_a_failed_start_says_how_the_process_ended():
    message = (
        "BrowserType.launch: Target page, context or browser has been closed\nBrowser logs:\n"
        "<launching> /usr/bin/chromium --very --long\n<launched> pid=5\n"
        "[pid=5][err] [1123/FATAL] Running as root without --no-sandbox is not supported.\n"
        "Call log:\n  - [pid=5] <process did exit: exitCode=null, signal=SIGKILL>\n"
    )
    assert why(message) == (
        "BrowserType.launch: Target page, context or browser has been closed; "
        "[err] [1123/FATAL] Running as root without --no-sandbox is not supported.; "
        "exitCode=null, signal=SIGKILL"
    )
    assert why("Executable does not exist") == "Executable does not exist"
