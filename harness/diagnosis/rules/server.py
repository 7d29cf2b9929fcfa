"""Rules about the server: flags, assessment, the app's bundle and its listener."""

import re

from harness.diagnosis.evidence import (
    AssessmentDecision,
    Bundle,
    Consent,
    Evidence,
    ListenerCall,
    ListenerClass,
    ListenerFailed,
    LogLine,
    MigrationMade,
    PlanStatus,
    Plugin,
    RowShown,
)
from harness.diagnosis.facts import PAGE, Facts
from harness.diagnosis.finding import Finding, excluded, likely, proved, unknown
from harness.store.layout import JOURNAL, OSGI, PROBE, SERVER_LOG, SITE, UPM
from harness.vocabulary.features import FEATURE
from harness.vocabulary.listener import LISTENER_SERVICE

_KEY_IS_NULL = "Cloud app key is null for server app key"
_TWO_LISTENERS = re.compile(r"more than one listener", re.IGNORECASE)
_NOT_WIRED = re.compile(
    r"(?:NoClassDefFoundError|ClassNotFoundException): com[./]atlassian[./]migration[./]app"
    r"|osgi\.wiring\.package|missing requirement|Unable to resolve",
)


def feature_flag_off(facts: Facts) -> Finding:
    """The feature flag and the block on the page."""
    cause = "feature-flag-off"
    flag = facts.flag(FEATURE)
    shown = [row for row in facts.of(RowShown) if row.status != "ABSENT"]
    if shown:
        return excluded(cause, shown[-1])
    if flag is None:
        return unknown(cause, f"whether {FEATURE} is on: read it back from the server")
    if flag.on:
        return excluded(cause, flag)
    if facts.row is None:
        return likely(cause, flag, missing=facts.lacking(PAGE))
    return proved(cause, flag, facts.row)


def cloud_key_null(facts: Facts) -> Finding:
    """The listener's cloud key. That the log line is absent proves nothing."""
    cause = "cloud-key-null"
    answered = [each for each in facts.of(ListenerClass) if each.keys is not None]
    null = [each for each in answered if each.keys and each.keys[1] is None]
    logged = [line for line in facts.of(LogLine) if line.message.startswith(_KEY_IS_NULL)]
    if null or logged:
        return proved(cause, *null, *logged)
    named: list[Evidence] = [each for each in facts.transfers if each.cloud_key is not None]
    if answered or named:
        return excluded(cause, *answered, *named)
    return unknown(
        cause, *(facts.lacking(PROBE) or ("what getCloudAppKey() returns: it was never called",))
    )


def listener_not_exported(facts: Facts) -> Finding:
    """The bundle's services against its classes."""
    cause = "listener-not-exported"
    seen = facts.called or (facts.transfers[-1] if facts.transfers else None)
    if seen:
        return excluded(cause, seen)
    bundle = facts.last(Bundle)
    if bundle is None or bundle.services is None:
        return unknown(cause, *(facts.lacking(OSGI) or ("which services the bundle registers",)))
    if any(LISTENER_SERVICE.fullmatch(each) for each in bundle.services):
        return excluded(cause, bundle)
    if bundle.state != "ACTIVE":
        return unknown(cause, "which services it registers once its bundle is active")
    classes = facts.of(ListenerClass)
    if classes:
        return proved(cause, bundle, *classes)
    return likely(cause, bundle, missing=facts.lacking(PROBE))


def package_not_wired(facts: Facts) -> Finding:
    """Unresolved packages, class loading failures, and copies of the interface."""
    cause = "package-not-wired"
    if facts.called:
        return excluded(cause, facts.called)
    broken: list[Evidence] = [each for each in facts.of(Bundle) if each.unresolved]
    broken += [each for each in facts.of(Plugin) if _NOT_WIRED.search(each.error or "")]
    broken += [
        each
        for each in facts.of(LogLine)
        if _NOT_WIRED.search("\n".join([each.message, *each.stack]))
    ]
    if broken:
        return proved(cause, *broken)
    own_copy = [
        each
        for each in facts.of(ListenerClass)
        if each.loader in each.interface_loaders and not each.by_name
    ]
    if any(each.interface_copies > 1 for each in own_copy):
        return proved(cause, *own_copy, note="the assistant has another copy of the interface")
    if own_copy:
        uncalled = listener_never_called(facts)
        if uncalled.confidence == "proved":
            # The assistant's copy is not loaded before it has found a listener: one copy is usual.
            both = dict.fromkeys([*own_copy, *uncalled.evidence])
            note = "the app brings the interface itself; it was not called"
            return proved(cause, *both, note=note)
        return likely(cause, *own_copy, note="the app brings the interface itself")
    wired: list[Evidence] = [each for each in facts.of(Bundle) if each.state == "ACTIVE"]
    wired += facts.of(ListenerClass)
    wired += [each for each in facts.of(Plugin) if each.enabled]
    if wired:
        return excluded(cause, *wired)
    return unknown(cause, *facts.lacking(OSGI, UPM, SERVER_LOG, PROBE))


