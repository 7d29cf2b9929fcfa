"""A testbed on a Confluence that somebody else runs: each change there is written down first.

It touches the dark features that cases name and the app under test, and makes plans of its own;
nothing else. At its end all of that is put back (`put_back`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from harness.drivers.browser.plan_wizard import Choices
from harness.drivers.cloud import CloudControl
from harness.drivers.confluence import apps as plugins
from harness.drivers.confluence import dark_features, startup_checks
from harness.environment.remote import Remote
from harness.errors import DriverError, HarnessError
from harness.plugin_jar.read import read_plugin
from harness.store.undo import (
    AppChanged,
    AppState,
    Begun,
    Change,
    CloudAppPut,
    FeatureSet,
    PlanMade,
    SwitchesTurned,
)
from harness.testbed.put_back import PuttingBack
from harness.testbed.testbed import Testbed, prepare_host
from harness.vocabulary.script import Behaviour


@dataclass
class AttachedTestbed(Testbed):
    """What `harness.testbed.testbed.Testbed` documents, on somebody else's server."""

    _wanted: dict[str, bool] = field(default_factory=dict, init=False)
    """What this run set the features to last."""

    @property
    def remote(self) -> Remote:
        """What is known of the server."""
        assert self.stack.remote is not None
        return self.stack.remote

    def reset(self, *, cloud_app: str | Behaviour | None, name: str) -> None:
        """Makes the stub forget the last case, where one serves the server; apps and pairs stay."""
        if cloud_app or self.app.cloud.kind == "scripted":
            self.stack.cloud_app.behave(cloud_app or self.app.cloud.behaviour)
        cloud = self.stack.cloud
        if not isinstance(cloud, CloudControl):
            return
        self._put_cloud_app(cloud)
        cloud.reset()
        if cloud.switches() != self.baseline.switches:
            cloud.set_switches(self.baseline.switches)
        cloud.set_clock(startup_checks.server_time(self.client), self.stack.scale)
        cloud.mark(name)

    def _put_cloud_app(self, cloud: CloudControl) -> None:
        """Puts the cloud half that this run started on the stub's site, once."""
        key = self.app.cloud.key
        changes = self.remote.undo.changes
        if changes.switches is None:
            self._record(SwitchesTurned(before=cloud.switches()))
        there = {str(each["key"]) for each in cloud.apps()}
        if self.remote.app_address and key not in there:
            self._record(CloudAppPut(key=key))
            try:
                cloud.install(self.remote.app_address)
            except DriverError as error:
                raise DriverError(
                    f"installing {key} on the stub's site",
                    error.came_back,
                    "The app has to reach the stub by its --public-url, and the stub the app at "
                    f"{self.remote.app_address}; or install a cloud app of your own there first",
                ) from error

    def set_features(self, states: Mapping[str, bool]) -> None:
        """Sets the features that a case names, and those of earlier cases to what they were."""
        found = dark_features.site(self.client)
        for key, is_on in self._wanted.items():
            if (key in found) != is_on:
                word = "on" if key in found else "off"
                self.said(f"{key} was switched {word} by somebody else since this run set it")
        earlier = self.remote.undo.changes.features
        wanted = {key: before for key, (before, _) in earlier.items()} | dict(states)
        changed = {key: is_on for key, is_on in wanted.items() if (key in found) != is_on}
        for key, is_on in changed.items():
            self._record(FeatureSet(key=key, before=key in found, now=is_on))
        if changed:
            dark_features.set_site(self.client, changed)
        self._wanted = dict(states)

    def check_undisturbed(self) -> None:
        """Refuses a row whose features somebody else has changed while the case ran.

        Raises:
            HarnessError: says which.
        """
        found = dark_features.site(self.client)
        for key, is_on in self._wanted.items():
            if (key in found) != is_on:
                word = "on" if key in found else "off"
                raise HarnessError(
                    f"{key} was switched {word} by somebody else while the case ran, so its row "
                    "is not that of the case's flags: run the case again"
                )

    def install(self) -> None:
        """Installs the app, or uses it where the same version is installed."""
        if self._installed:
            return
        if self.app.server.provided or self.app.host:
            prepare_host(self.client, self.app)
        facts = read_plugin(self.jar).facts
        key, version = facts.key or self.app.server.key, facts.version or ""
        there = plugins.find(self.client, key)
        before = AppState(version=there.version, enabled=there.enabled) if there else None
        if key not in self.remote.undo.changes.apps:
            given = self.remote.app_before if before and before.version != version else None
            kept = self.remote.undo.keep_jar(given) if given else ""
            self._record(AppChanged(key=key, before=before, now=version, jar=kept))
        else:
            self._record(AppChanged(key=key, before=before, now=version))
        if there and there.version == version:
            self.said(f"{key} {version} is installed there and used as it is")
            self._installed = (
                there if there.enabled else plugins.set_enabled(self.client, key, True)
            )
        else:
            self._installed = plugins.install(self.client, self.jar)
        if self.app.server.address:
            plugins.await_address(self.client, self.app.server.address)

    def uninstall(self) -> None:
        """Brings the app to the state that it had before this run."""
        if self._installed:
            first, versions = self.remote.undo.changes.apps[self._installed.key]
            self._putting_back().app(self._installed.key, first, versions)
            self._installed = None

    def plan_name(self, case: str) -> str:
        """A name that no plan of another's has; it is written down before the plan is made."""
        name = f"{case} {datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"[:250]
        self._record(PlanMade(name=name))
        return name

    @property
    def plan_choices(self) -> Choices:
        """What is decided for the whole server is not decided here."""
        return Choices(may_trust=False)

    def put_back(self) -> None:
        """Puts back all that was changed, and forgets it.

        Raises:
            DriverError: something could not be put back; what was written down stays.
        """
        undo = self.remote.undo
        if not undo.has_begun:
            return
        self.said(f"putting back what was changed at {self.remote.address}:")
        self._putting_back().everything(undo.changes)
        undo.done()

    def _putting_back(self) -> PuttingBack:
        cloud = self.stack.cloud
        return PuttingBack(
            self.client,
            self.remote.address,
            self.stack.account,
            self.context.new_page,
            cloud if isinstance(cloud, CloudControl) else None,
            self.said,
        )

    def _record(self, change: Change) -> None:
        """Writes a change down; nothing is changed that was not."""
        remote, cloud = self.remote, self.stack.cloud
        if not remote.undo.has_begun:
            remote.undo.begin(
                Begun(
                    address=remote.address,
                    run=self.run_id,
                    user=self.stack.account.user,
                    ca=remote.ca,
                    stub=cloud.url or None,
                )
            )
        remote.undo.record(change)
