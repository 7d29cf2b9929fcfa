"""From evidence to findings: every rule is asked, then what merely follows is taken out."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from harness.diagnosis.causes import BY_ID, CATALOGUE
from harness.diagnosis.facts import Facts
from harness.diagnosis.finding import Finding
from harness.diagnosis.rules import (
    assistant,
    cloud_app,
    configuration,
    network,
    platform,
    server_app,
)

RULES: dict[str, Callable[[Facts], Finding]] = {
    "feature-flag-off": configuration.feature_flag_off,
    "dev-mode-row-not-updated": assistant.dev_mode_row_not_updated,
    "keys-do-not-match": server_app.keys_do_not_match,
    "cloud-key-null": server_app.cloud_key_null,
    "listener-not-exported": server_app.listener_not_exported,
    "package-not-wired": server_app.package_not_wired,
    "bundle-not-active": server_app.bundle_not_active,
    "two-listeners": server_app.two_listeners,
    "listener-threw": server_app.listener_threw,
    "listener-never-called": server_app.listener_never_called,
    "app-not-needed": configuration.app_not_needed,
    "no-consent": configuration.no_consent,
    "app-not-installed-in-cloud": configuration.app_not_installed,
    "webhook-not-registered": cloud_app.webhook_not_registered,
    "webhook-never-acknowledged": cloud_app.webhook_never_acknowledged,
    "cloud-app-never-posted": cloud_app.cloud_app_never_posted,
    "outdated-keys": cloud_app.outdated_keys,
    "unknown-status": cloud_app.unknown_status,
    "percent-fell": cloud_app.percent_fell,
    "settled-without-100": cloud_app.settled_without_100,
    "never-settled": cloud_app.never_settled,
    "posted-to-another-transfer": cloud_app.posted_to_another_transfer,
    "posted-after-settling": cloud_app.posted_after_settling,
    "progress-not-authorised": cloud_app.progress_not_authorised,
    "transfer-timed-out": cloud_app.transfer_timed_out,
    "poll-not-due": assistant.poll_not_due,
    "cloud-answered-errors": platform.cloud_answered_errors,
    "server-cannot-reach-cloud": network.server_cannot_reach_cloud,
    "browser-stale": network.browser_stale,
    "core-migration-failed": configuration.core_migration_failed,
}


def diagnose(facts: Facts) -> list[Finding]:
    """Every cause of the catalogue judged, in the catalogue's order."""
    return _without_consequences([RULES[cause.id](facts) for cause in CATALOGUE])


def _without_consequences(findings: Sequence[Finding]) -> list[Finding]:
    """Take back what follows from something proved; a chain of them is taken back whole."""
    proved = {finding.cause for finding in findings if finding.confidence == "proved"}
    return [_unless_it_follows(finding, proved) for finding in findings]


def _unless_it_follows(finding: Finding, proved: set[str]) -> Finding:
    roots = [each for each in BY_ID[finding.cause].follows_from if each in proved]
    if finding.confidence not in ("proved", "likely") or not roots:
        return finding
    return replace(finding, confidence="excluded", note=f"it follows from {', '.join(roots)}")