def bundle_not_active(facts: Facts) -> Finding:
    """UPM's word and the bundle's state."""
    cause = "bundle-not-active"
    off: list[Evidence] = [each for each in facts.of(Plugin) if not each.enabled]
    off += [each for each in facts.of(Bundle) if each.state != "ACTIVE"]
    if off:
        return proved(cause, *off)
    on: list[Evidence] = [*facts.of(Plugin), *facts.of(Bundle)]
    if facts.called:
        on.append(facts.called)
    return excluded(cause, *on) if on else unknown(cause, *facts.lacking(UPM, OSGI))


def two_listeners(facts: Facts) -> Finding:
    """Listeners with the same server key."""
    cause = "two-listeners"
    logged = [line for line in facts.of(LogLine) if _TWO_LISTENERS.search(line.message)]
    if logged:
        return proved(cause, *logged)
    classes = facts.of(ListenerClass)
    keys = [each.keys[0] for each in classes if each.keys is not None]
    if len(keys) != len(set(keys)):
        return proved(cause, *classes)
    if len(classes) == 1:
        return excluded(cause, *classes)
    if classes:
        return unknown(cause, "whether the listener classes answer for one key: not all were asked")
    first = [each for each in facts.transfers if not each.is_rerun]
    server_keys = [each.server_key for each in first]
    if len(server_keys) != len(set(server_keys)):
        return likely(cause, *first, missing=facts.lacking(PROBE))
    return unknown(cause, *(facts.lacking(PROBE) or ("no listener class was loaded",)))


def listener_threw(facts: Facts) -> Finding:
    """How the listener's calls ended."""
    cause = "listener-threw"
    calls = facts.of(ListenerCall)
    threw: list[Evidence] = [each for each in calls if each.outcome == "threw"]
    threw += facts.of(ListenerFailed)
    threw += [line for line in facts.of(LogLine) if _in_listener(line)]
    if threw and any("the stand-in does not have" in line.message for line in facts.of(LogLine)):
        # What was made up may be why it threw; then that is no fault of the app's.
        return likely(cause, *threw)
    if threw:
        return proved(cause, *threw)
    if calls and all(each.outcome == "returned" for each in calls):
        return excluded(cause, *calls)
    if calls:
        return unknown(cause, "how the call ends: it was still running when the probe stopped")
    return unknown(cause, *(facts.lacking(PROBE) or ("the listener was not called",)))


def listener_never_called(facts: Facts) -> Finding:
    """A watched listener without a call, in a migration that began after the watch did."""
    cause = "listener-never-called"
    if facts.called:
        return excluded(cause, facts.called)
    began = facts.last(MigrationMade)
    if began is None:
        return unknown(cause, *facts.lacking(JOURNAL), "whether the migration began at all")
    began_at = began.origin.wall
    watched = [
        each
        for each in facts.of(ListenerClass)
        if each.armed and began_at and each.armed <= began_at
    ]
    if watched:
        return proved(cause, began, *watched, note="its calls were watched, and there was none")
    return unknown(
        cause, *(facts.lacking(PROBE) or ("no listener was watched from before the migration",))
    )


def app_not_needed(facts: Facts) -> Finding:
    """The assessment, which dev mode does without."""
    decision = facts.last(AssessmentDecision)
    passed = decision is not None and decision.decision == "needed"
    return _gate(facts, "app-not-needed", decision, passed)


def no_consent(facts: Facts) -> Finding:
    """The consent, a check that dev mode switches off."""
    consent = facts.last(Consent)
    return _gate(facts, "no-consent", consent, consent is not None and consent.given)


def core_migration_failed(facts: Facts) -> Finding:
    """The plan's own status."""
    cause = "core-migration-failed"
    if facts.transfers:
        return excluded(cause, *facts.transfers)
    plan = facts.last(PlanStatus)
    if plan is None:
        return unknown(cause, "the plan's status on the dashboard")
    if plan.status in ("FAILED", "STOPPED"):
        return proved(cause, plan)
    if plan.status in ("FINISHED", "INCOMPLETE"):
        return excluded(cause, plan)
    return unknown(cause, f"how the plan ends: it is {plan.status}")


def app_not_installed(facts: Facts) -> Finding:
    """The site's word on the cloud app of the pair, not on one that a listener names by mistake."""
    cause = "app-not-installed-in-cloud"
    if facts.acknowledged:
        return excluded(cause, facts.acknowledged)
    if facts.pair is None and any(each.linked is False for each in facts.transfers):
        return unknown(cause, "the pair's cloud key: the listener's is not linked to the server's")
    if not facts.cloud_apps:
        return unknown(cause, *(facts.lacking(SITE, JOURNAL) or ("nobody asked the site",)))
    app = facts.cloud_apps[-1]
    return excluded(cause, app) if app.installed else proved(cause, app)


def _gate(facts: Facts, cause: str, gate: Evidence | None, passed: bool) -> Finding:
    if facts.dev_mode:
        return excluded(cause, facts.dev_mode, note="dev mode does not ask for it")
    if facts.transfers:
        return excluded(cause, *facts.transfers)
    if gate is None:
        return unknown(cause, *facts.lacking(SITE))
    return excluded(cause, gate) if passed else proved(cause, gate)


def _in_listener(line: LogLine) -> bool:
    return line.level in ("ERROR", "WARN", "FATAL") and any(
        ".onStartAppMigration(" in frame or ".onRerunAppMigration(" in frame for frame in line.stack
    )
