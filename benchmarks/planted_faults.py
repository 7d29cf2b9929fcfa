"""Faults that can be planted: who does what at which link, and what may be said of it.

The link and the party are what the fault was made to be, stated here by hand; nothing is taken
from the rules that are tested. A fault without a cause is one that the evidence cannot tell: its
link has to be unknown, and nobody may be accused. A fault without a link is none: it is what a
sound migration has to bear, and every link has to hold.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.planted_apps import write_app
from harness.cases import Case, CloudSetup, Expectation
from harness.cases.axes import CloudInstall
from harness.diagnosis.cause import Party
from harness.support import assets
from harness.vocabulary.features import DEV_MODE, FEATURE
from harness.vocabulary.script import Behaviour

_SWITCHED_ON = "app migration is switched on"
_RUNS = "the server app runs"
_LISTENER = "its listener is there"
_IN_PLAN = "the app is in the plan"
_CORE = "the core migration is done"
_REACHES = "the server reaches the cloud"
_TRANSFER = "the platform makes the transfer"
_LINKED = "it links both apps"
_CALLED = "the listener is called"
_RETURNS = "the listener returns"
_UPLOADED = "the data is uploaded and closed"
_HEARS = "the cloud app hears of it"
_READS = "the cloud app reads its data"
_CHANGES = "the report changes something"
_REPORTS = "the cloud app reports"
_SETTLED = "the transfer is settled"
_POLLED = "the assistant hears of that"
_SHOWN = "the row shows it"

SETTLES_EARLY = "settles after the first of two uploads"

Steps = tuple[Mapping[str, Any], ...]
_OLD_SECRET = "the-secret-of-an-earlier-installation"  # noqa: S105 - not a real one
_ELSEWHERE = "00000000-0000-4000-8000-000000000000"


def _post(status: str, percent: int | None = None, **more: Any) -> Mapping[str, Any]:
    body = {"status": status} | ({} if percent is None else {"percent": percent})
    return {"post": body, **more}


@dataclass(frozen=True)
class Setting:
    """A migration as it would go well; each fault changes its part of it."""

    app: str = "planted/good"
    begin: Steps = (_post("IN_PROGRESS", 0),)
    read: Steps = ({"fetch": "data"},)
    end: Steps = (_post("SUCCESS", 100),)
    late_answers: bool = False
    ccma: str = "3.9.6"
    dev_mode: bool = False
    feature: bool = True
    install: CloudInstall = "installed"
    cloud: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Mapping[str, Any], ...] = ()
    switches: Mapping[str, Any] = field(default_factory=dict)
    lasts: timedelta = timedelta(0)

    def case(self, name: str, apps: Path) -> Case:
        """The case.

        No row satisfies it, so it is watched until nothing more can come; a fault that needs longer
        is watched as long as the row says RUNNING.
        """
        kind, _, app = self.app.rpartition("/")
        folder = write_app(apps, app) if kind else assets.sample_app(app)
        setup = CloudSetup(
            install=self.install,
            faults=self.faults,
            switches=self.switches,
            **({"pairing": "open"} | dict(self.cloud)),
        )
        row = "RUNNING 0" if self.lasts else "CANCELLED"
        expectation = Expectation(rows=(row,), lasts=self.lasts, source="none")
        return Case(
            name,
            folder,
            {},
            {FEATURE: self.feature, DEV_MODE: self.dev_mode},
            self.ccma,
            self._behaviour(),
            expectation,
            None,
            cloud=setup,
        )

    def _behaviour(self) -> Behaviour:
        steps = [
            {"await": "listener-triggered"},
            *self.begin,
            {"await": "app-data-uploaded"},
            *self.read,
            *self.end,
        ]
        answers = {"answer_after": 6.0} if self.late_answers else {}
        return Behaviour.model_validate({"steps": steps, **answers})


@dataclass(frozen=True)
class Planted:
    """A fault.

    Args:
        name: what it is.
        party: who does it.
        link: which link it breaks; None for what does no harm.
        causes: what may be proved of it; nothing where it cannot be told.
        slot: what it changes; two faults of one slot cannot be had together.
        change: how.
        late: whether it changes what another fault has made.
    """

    name: str
    party: Party
    link: str | None
    causes: tuple[str, ...]
    slot: str
    change: Callable[[Setting], Setting]
    late: bool = False


def _app(name: str, link: str | None, *causes: str, **more: Any) -> Planted:
    kind = more.pop("kind", "planted")
    party = more.pop("party", "server app")
    folder = f"planted/{name}" if kind == "planted" else name

    def change(setting: Setting) -> Setting:
        return replace(setting, app=folder, **more)

    return Planted(f"{kind} app {name}", party, link, causes, "server", change)


def _cloud_app(name: str, link: str | None, *causes: str, slot: str, **more: Any) -> Planted:
    def change(setting: Setting) -> Setting:
        return replace(setting, **more)

    return Planted(name, "cloud app", link, causes, slot, change)


def _strikes(
    name: str, party: Party, link: str | None, *causes: str, slot: str, **fault: Any
) -> Planted:
    def change(setting: Setting) -> Setting:
        return replace(setting, faults=(*setting.faults, fault))

    return Planted(name, party, link, causes, slot, change)


def _set_up(
    name: str, party: Party, link: str | None, *causes: str, slot: str, **more: Any
) -> Planted:
    cloud = more.pop("cloud", {})

    def change(setting: Setting) -> Setting:
        return replace(setting, cloud={**setting.cloud, **cloud}, **more)

    return Planted(name, party, link, causes, slot, change)


_ROUTES = {
    "migration": ("/server/v1/migrations", "POST", _TRANSFER, ("transfer-refused",)),
    "transfer": (
        "/server/v1/migrations/{migrationId}/transfers",
        "POST",
        _TRANSFER,
        ("transfer-refused",),
    ),
    "trigger": (
        "/server/v1/transfers/{transferId}/triggered",
        "POST",
        _CALLED,
        ("cloud-answered-errors",),
    ),
    "upload": (
        "/server/v1/transfers/{transferId}/data",
        "POST",
        _UPLOADED,
        ("cloud-answered-errors",),
    ),
    "poll": (
        "/server/v1/migrations/{migrationId}/progress",
        "GET",
        _POLLED,
        ("cloud-answered-errors",),
    ),
    "list": (
        "/rest/atlassian-connect/1/migration/data/{transferId}/all",
        "GET",
        _READS,
        ("app-read-failed",),
    ),
    "data": (
        "/rest/atlassian-connect/1/migration/data/{s3Key}",
        "GET",
        _READS,
        ("app-read-failed",),
    ),
    "bytes": ("/_signed/{s3Key}", "GET", _READS, ("app-read-failed",)),
    "report": (
        "/rest/atlassian-connect/1/migration/progress/{transferId}",
        "POST",
        _CHANGES,
        ("cloud-answered-errors",),
    ),
}
"""Call -> its route, its method, its link, and the cause where the platform answers it badly."""


def _of_platform() -> list[Planted]:
    """Each call answered in each bad way, by the platform."""
    answers: dict[str, Mapping[str, Any]] = {
        "503": {"kind": "server-error", "status": 503},
        "500": {"kind": "server-error", "status": 500},
        "429": {"kind": "rate-limit", "retry_after": None},
        "403": {"kind": "refusal", "status": 403},
    }
    return [
        _strikes(
            f"{call} answered {how}",
            "platform",
            link,
            *causes,
            slot=call,
            route=route,
            method=method,
            **fault,
        )
        for call, (route, method, link, causes) in _ROUTES.items()
        for how, fault in answers.items()
    ]


def _of_network() -> list[Planted]:
    """Each call cut before it arrives, and those of the server during the answer."""
    cut = [
        _strikes(
            f"{call} cut",
            "network",
            link,
            "connection-broke",
            slot=call,
            kind="cut",
            route=route,
            method=method,
        )
        for call, (route, method, link, _) in _ROUTES.items()
    ]
    half = [
        _strikes(
            f"{call} cut in the answer",
            "network",
            _ROUTES[call][2],
            "connection-broke",
            slot=call,
            kind="half-answer",
            route=_ROUTES[call][0],
            method=_ROUTES[call][1],
        )
        for call in ("transfer", "poll", "data")
    ]
    token = [
        _strikes(
            f"{call} answered 401",
            "configuration",
            link,
            "server-token-refused",
            slot=call,
            kind="refusal",
            status=401,
            route=route,
            method=method,
        )
        for call, (route, method, link, _) in _ROUTES.items()
        if call in ("migration", "transfer", "trigger", "upload", "poll")
    ]
    return [
        *cut,
        *half,
        *token,
        _strikes(
            "server cut off",
            "network",
            _REACHES,
            "server-cannot-reach-cloud",
            slot="cloud",
            kind="cut",
            route="/server/v1/*",
        ),
    ]


def _lost(event: str) -> Planted:
    return _strikes(
        f"{event} lost for good",
        "platform",
        _HEARS,
        "event-lost",
        slot=event,
        kind="webhook-lost",
        route=event,
        for_good=True,
    )


FAULTS: tuple[Planted, ...] = (
    *(_app(name, _RETURNS, "listener-threw") for name in ("throws-first", "throws-wrapped")),
    _app("throws-in-upload", _RETURNS, "listener-threw"),
    _app("throws-after-upload", _RETURNS, "listener-threw"),
    *(
        _app(name, _RETURNS, "listener-ended-by-error")
        for name in ("overflows", "lacks-own-class", "asserts")
    ),
    _app("swallows-first", _RETURNS, "listener-swallowed-failure"),
    _app("swallows-in-upload", _RETURNS, "listener-swallowed-failure"),
    _app("waits-first", _RETURNS, "listener-still-running"),
    _app("waits-in-upload", _RETURNS, "listener-still-running"),
    _app("uploads-nothing", _UPLOADED, "nothing-uploaded"),
    _app("own-thread-dies", _UPLOADED, "nothing-uploaded"),
    _app("leaves-open", _UPLOADED, "upload-not-closed"),
    _app("leaves-second-open", _UPLOADED, "upload-not-closed"),
    _app("uploads-elsewhere", _UPLOADED, "upload-refused"),
    Planted(
        SETTLES_EARLY,
        "cloud app",
        _UPLOADED,
        ("settled-too-early",),
        "server",
        lambda setting: replace(setting, app="planted/second-upload-later"),
    ),
    _app("null-key", _TRANSFER, "cloud-key-null"),
    _app("key-getter-throws", _LISTENER, "key-getter-threw"),
    _app("other-key", _LINKED, "keys-do-not-match", cloud={"pairing": "listed"}),
    _app("newer-at-its-start", _RUNS, "not-in-the-model", party="the stand-in's model"),
    _app(
        "newer-library",
        _RETURNS,
        "not-in-the-model",
        kind="fixture",
        party="the stand-in's model",
    ),
    _app("two-listeners", _LISTENER, "two-listeners", kind="fixture"),
    _app("hidden-listener", _LISTENER, "listener-not-exported", kind="fixture"),
    _app("own-library", _RUNS, "package-not-wired", kind="fixture"),
    _app("missing-package", _RUNS, "package-not-wired", kind="fixture"),
    _app("failing-activator", _RUNS, "bundle-not-active", kind="fixture"),
    _app("throwing-bean", _RUNS, "context-not-started", kind="fixture"),
    _app("failing-check", _IN_PLAN, "vendor-check-failed", kind="fixture"),
    _app("discoverable", _LISTENER, "listener-never-called", kind="fixture", ccma="3.1.7"),
    _app(
        "missing-host-service",
        _RETURNS,
        "host-service-missing",
        kind="fixture",
        party="the stand-in's model",
    ),
    _cloud_app(
        "reports nothing", _REPORTS, "cloud-app-never-posted", slot="posts", begin=(), end=()
    ),
    _cloud_app(
        "never settles", _SETTLED, "never-settled", slot="posts", end=(_post("IN_PROGRESS", 50),)
    ),
    _cloud_app(
        "outdated keys",
        _CHANGES,
        "outdated-keys",
        slot="posts",
        begin=({"post": {"progressStatus": "IN_PROGRESS", "percent": 0}},),
        end=({"post": {"progressStatus": "SUCCESS", "percent": 100}},),
    ),
    _cloud_app(
        "outdated keys at the end",
        _CHANGES,
        "outdated-keys",
        slot="posts",
        end=({"post": {"progressStatus": "SUCCESS", "percent": 100}},),
    ),
    _cloud_app(
        "unknown status", _CHANGES, "unknown-status", slot="posts", end=(_post("FINISHED", 100),)
    ),
    _cloud_app(
        "percent as text",
        _CHANGES,
        "report-malformed",
        slot="posts",
        end=({"post": {"status": "SUCCESS", "percent": "100"}},),
    ),
    _cloud_app(
        "percent of 150", _CHANGES, "report-malformed", slot="posts", end=(_post("SUCCESS", 150),)
    ),
    _cloud_app(
        "percent falls",
        _CHANGES,
        "percent-fell",
        slot="posts",
        begin=(_post("IN_PROGRESS", 80),),
        end=(_post("SUCCESS", 60),),
    ),
    _cloud_app(
        "settles elsewhere",
        _CHANGES,
        "posted-to-another-transfer",
        slot="posts",
        end=(_post("SUCCESS", 100, to=_ELSEWHERE),),
    ),
    _cloud_app(
        "old secret",
        _CHANGES,
        "progress-not-authorised",
        slot="posts",
        begin=(_post("IN_PROGRESS", 0, secret=_OLD_SECRET),),
        end=(_post("SUCCESS", 100, secret=_OLD_SECRET),),
    ),
    _cloud_app(
        "old secret at the end",
        _CHANGES,
        "progress-not-authorised",
        slot="posts",
        end=(_post("SUCCESS", 100, secret=_OLD_SECRET),),
    ),
    _cloud_app(
        "settles at 40", _SETTLED, "settled-without-100", slot="posts", end=(_post("SUCCESS", 40),)
    ),
    _cloud_app(
        "settles twice",
        _SETTLED,
        "posted-after-settling",
        slot="posts",
        end=(_post("SUCCESS", 100), _post("FAILED", 100)),
    ),
    _cloud_app("never reads", _READS, "app-never-read", slot="reads", read=({"await": "never"},)),
    _cloud_app(
        "reads with an old secret",
        _READS,
        "app-read-refused",
        slot="reads",
        read=({"fetch": "data", "secret": _OLD_SECRET},),
    ),
    _cloud_app(
        "reads too late",
        _READS,
        "signed-link-expired",
        slot="reads",
        read=({"fetch": "data", "wait": 4200.0},),
        lasts=timedelta(minutes=75),
    ),
    Planted(
        "answers too late",
        "cloud app",
        _HEARS,
        ("webhook-never-acknowledged",),
        "webhooks",
        # The platform waits five seconds of wall time; until then nothing is known.
        lambda setting: replace(setting, late_answers=True, end=({"sleep": 1800}, *setting.end)),
        late=True,
    ),
    _set_up(
        "no webhook",
        "cloud app",
        _HEARS,
        "webhook-not-registered",
        slot="webhooks",
        install="no-webhook",
    ),
    _set_up(
        "not installed in cloud",
        "configuration",
        _LINKED,
        "app-not-installed-in-cloud",
        slot="webhooks",
        install="missing",
    ),
    _set_up(
        "feature off", "configuration", _SWITCHED_ON, "feature-flag-off", slot="flag", feature=False
    ),
    _set_up(
        "not needed",
        "configuration",
        _IN_PLAN,
        "app-not-needed",
        slot="decision",
        cloud={"assessment": "not-needed"},
    ),
    _set_up(
        "no consent",
        "configuration",
        _IN_PLAN,
        "no-consent",
        slot="decision",
        cloud={"consent": "withheld"},
    ),
    _set_up(
        "core fails",
        "configuration",
        _CORE,
        "core-migration-failed",
        slot="core",
        cloud={"core": "fails"},
    ),
    _set_up(
        "core incomplete",
        "configuration",
        _CORE,
        "core-migration-incomplete",
        slot="core",
        cloud={"core": "incomplete"},
    ),
    _set_up(
        "email domain refused",
        "configuration",
        _CORE,
        "email-domain-not-trusted",
        "core-migration-failed",  # which it is, too
        slot="core",
        cloud={"email_domains": "not-trusted"},
    ),
    _set_up(
        "app disabled",
        "configuration",
        _RUNS,
        "app-disabled",
        slot="server",
        cloud={"server_app": "disabled"},
    ),
    _set_up(
        "admin cancels",
        "configuration",
        _SETTLED,
        "transfer-cancelled",
        slot="posts",
        end=(),
        cloud={"admin": "cancels"},
    ),
    _set_up(
        "dev mode of 3.1.7",
        "assistant",
        _SHOWN,
        "dev-mode-row-not-updated",
        slot="row",
        ccma="3.1.7",
        dev_mode=True,
    ),
    _set_up(
        "stale page", "network", _SHOWN, "browser-stale", slot="row", cloud={"browser": "stale"}
    ),
    _set_up(
        "signed out",
        "network",
        _SHOWN,
        "session-ended",
        slot="row",
        cloud={"browser": "signed-out"},
    ),
    Planted(
        "stale poll",
        "platform",
        _POLLED,
        ("poll-answered-old-state",),
        "poll",
        # Only a state that changes between two polls can be told too old.
        lambda setting: replace(
            setting,
            end=({"sleep": 900}, *setting.end),
            faults=(*setting.faults, {"kind": "stale-poll"}),
        ),
        late=True,
    ),
    _strikes(
        "link refused at once",
        "platform",
        _READS,
        "signed-link-refused",
        slot="bytes",
        kind="expired-link",
        route="/_signed/{s3Key}",
    ),
    _lost("listener-triggered"),
    _lost("app-data-uploaded"),
    *_of_platform(),
    *_of_network(),
)

HARMLESS: tuple[Planted, ...] = (
    Planted(
        "two uploads, both waited for",
        "server app",
        None,
        (),
        "server",
        lambda setting: replace(
            setting,
            app="planted/two-uploads",
            read=(*setting.read, {"await": "app-data-uploaded"}, {"fetch": "data"}),
        ),
    ),
    *(
        _app(name, None)
        for name in (
            "empty-upload",
            "takes-minutes",
            "own-thread",
            "swallows-after-upload",
        )
    ),
    _strikes(
        "a poll answered 503 once",
        "platform",
        None,
        slot="poll",
        kind="server-error",
        times=1,
        route=_ROUTES["poll"][0],
    ),
    _strikes(
        "two reports answered 429",
        "platform",
        None,
        slot="report",
        kind="rate-limit",
        times=2,
        route=_ROUTES["report"][0],
    ),
    _strikes(
        "a read cut once",
        "network",
        None,
        slot="data",
        kind="cut",
        times=1,
        route=_ROUTES["data"][0],
    ),
    _strikes(
        "an event lost once",
        "platform",
        None,
        slot="app-data-uploaded",
        kind="webhook-lost",
        times=1,
        route="app-data-uploaded",
    ),
    _strikes(
        "events repeated",
        "platform",
        None,
        slot="listener-triggered",
        kind="webhook-repeated",
        copies=2,
    ),
    _strikes(
        "an event late",
        "platform",
        None,
        slot="app-data-uploaded",
        kind="webhook-late",
        route="app-data-uploaded",
    ),
    _strikes(
        "slow answers",
        "network",
        None,
        slot="cloud",
        kind="latency",
        seconds=0.2,
        route="/server/v1/*",
    ),
)
"""What a sound migration has to bear."""


def together(faults: Sequence[Planted]) -> Setting:
    """One migration with all of these."""
    setting = Setting()
    for fault in sorted(faults, key=lambda each: each.late):
        setting = fault.change(setting)
    return setting
