"""A reset is proved by looking again; what stays different is an error."""

from typing import Any

import httpx
import pytest

from harness.errors import DriverError
from harness.testbed import reset
from harness.testbed.reset import Baseline

CONNECT = {"key": "charts", "kind": "connect", "base_url": "https://app", "environment": None}
FORGE = {"key": "f", "kind": "forge", "base_url": "https://f", "environment": "staging"}
APPS = {"charts": CONNECT, "f": FORGE}
BASELINE = Baseline(frozenset(), False, APPS, {"marketplace": "open"}, (), 0)


class Cloud:
    """The cloud's control, as a test wants it."""

    def __init__(self, *, sticky: bool = False) -> None:
        self.installed: dict[str, dict[str, Any]] = {
            "other": {"key": "other"},
            "f": FORGE | {"environment": "production"},
        }
        self.turned = {"marketplace": "listed"}
        self.known = ["t-1"]
        self.in_force = [{"kind": "cut"}]
        self.sticky = sticky

    def reset(self) -> None:
        self.known, self.in_force = (self.known if self.sticky else []), []

    def apps(self) -> list[dict[str, Any]]:
        return list(self.installed.values())

    def switches(self) -> dict[str, Any]:
        return dict(self.turned)

    def transfers(self) -> list[dict[str, str]]:
        return [{"id": each} for each in self.known]

    def faults(self) -> list[dict[str, str]]:
        return self.in_force

    def put_back(self, app: dict[str, Any]) -> None:
        self.installed[app["key"]] = app

    def uninstall(self, key: str) -> None:
        del self.installed[key]

    def set_switches(self, switches: dict[str, Any]) -> None:
        self.turned.update(switches)


@pytest.fixture
def features(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The site's dark features; the driver itself is tested elsewhere."""
    on = {"left.behind"}

    def set_site(_client: httpx.Client, wanted: dict[str, bool]) -> None:
        for key, state in wanted.items():
            on.add(key) if state else on.discard(key)

    monkeypatch.setattr(reset.dark_features, "site", lambda _client: frozenset(on))
    monkeypatch.setattr(reset.dark_features, "set_site", set_site)
    changed = [True]
    monkeypatch.setattr(reset.site, "is_changed", lambda _client: bool(changed))
    monkeypatch.setattr(reset.site, "put_back", lambda _client: changed.clear())
    return on


def test_all_that_a_case_left_is_taken_back(features: set[str]) -> None:
    cloud: Any = Cloud()
    with httpx.Client() as client:
        reset.restore(client, cloud, BASELINE)
        assert reset.snapshot(client, cloud) == BASELINE
    assert features == set()


def test_what_stays_is_an_error_that_names_it(features: set[str]) -> None:
    cloud: Any = Cloud(sticky=True)
    with httpx.Client() as client, pytest.raises(DriverError, match=r"transfers is .*t-1"):
        reset.restore(client, cloud, BASELINE)
    assert features == set()
