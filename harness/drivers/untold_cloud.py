"""The real cloud, of which nothing can be asked: the place of the stub's control in a stack.

It takes no orders and tells nothing. What it recorded is known from the server alone
(`harness.runner.progress_cloud`), and that it says nothing is no evidence of anything.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from harness.errors import BadInput
from harness.vocabulary.script import Behaviour


class UntoldCloud:
    """Has the methods of `harness.drivers.cloud.CloudControl` that a run of cases uses."""

    url = token = ""
    tells = False
    """Whether it has a journal, and can be told what to do."""

    def journal(self, since: int = 0, wait: float = 0) -> tuple[Sequence[Mapping[str, Any]], int]:  # noqa: ARG002
        """No entries."""
        return (), since

    def journal_end(self) -> int:
        """There is no journal."""
        return 0

    def apps(self) -> Sequence[Mapping[str, Any]]:
        """Nothing is known of the site's apps."""
        return ()

    def faults(self) -> Sequence[Mapping[str, Any]]:
        """It has none on demand."""
        return ()

    def transfers(self) -> Sequence[Mapping[str, Any]]:
        """Nothing is known of its transfers."""
        return ()

    def switches(self) -> Mapping[str, Any]:
        """It has none."""
        return {}

    def is_up(self) -> bool:
        """Whether it can be reached from here says nothing of the server."""
        return True

    def close(self) -> None:
        """There is no connection."""

    def reset(self) -> None:
        """It forgets nothing on demand."""

    def mark(self, text: str) -> None:
        """It has no journal to be marked."""

    def set_clock(self, now: datetime, rate: float) -> None:
        """It has the true time."""

    def list_pair(self, server_app_key: str, cloud_app_key: str, *, listed: bool) -> None:
        """The Marketplace lists what it lists."""

    def install(self, base_url: str, descriptor: str = "") -> str:
        """Refuses, as all that asks something of it.

        Raises:
            BadInput: always.
        """
        raise _takes_no_orders(f"an app at {base_url}{descriptor}")

    def install_forge(self, key: str, events_url: str, environment: str) -> None:
        """Refuses; see `install`."""
        raise _takes_no_orders(f"the Forge app {key} at {events_url} ({environment})")

    def put_back(self, app: Mapping[str, Any]) -> None:
        """Refuses; see `install`."""
        raise _takes_no_orders(f"the app {app.get('key')}")

    def uninstall(self, key: str) -> None:
        """Refuses; see `install`."""
        raise _takes_no_orders(f"no app {key}")

    def add_fault(self, fault: Mapping[str, Any]) -> None:
        """Refuses; see `install`."""
        raise _takes_no_orders(f"the fault {fault.get('kind')}")

    def set_switches(self, switches: Mapping[str, Any]) -> None:
        """Refuses where there is one; see `install`."""
        if switches:
            raise _takes_no_orders(f"the switches {', '.join(switches)}")


class UntoldCloudApp:
    """A cloud app on a site that cannot be told how to behave: it is as it was written."""

    url = ""

    def is_up(self) -> bool:
        """Whether it answers is not known here."""
        return True

    def behave(self, behaviour: str | Behaviour) -> None:
        """It behaves as it was written."""

    def describe(self, *, webhook: bool) -> None:
        """Refuses: its descriptor is its own.

        Raises:
            BadInput: always.
        """
        raise _takes_no_orders(f"a descriptor with webhook={webhook}")

    def close(self) -> None:
        """There is no connection."""


def _takes_no_orders(wanted: str) -> BadInput:
    return BadInput(f"a case wants {wanted}, and this cloud takes no orders: only the stub does")
