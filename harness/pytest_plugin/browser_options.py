"""How the browser is started: as pytest-playwright says, where it is there.

Where it is not, its options are here under the same names, unless somebody else has them. They are
added last, so that a conftest's own option of such a name comes first; it is theirs then, and says
nothing to the harness.
"""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.drivers.browser.launch import Launch

_THEIRS = ("playwright", "playwright-asyncio")
"""Names under which pytest-playwright's plugins are registered."""

_RETAINED = ("on", "off", "retain-on-failure")
_PICTURES = ("on", "off", "only-on-failure")
_OWN: dict[str, dict[str, Any]] = {
    "--headed": {"action": "store_true", "default": False, "help": "with a window"},
    "--slowmo": {"type": int, "default": 0, "help": "milliseconds that each step is slowed by"},
    "--output": {
        "default": "test-results",
        "help": "folder for screenshots, traces and videos that are asked for",
    },
    "--tracing": {"default": "off", "choices": _RETAINED, "help": "a trace for each test"},
    "--video": {"default": "off", "choices": _RETAINED, "help": "a video for each test"},
    "--screenshot": {"default": "off", "choices": _PICTURES, "help": "a picture after each test"},
}
_OURS = pytest.StashKey[set[str]]()


def add(config: pytest.Config, parser: pytest.Parser) -> None:
    """Adds the options that nobody else has; called when all others are there."""
    if any(config.pluginmanager.has_plugin(name) for name in _THEIRS):
        return
    group = parser.getgroup("migration harness: its browser, as pytest-playwright says it")
    added = config.stash.setdefault(_OURS, set())
    for name, how in _OWN.items():
        try:
            group.addoption(name, **how)
        except ValueError:  # somebody else's
            continue
        added.add(name)


def launch(request: pytest.FixtureRequest) -> "Launch":
    """How the browser is started: by pytest-playwright's fixtures, or by our options."""
    from harness.drivers.browser.launch import Launch

    config = request.config
    if any(config.pluginmanager.has_plugin(name) for name in _THEIRS):
        options = dict(request.getfixturevalue("browser_type_launch_args"))
        connect = request.getfixturevalue("connect_options") or {}
        browsers = config.getoption("--browser") or ["chromium"]
        return Launch(browsers[0], options, connect)
    options = {}
    if option(config, "--headed"):
        options["headless"] = False
    if slow := option(config, "--slowmo"):
        options["slow_mo"] = slow
    return Launch(options=options)


def option(config: pytest.Config, name: str) -> Any:
    """What an option of the browser says; None where it is neither ours nor pytest-playwright's."""
    is_theirs = any(config.pluginmanager.has_plugin(each) for each in _THEIRS)
    if is_theirs or name in config.stash.get(_OURS, set()):
        return config.getoption(name)
    return None
