"""Faults that can be had together in one run, as a matrix, and the case and causes of each row."""

import sys
from collections.abc import Mapping
from datetime import timedelta

from harness.cases import Case, CloudSetup, Expectation
from harness.cases.axes import CloudInstall
from harness.matrix.model import Factor, Forbidden, Model, model
from harness.support import assets
from harness.vocabulary.features import DEV_MODE, FEATURE

sys.path.insert(0, str(assets.root() / "tests" / "support"))
from failures import Failure

PAIRS_SCALE = 400.0
"""Their rows are watched for an hour of server time: no row is the right one."""

SERVERS = {
    "good": ("charts", None),
    "two-listeners": ("two-listeners", "two-listeners"),
    "throws": ("throwing-listener", "listener-threw"),
    "hidden": ("hidden-listener", "listener-not-exported"),
    "own-library": ("own-library", "package-not-wired"),
    "missing-package": ("missing-package", "package-not-wired"),
    "failing-activator": ("failing-activator", "bundle-not-active"),
    "null-key": ("null-cloud-key", "cloud-key-null"),
    "wrong-key": ("wrong-cloud-key", "keys-do-not-match"),
    "too-new": ("discoverable", "listener-never-called"),
}
"""Server app -> its folder and its cause."""
CLOUD_APPS = {
    "outdated-keys": "outdated-keys",
    "unknown-status": "unknown-status",
    "falling-percent": "percent-fell",
    "never-settles": "never-settled",
    "wrong-transfer": "posted-to-another-transfer",
    "settles-twice": "posted-after-settling",
    "settles-on-error": "cloud-app-never-posted",
    "settles-at-40": "settled-without-100",
    "old-secret": "progress-not-authorised",
    "always-slow-webhooks": "webhook-never-acknowledged",
    "zero-then-nothing": "transfer-timed-out",
}
POLLS_REFUSED = {"kind": "server-error", "status": 503, "route": "*/progress", "method": "GET"}
CUT_OFF = {"kind": "cut", "route": "/server/v1/*"}
SHORT_LIFE = {"transfer_days": 0.004}
BEFORE_THE_UPLOAD = ("outdated-keys", "falling-percent", "wrong-transfer")
"""Behaviours that show themselves though the listener throws and uploads nothing."""
ENDS = ("settles-twice", "settles-at-40", "always-slow-webhooks", "zero-then-nothing")
"""Behaviours whose last row has another status than RUNNING, which a kept page goes on showing."""


def running_faults() -> Model:
    """What can be wrong while a migration runs."""
    late = tuple(each for each in CLOUD_APPS if each not in BEFORE_THE_UPLOAD)
    lasting = tuple(each for each in CLOUD_APPS if each not in ENDS)
    return model(
        [
            Factor("server", ("good", "two-listeners", "throws")),
            Factor("cloud app", tuple(CLOUD_APPS)),
            Factor("polls", ("answered", "refused")),
            Factor("dev mode", ("off", "3.1.7")),
            Factor("page", ("fresh", "stale")),
        ],
        constraints=[
            Forbidden({"server": ("throws",), "cloud app": late}, why="nothing is uploaded"),
            Forbidden(
                {"polls": ("refused",), "dev mode": ("3.1.7",)},
                why="without an answered poll the defect cannot show",
            ),
            Forbidden(
                {"page": ("stale",), "polls": ("refused",)},
                why="the server itself knows nothing newer than the page",
            ),
            Forbidden(
                {"page": ("stale",), "dev mode": ("3.1.7",)},
                why="that version has no progress REST to hold the page against",
            ),
            Forbidden(
                {"page": ("stale",), "cloud app": lasting},
                why="the row stays RUNNING on the server, too",
            ),
        ],
    )


