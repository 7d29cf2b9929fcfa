"""Every process of a run carries its id, by which a later one finds what a killed run left."""

import os
from contextlib import suppress

import psutil
from playwright.sync_api import Browser

from harness.lifecycle.runs import RUN_VARIABLE, Run


def children() -> dict[str, list[dict[str, str]]]:
    """The environments of this process's children, by their programs' names."""
    found: dict[str, list[dict[str, str]]] = {}
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # ended since it was listed, or not waited for yet
            # Chromium's helpers write their title over their environment, and end with the browser.
            if not any(word.startswith("--type=") for word in process.cmdline()):
                name, environment = process.name(), process.environ()
                found.setdefault(name, []).append(environment)
    return found


def test_the_browser_and_its_driver_are_the_runs(
    harness_run: Run, harness_browser: Browser
) -> None:
    assert harness_browser.is_connected()
    named = {name: each for name, each in children().items() if name.startswith(("node", "chrom"))}
    everyone = [each for environments in named.values() for each in environments]
    # The plugin's own fixtures, where a test before used them, have a run and a browser of theirs.
    assert all(RUN_VARIABLE in each for each in everyone)
    own = {
        name: {each["TMPDIR"] for each in environments if each[RUN_VARIABLE] == harness_run.id}
        for name, environments in named.items()
    }
    assert len(own) >= 2
    assert set(map(tuple, own.values())) == {(str(harness_run.scratch),)}
    assert RUN_VARIABLE not in os.environ


def test_the_browser_gets_none_of_the_users_other_variables(harness_browser: Browser) -> None:
    assert harness_browser.is_connected()
    # pytest has set one of its own while it set the browser up, as a secret would have been set.
    browsers = [
        each
        for name, environments in children().items()
        for each in environments
        if name.startswith("chrom")
    ]
    assert browsers
    assert not [each for each in browsers if "PYTEST_CURRENT_TEST" in each]
