"""Somebody else's Confluence as far as a run changes it: dark features, apps, plans."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from harness.drivers.browser.dashboard import PlanRow
from harness.drivers.confluence.apps import App
from harness.errors import DriverError


@dataclass
class FakeServer:
    """Its state, and what was done to it.

    Attributes:
        features: those that are on.
        apps: key -> version and whether it is enabled.
        plans: name -> its status.
        jars: a jar's path -> the key and version in it.
        does: what was asked of it, in order.
        broken: what it refuses to do.
    """

    features: set[str] = field(default_factory=set)
    apps: dict[str, tuple[str, bool]] = field(default_factory=dict)
    plans: dict[str, str] = field(default_factory=dict)
    jars: dict[str, tuple[str, str]] = field(default_factory=dict)
    does: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Puts itself in the place of the drivers, whatever client they are given."""
        base = "harness.drivers"
        for name, do in {
            f"{base}.confluence.dark_features.site": lambda _: frozenset(self.features),
            f"{base}.confluence.dark_features.set_site": lambda _, states: self.set(states),
            f"{base}.confluence.apps.find": lambda _, key: self.find(key),
            f"{base}.confluence.apps.install": lambda _, jar: self.install(jar),
            f"{base}.confluence.apps.uninstall": lambda _, key: self.uninstall(key),
            f"{base}.confluence.apps.set_enabled": lambda _, key, on: self.enable(key, on),
            f"{base}.confluence.startup_checks.await_running": lambda *_, **__: None,
            f"{base}.browser.dashboard.plans": lambda *_: self.rows(),
            f"{base}.browser.dashboard.delete_plan": lambda _, __, id_, ___: self.delete(id_),
        }.items():
            monkeypatch.setattr(name, do)

    @property
    def state(self) -> tuple[Any, ...]:
        """All that may differ before and after a run."""
        return frozenset(self.features), dict(self.apps), dict(self.plans)

    def set(self, states: Mapping[str, bool]) -> None:
        self._do(f"set {dict(states)}")
        for key, is_on in states.items():
            (self.features.add if is_on else self.features.discard)(key)

    def find(self, key: str) -> App | None:
        if key not in self.apps:
            return None
        version, enabled = self.apps[key]
        return App(key, key, version, enabled, True, ())

    def install(self, jar: Path) -> App:
        key, version = self.jars[str(jar)]
        self._do(f"install {key} {version}")
        self.apps[key] = (version, True)
        return self._there(key)

    def uninstall(self, key: str) -> None:
        self._do(f"uninstall {key}")
        self.apps.pop(key, None)

    def enable(self, key: str, enabled: bool) -> App:
        self._do(f"{'enable' if enabled else 'disable'} {key}")
        self.apps[key] = (self.apps[key][0], enabled)
        return self._there(key)

    def rows(self) -> tuple[PlanRow, ...]:
        return tuple(PlanRow(f"id of {name}", name, state) for name, state in self.plans.items())

    def delete(self, id_: str) -> None:
        name = id_.removeprefix("id of ")
        self._do(f"delete {name}")
        if self.plans[name] == "RUNNING":
            raise DriverError(f"deleting the plan {name}", "the dashboard still lists it")
        del self.plans[name]

    def _there(self, key: str) -> App:
        found = self.find(key)
        assert found
        return replace(found)

    def _do(self, what: str) -> None:
        self.does.append(what)
        if what.split()[0] in self.broken:
            raise DriverError(what, "HTTP 500")
