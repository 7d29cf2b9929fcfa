"""A window for a person: refused where nobody could see it, left open where somebody can."""

from pathlib import Path

import pytest

from harness.drivers.browser import window
from harness.drivers.browser.launch import Found
from harness.drivers.confluence.session import Account
from harness.errors import BadInput, ServiceDied

FOUND = Found(Path("/usr/bin/chromium"), "PATH")


def test_without_a_display_it_is_refused_in_one_line() -> None:
    with pytest.raises(BadInput, match="--headed: there is no display here") as caught:
        window.check_window({}, "linux")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "platform"),
    [({"DISPLAY": ":0"}, "linux"), ({"WAYLAND_DISPLAY": "wayland-0"}, "linux"), ({}, "darwin")],
)
def test_with_one_a_browser_that_has_windows_is_found(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], platform: str
) -> None:
    asked: list[bool] = []

    def find(*, is_headed: bool) -> Found:
        asked.append(is_headed)
        return FOUND

    monkeypatch.setattr(window, "find_browser", find)
    assert window.check_window(environ, platform) == FOUND
    assert asked == [True]


def test_without_a_browser_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "find_browser", lambda **_: None)
    with pytest.raises(BadInput, match=r"no browser was found: run `playwright install"):
        window.check_window({"DISPLAY": ":0"}, "linux")


def test_a_browser_that_ends_at_once_is_told_with_its_words(tmp_path: Path) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\necho cannot open display >&2\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(ServiceDied, match=r"exited with 1(.|\n)*cannot open display"):
        window.open_window(
            Found(program, "PATH"), tmp_path / "p", "http://x", "/y", Account("a", "b"), {}
        )
