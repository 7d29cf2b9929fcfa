"""Rules about the set-up: flags, assessment, consent, the cloud app's installation, the core."""

import re

from harness.diagnosis.evidence import (
    AssessmentDecision,
    Bundle,
    Consent,
    Evidence,
    Flag,
    LogLine,
    MigrationMade,
    PlanStatus,
    Plugin,
    RefusedDomains,
    RowShown,
)
from harness.diagnosis.facts import NEW_MIGRATION, PAGE, Facts
from harness.diagnosis.finding import Finding, excluded, likely, proved, unknown
from harness.store.layout import JOURNAL, SERVER_LOG, SITE, UPM
from harness.vocabulary.features import FEATURE, meant

_NOT_STARTED = re.compile(
    r"Unable to start|did not load within|could not be (?:started|enabled)"
    r"|[Ff]ailed to (?:start|enable)"
)

_NOT_MIGRATED = re.compile(r"core migration\b.*could not be migrated", re.IGNORECASE)


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
    # A misspelt key is a feature of its own, and switches nothing.
    near = next((each for each in facts.of(Flag) if each.on and meant(each.key) == FEATURE), None)
    note = f"{near.key}, which is on, is not that key" if near else ""
    if facts.row is None:
        return likely(cause, flag, note=note, missing=facts.lacking(PAGE))
    return proved(cause, flag, facts.row, note=note)


def app_disabled(facts: Facts) -> Finding:
    """An app that UPM has, off, without anything that kept it from starting."""
    cause = "app-disabled"
    if facts.called:
        return excluded(cause, facts.called)
    plugins = facts.of(Plugin)
    off = [each for each in plugins if each.installed and not each.enabled]
    if not off:
        return excluded(cause, *plugins) if plugins else unknown(cause, *facts.lacking(UPM))
    if any(each.error for each in off) or any(each.unresolved for each in facts.of(Bundle)):
        return excluded(cause, *off, *facts.of(Bundle), note="it could not be started")
    if failed := [line for line in facts.of(LogLine) if _could_not_start(line)]:
        return excluded(cause, *failed, note="it could not be started")
    if not facts.has(SERVER_LOG):
        return likely(cause, *off, missing=facts.lacking(SERVER_LOG))
    return proved(cause, *off, note="nothing says that it could not be started")


def app_not_needed(facts: Facts) -> Finding:
    """The assessment, which dev mode does without."""
    decision = facts.last(AssessmentDecision)
    passed = decision is not None and decision.decision == "needed"
    return _gate(facts, "app-not-needed", decision, passed)


def no_consent(facts: Facts) -> Finding:
    """The consent, a check that dev mode switches off."""
    consent = facts.last(Consent)
    return _gate(facts, "no-consent", consent, consent is not None and consent.given)


def email_domains_not_trusted(facts: Facts) -> Finding:
    """Domains that an admin refused, and a plan that failed before it came to the apps."""
    cause = "email-domain-not-trusted"
    told, plan = facts.last(RefusedDomains), facts.last(PlanStatus)
    if told and not told.domains:
        return excluded(cause, told)
    if made := facts.last(MigrationMade):
        return excluded(cause, made)
    if told and plan and plan.status == "FAILED":
        return proved(cause, told, plan)
    if told:
        return likely(cause, told, missing=("whether the plan failed",))
    return unknown(cause, *facts.lacking(SITE))


def app_not_installed(facts: Facts) -> Finding:
    """What the site says of the pair's cloud app, not of one that a listener names by mistake."""
    cause = "app-not-installed-in-cloud"
    if facts.acknowledged:
        return excluded(cause, facts.acknowledged)
    if facts.pair is None and any(each.linked is False for each in facts.transfers):
        return unknown(cause, "the pair's cloud key: the listener's is not linked to the server's")
    if not facts.cloud_apps:
        return unknown(cause, *(facts.lacking(SITE, JOURNAL) or ("nobody asked the site",)))
    app = facts.cloud_apps[-1]
    return excluded(cause, app) if app.installed else proved(cause, app)


def core_migration_failed(facts: Facts) -> Finding:
    """The plan's own status."""
    cause = "core-migration-failed"
    if facts.transfers:
        return excluded(cause, *facts.transfers)
    if made := [call for call in facts.server_calls if call.what == NEW_MIGRATION]:
        return excluded(cause, *made, note="the core comes first: it was over by then")
    plan = facts.last(PlanStatus)
    if plan is None:
        return unknown(cause, "the plan's status on the dashboard")
    if plan.status in ("FAILED", "STOPPED") and not facts.has(JOURNAL):
        return likely(cause, plan, missing=facts.lacking(JOURNAL))
    if plan.status in ("FAILED", "STOPPED"):
        return proved(cause, plan)
    if plan.status in ("FINISHED", "INCOMPLETE"):
        return excluded(cause, plan)
    return unknown(cause, f"how the plan ends: it is {plan.status}")


def core_migration_incomplete(facts: Facts) -> Finding:
    """The plan's own status, and what the log says of its parts."""
    cause = "core-migration-incomplete"
    plan = facts.last(PlanStatus)
    if plan is None:
        return unknown(cause, "the plan's status on the dashboard")
    if plan.status in ("FINISHED", "FAILED"):
        return excluded(cause, plan)
    if plan.status != "INCOMPLETE":
        return unknown(cause, f"how the plan ends: it is {plan.status}")
    if said := [line for line in facts.of(LogLine) if _NOT_MIGRATED.search(line.message)]:
        return proved(cause, plan, *said)
    missing = facts.lacking(SERVER_LOG) or ("which part of the plan failed",)
    return likely(cause, plan, missing=missing)


def _could_not_start(line: LogLine) -> bool:
    return bool(_NOT_STARTED.search(line.message))


def _gate(facts: Facts, cause: str, gate: Evidence | None, passed: bool) -> Finding:
    if facts.dev_mode:
        return excluded(cause, facts.dev_mode, note="dev mode does not ask for it")
    if facts.transfers:
        return excluded(cause, *facts.transfers)
    if gate is None:
        return unknown(cause, *facts.lacking(SITE))
    return excluded(cause, gate) if passed else proved(cause, gate)
