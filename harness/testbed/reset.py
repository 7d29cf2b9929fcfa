"""Takes back what a case changed in a stack, and proves that nothing of it is left.

A snapshot is made once, when the stack has just come up, and again after each reset. A difference
is an error: the next case would be judged by what the last one left.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import httpx

from harness.drivers.cloud import CloudControl
from harness.drivers.confluence import dark_features, site
from harness.drivers.untold_cloud import UntoldCloud
from harness.errors import DriverError


@dataclass(frozen=True)
class Baseline:
    """What cases change in a stack and a reset takes back.

    Attributes:
        site_features: dark features enabled for the whole site.
        content_changed: whether the server's content is no longer what was described.
        cloud_apps: the Connect apps on the cloud site, key -> address.
        switches: the cloud's switches.
        transfers: ids of transfers the cloud knows.
        faults: faults in force in the cloud.
    """

    site_features: frozenset[str]
    content_changed: bool
    cloud_apps: Mapping[str, Mapping[str, Any]]
    switches: Mapping[str, Any]
    transfers: tuple[str, ...]
    faults: int


_OF_AN_APP = ("key", "kind", "base_url", "environment")
"""What an app on the site is installed from."""


def snapshot(client: httpx.Client, cloud: CloudControl | UntoldCloud) -> Baseline:
    """The state of a stack as it is now.

    Args:
        client: an administrator's client of Confluence.
        cloud: the cloud's control.
    """
    return Baseline(
        site_features=dark_features.site(client),
        content_changed=site.is_changed(client),
        cloud_apps={
            app["key"]: {name: app.get(name) for name in _OF_AN_APP} for app in cloud.apps()
        },
        switches=cloud.switches(),
        transfers=tuple(str(each["id"]) for each in cloud.transfers()),
        faults=len(cloud.faults()),
    )


def restore(client: httpx.Client, cloud: CloudControl | UntoldCloud, baseline: Baseline) -> None:
    """Brings a stack back to its baseline, and proves it by a second snapshot.

    Args:
        client: an administrator's client of Confluence.
        cloud: the cloud's control.
        baseline: as `snapshot` saw it when the stack had just come up.

    Raises:
        DriverError: something is still different; says what.
    """
    cloud.reset()
    found = snapshot(client, cloud)
    if extra := found.site_features ^ baseline.site_features:
        dark_features.set_site(client, {key: key in baseline.site_features for key in extra})
    for key in found.cloud_apps.keys() - baseline.cloud_apps.keys():
        cloud.uninstall(key)
    for key, app in baseline.cloud_apps.items():
        if found.cloud_apps.get(key) != app:
            cloud.put_back(app)
    if found.content_changed and not baseline.content_changed:
        site.put_back(client)
    if found.switches != baseline.switches:
        cloud.set_switches(baseline.switches)
    now = found if found == baseline else snapshot(client, cloud)
    left = [
        each.name
        for each in fields(Baseline)
        if getattr(now, each.name) != getattr(baseline, each.name)
    ]
    if left:
        differences = "; ".join(f"{name} is {getattr(now, name)!r}" for name in left)
        raise DriverError(
            "resetting the stack",
            differences,
            "run with --isolation fresh to see whether it matters",
        )
