"""From evidence to findings: each rule is applied, then its answer checked against the others."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from harness.diagnosis.causes import BY_ID, CATALOGUE
from harness.diagnosis.facts import Facts
from harness.diagnosis.finding import Finding
from harness.diagnosis.links import may_bring_about
from harness.diagnosis.rules import (
    app_data,
    assistant,
    calls,
    cloud_app,
    configuration,
    container,
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
    "base-url-wrong": cloud_app.base_url_wrong,
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
    "cloud-answered-errors": calls.cloud_answered_errors,
    "upload-refused": calls.upload_refused,
    "settled-too-early": calls.settled_too_early,
    "connection-broke": calls.connection_broke,
    "poll-answered-old-state": calls.poll_answered_old_state,
    "key-getter-threw": server_app.key_getter_threw,
    "report-malformed": cloud_app.report_malformed,
    "email-domain-not-trusted": configuration.email_domains_not_trusted,
    "app-disabled": configuration.app_disabled,
    "session-ended": network.session_ended,
    "server-cannot-reach-cloud": network.server_cannot_reach_cloud,
    "browser-stale": network.browser_stale,
    "core-migration-failed": configuration.core_migration_failed,
    "core-migration-incomplete": configuration.core_migration_incomplete,
    "listener-ended-by-error": app_data.listener_ended_by_error,
    "listener-still-running": app_data.listener_still_running,
    "listener-swallowed-failure": app_data.listener_swallowed_failure,
    "upload-not-closed": app_data.upload_not_closed,
    "nothing-uploaded": app_data.nothing_uploaded,
    "app-never-read": app_data.app_never_read,
    "app-read-refused": app_data.app_read_refused,
    "signed-link-expired": app_data.signed_link_expired,
    "app-read-failed": app_data.app_read_failed,
    "signed-link-refused": app_data.signed_link_refused,
    "not-in-the-model": app_data.not_in_the_model,
    "transfer-refused": platform.transfer_refused,
    "event-lost": platform.event_lost,
    "forge-environment-differs": cloud_app.forge_environment_differs,
    "server-token-refused": calls.server_token_refused,
    "site-connection-expired": calls.site_connection_expired,
    "transfer-cancelled": platform.transfer_cancelled,
    "context-not-started": container.context_not_started,
    "host-service-missing": container.host_service_missing,
    "vendor-check-failed": container.vendor_check_failed,
}


def diagnose(facts: Facts) -> list[Finding]:
    """Every cause of the catalogue judged, in the catalogue's order."""
    found = {cause.id: RULES[cause.id](facts) for cause in CATALOGUE}
    return [_among(finding, found) for finding in found.values()]


def _among(finding: Finding, found: Mapping[str, Finding]) -> Finding:
    """A finding in view of the others: consequences are withdrawn, silence alone proves nothing.

    A chain of consequences is withdrawn whole.
    """
    if finding.confidence not in ("proved", "likely"):
        return finding
    cause = BY_ID[finding.cause]
    possible = [each for each in cause.follows_from if may_bring_about(found[each], finding)]
    roots = [each for each in possible if found[each].confidence == "proved"]
    if roots:
        return replace(finding, confidence="excluded", note=f"it follows from {', '.join(roots)}")
    others = [each for each in possible if found[each].confidence != "excluded"]
    if not cause.rests_on_silence or not others:
        return finding
    missing = tuple(_open(found[each]) for each in others)
    return replace(finding, confidence="likely", missing=(*finding.missing, *missing))


def _open(other: Finding) -> str:
    """Another explanation, and how to learn whether it is the right one."""
    how = "; ".join(other.missing)
    return f"it may be {other.cause} instead" + (f": {how}" if how else "")
