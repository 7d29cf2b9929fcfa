"""From evidence to findings: every rule is asked, then what merely follows is taken out."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from harness.diagnosis.causes import BY_ID, CATALOGUE
from harness.diagnosis.facts import Facts
from harness.diagnosis.finding import Finding
from harness.diagnosis.rules import cloud_app, container, platform, server

RULES: dict[str, Callable[[Facts], Finding]] = {
    "feature-flag-off": server.feature_flag_off,
    "dev-mode-poller": platform.dev_mode_poller,
    "keys-do-not-match": platform.keys_do_not_match,
    "cloud-key-null": server.cloud_key_null,
    "listener-not-exported": server.listener_not_exported,
    "package-not-wired": server.package_not_wired,
    "bundle-not-active": server.bundle_not_active,
    "context-not-started": container.context_not_started,
    "host-service-missing": container.host_service_missing,
    "vendor-check-failed": container.vendor_check_failed,
    "two-listeners": server.two_listeners,
    "listener-threw": server.listener_threw,
    "listener-never-called": server.listener_never_called,
    "app-not-needed": server.app_not_needed,
    "no-consent": server.no_consent,
    "app-not-installed-in-cloud": server.app_not_installed,
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
    "poll-not-due": platform.poll_not_due,
    "cloud-answered-errors": platform.cloud_answered_errors,
    "server-cannot-reach-cloud": platform.server_cannot_reach_cloud,
    "browser-stale": platform.browser_stale,
    "core-migration-failed": server.core_migration_failed,
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