def standing_faults() -> Model:
    """What can be wrong before a migration begins."""
    refused = ("missing-package", "failing-activator")
    entered = ("null-key", "wrong-key", "too-new")
    earlier = {
        "feature": ("off", "the listener is not looked for"),
        "decision": ("not needed", "the app is left out, so its listener is not called"),
        "consent": ("withheld", "the plan does not run, so the listener is not called"),
        "core": ("fails", "apps are not notified"),
        "cloud": ("cut off", "there is no transfer to call the listener with"),
    }
    stops = [
        Forbidden({"server": entered, axis: (value,)}, why=why)
        for axis, (value, why) in earlier.items()
    ]
    first = [
        Forbidden({"server": refused, axis: (value,)}, why="UPM refuses the app: nothing is tried")
        for axis, value in [
            *((axis, value) for axis, (value, _) in earlier.items()),
            ("cloud app is", "missing"),
            ("cloud app is", "without webhook"),
        ]
    ]
    return model(
        [
            Factor("feature", ("on", "off")),
            Factor("server", ("good", "hidden", "own-library", *entered, *refused)),
            Factor("cloud app is", ("installed", "missing", "without webhook")),
            Factor("decision", ("needed", "not needed")),
            Factor("consent", ("given", "withheld")),
            Factor("core", ("well", "fails")),
            Factor("cloud", ("reached", "cut off")),
        ],
        constraints=[
            *stops,
            *first,
            Forbidden(
                {"decision": ("not needed",), "consent": ("withheld",)},
                why="nobody is asked about an app that is left out",
            ),
            Forbidden(
                {"server": ("too-new",), "cloud app is": ("missing",)},
                why="without its cloud app no listener is called",
            ),
            Forbidden(
                {"consent": ("withheld",), "cloud": ("cut off",)}, why="the plan does not run"
            ),
            Forbidden({"consent": ("withheld",), "core": ("fails",)}, why="the plan does not run"),
            Forbidden({"cloud": ("cut off",), "core": ("fails",)}, why="apps come after the core"),
            Forbidden(
                {"cloud": ("cut off",), "feature": ("off",)}, why="apps do not call the cloud"
            ),
        ],
    )


def running_case(values: Mapping[str, str]) -> tuple[Failure, set[str]]:
    app, own = SERVERS[values["server"]]
    old = values["dev mode"] != "off"
    causes = {
        own,
        CLOUD_APPS[values["cloud app"]],
        "cloud-answered-errors" if values["polls"] == "refused" else None,
        "dev-mode-row-not-updated" if old else None,
        "browser-stale" if values["page"] == "stale" else None,
    }
    setup = CloudSetup(
        faults=(POLLS_REFUSED,) if values["polls"] == "refused" else (),
        browser="stale" if values["page"] == "stale" else "fresh",
        switches=SHORT_LIFE if values["cloud app"] == "zero-then-nothing" else {},
    )
    flags = {FEATURE: True, DEV_MODE: old}
    ccma = "3.1.7" if old else "3.9.6"
    return _failure(values, app, flags, ccma, values["cloud app"], setup), _named(causes)


def standing_case(values: Mapping[str, str]) -> tuple[Failure, set[str]]:
    app, own = SERVERS[values["server"]]
    installs: Mapping[str, tuple[CloudInstall, str | None]] = {
        "installed": ("installed", None),
        "missing": ("missing", "app-not-installed-in-cloud"),
        "without webhook": ("no-webhook", "webhook-not-registered"),
    }
    install, of_install = installs[values["cloud app is"]]
    causes = {
        own,
        of_install,
        "feature-flag-off" if values["feature"] == "off" else None,
        "app-not-needed" if values["decision"] == "not needed" else None,
        "no-consent" if values["consent"] == "withheld" else None,
        "core-migration-failed" if values["core"] == "fails" else None,
        "server-cannot-reach-cloud" if values["cloud"] == "cut off" else None,
    }
    setup = CloudSetup(
        install=install,
        assessment="needed" if values["decision"] == "needed" else "not-needed",
        consent="given" if values["consent"] == "given" else "withheld",
        core="well" if values["core"] == "well" else "fails",
        pairing="listed" if values["server"] == "wrong-key" else "open",
        faults=(CUT_OFF,) if values["cloud"] == "cut off" else (),
    )
    flags = {FEATURE: values["feature"] == "on", DEV_MODE: False}
    ccma = "3.1.7" if values["server"] == "too-new" else "3.9.6"
    return _failure(values, app, flags, ccma, None, setup), _named(causes)


def _named(causes: set[str | None]) -> set[str]:
    return {each for each in causes if each}


def _failure(
    values: Mapping[str, str],
    app: str,
    flags: Mapping[str, bool],
    ccma: str,
    cloud_app: str | None,
    setup: CloudSetup,
) -> Failure:
    """A case that no row satisfies: it is watched until nothing more can come."""
    name = ",".join(f"{axis}={value}" for axis, value in values.items())
    # A webhook that is not acknowledged is known to be so after 5 s of wall time, not before.
    lasts = timedelta(seconds=6 * PAIRS_SCALE if cloud_app == "always-slow-webhooks" else 0)
    source = "none: only its causes are looked at"
    expectation = Expectation(rows=("CANCELLED",), lasts=lasts, source=source)
    folder = assets.sample_app(app)
    case = Case(name, folder, values, flags, ccma, cloud_app, expectation, None, cloud=setup)
    return Failure(case, "")
