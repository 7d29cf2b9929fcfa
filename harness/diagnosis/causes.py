"""The closed catalogue of causes: every way to fail that we know, in one place.

`docs/causes.md` is generated from here. A cause that follows from another is only named when none
of those is proved: a webhook that was never registered is why the cloud app never posted.
"""

from dataclasses import dataclass

from harness.vocabulary.features import DEV_MODE, FEATURE

SEED = (
    "https://community.developer.atlassian.com/t/migration-progress-not-updating-in-ccma-ui/49420"
)
_DAC = "https://developer.atlassian.com/platform/app-migration"
_SUP = "https://support.atlassian.com/migration/docs"
_FORUM = "https://community.developer.atlassian.com/t"


@dataclass(frozen=True, slots=True)
class Cause:
    """One way to fail.

    Args:
        id: its name, kebab-case.
        statement: what is broken, one sentence.
        proved_by: the evidence that proves it.
        excluded_by: the evidence that excludes it.
        advice: what to do, in the words of the platform's documentation.
        source: where that is written.
        follows_from: causes that bring this one about; when one of them is proved, this is not
            named as a cause of its own.
    """

    id: str
    statement: str
    proved_by: str
    excluded_by: str
    advice: str
    source: str
    follows_from: tuple[str, ...] = ()


_NO_LISTENER = (
    "context-not-started",
    "vendor-check-failed",
    "feature-flag-off",
    "cloud-key-null",
    "keys-do-not-match",
    "listener-not-exported",
    "package-not-wired",
    "bundle-not-active",
    "two-listeners",
    "app-not-needed",
    "no-consent",
    "app-not-installed-in-cloud",
    "core-migration-failed",
    "cloud-answered-errors",
    "server-cannot-reach-cloud",
)

CATALOGUE = (
    Cause(
        "feature-flag-off",
        "App migration is switched off by its dark feature.",
        f'{FEATURE} reads back off, and the plan\'s page has no "App migration progress" block.',
        "The flag reads back on, or the page has the block.",
        f"Enable {FEATURE} on /admin/darkfeatures.action.",
        f"{_FORUM}/testing-app-migration-platform-without-automated-pathway/45482",
    ),
    Cause(
        "dev-mode-poller",
        "The assistant's dev mode defect: the progress it polls never reaches the row.",
        "Dev mode is on, the version is in the known range, the listener was reported as "
        "triggered, a later poll was answered, and the row still says READY.",
        "Dev mode is off, the version is a fixed one, or the row moved on from READY.",
        f"Disable {DEV_MODE} and run again: the row then says "
        "Running 0 %, and Complete 100 % about ten minutes later. Or use a version without it.",
        SEED,
    ),
    Cause(
        "keys-do-not-match",
        "The platform cannot link the server app to the cloud app: their keys do not match.",
        "The transfer was made without a link, or the listener's keys are not those of the pair.",
        "The transfer is linked. Unequal keys alone prove nothing: the seed's were unequal too.",
        "getCloudAppKey() and getServerAppKey() have to match your Marketplace entries; for a "
        "private or testing app they have to match each other.",
        SEED,
    ),
    Cause(
        "cloud-key-null",
        "The listener names no cloud app.",
        'getCloudAppKey() returned null, or the log says "Cloud app key is null for server app '
        'key ...". That the line is absent proves nothing.',
        "getCloudAppKey() returned a key, or a transfer with a cloud key was made.",
        "Return your cloud app's key from getCloudAppKey().",
        f"{_DAC}/prepare-server-app-connect/",
    ),
    Cause(
        "listener-not-exported",
        "The listener is there, but not as an OSGi service, so the assistant cannot see it.",
        "Its class is loaded and the bundle active, and no listener interface is among the "
        "services that the bundle registers.",
        "A listener service is registered, or the listener was called.",
        "Export the listener as an OSGi service: @ExportAsService with the Spring scanner's "
        "indexes, or registerService in an activator.",
        f"{_DAC}/prepare-server-app-connect/",
        ("bundle-not-active", "package-not-wired", "context-not-started"),
    ),
    Cause(
        "package-not-wired",
        "A package that the server app imports is not wired to whoever exports it.",
        "The bundle has unresolved packages, the log has a NoClassDefFoundError or "
        "ClassNotFoundException of the listener library, or the listener implements another copy "
        "of the interface than the assistant's, or one of the app's own and was watched in vain.",
        "The bundle is resolved with one copy of the interface, or the listener was called.",
        "The current listener library is exported by the assistant at run time and needs no "
        "import instructions: take a plugin that imports com.atlassian.migration.app.* over to "
        "DiscoverableListener.",
        f"{_DAC}/tutorials/migrating-osgi-to-discoverable-listener/",
    ),
    Cause(
        "bundle-not-active",
        "The server app is not running.",
        "UPM has it disabled or not at all, or its bundle is not ACTIVE, though its packages "
        "resolve.",
        "UPM has it enabled and the bundle is ACTIVE, or the listener was called.",
        "Enable the app under Manage apps; the application log says why its bundle did not start.",
        "https://confluence.atlassian.com/upm/",
        ("package-not-wired", "context-not-started"),
    ),
    Cause(
        "context-not-started",
        "The app's Spring context did not start, so none of its beans is there.",
        "UPM's task or the log says that the plugin container could not be started: a bean, a "
        "dependency or a file of the context, or the time that it took.",
        "UPM has the app enabled and its bundle is ACTIVE, or the listener was called.",
        "Mend the bean that the message names: its class has to be in the jar, what it needs has "
        "to be among the components or imports, and its constructor must neither throw nor wait.",
        "https://developer.atlassian.com/server/framework/atlassian-sdk/"
        "dependency-issues-during-plugin-initialisation/",
        ("package-not-wired",),
    ),
    Cause(
        "host-service-missing",
        "The stand-in does not have something of Confluence that the app needs: this is no "
        "fault of the app.",
        "The log says that the listener failed in the method that a made-up service had answered "
        "with an empty value, or that it called what the stand-in does not have.",
        "Every call of the listener was seen to return.",
        "State what the service answers under `host:` in app.yaml, or give its jar under "
        "`server.provided`; or run the case against a real Confluence.",
        "https://developer.atlassian.com/server/confluence/java-api-reference/",
    ),
    Cause(
        "vendor-check-failed",
        "A check that the app itself brings failed before the migration.",
        "The log names the check that failed.",
        "A transfer was made: the checks let the plan through.",
        "Do what the check asks for, or mend the check: PreMigrationCheckRepository.executeCheck "
        "returned no success.",
        f"{_DAC}/build-app-vendor-checks/",
    ),
    Cause(
        "two-listeners",
        "More than one listener answers for the same server app key.",
        "Two listener services return the same server key, or the log says so.",
        "One listener class of one class loader is loaded, or one bundle registers one.",
        "There is one listener per server app key; several server apps may feed one cloud app.",
        f"{_DAC}/prepare-server-app-connect/",
    ),
    Cause(
        "listener-threw",
        "onStartAppMigration ended with an uncaught exception.",
        "The method was seen to be left by an exception, the server reported listener-errored, or "
        "the log has the exception with the method on its stack.",
        "Every call was seen to return.",
        "Catch the exception on the server and settle the transfer from the cloud app when it "
        "receives listener-errored (CCMA 3.3.7 and later); before, the row stays RUNNING for ever.",
        f"{_DAC}/server-side-exceptions/",
        ("host-service-missing",),
    ),
    Cause(
        "listener-never-called",
        "The listener is there and was not called.",
        "Its calls were watched since before the migration began, and there was none.",
        "A call was seen, or the server reported the listener as triggered.",
        "Ensure in the server that onStartAppMigration() is being called and visible via OSGi; "
        "for a test, GET /rest/migration/latest/app-migration/trigger/<planId> calls every "
        "listener (CCMA 3.4.8 and later). Assistants from before November "
        "2021 do not look for discoverable listeners.",
        SEED,
        _NO_LISTENER,
    ),
    Cause(
        "app-not-needed",
        "The app is not marked Needed in cloud, so it is not part of the plan.",
        "The assessment says something else, dev mode is off, and no transfer was made.",
        "The assessment says needed, dev mode is on, or a transfer was made.",
        "Complete the app assessment and mark the app as Needed in cloud.",
        f"{_SUP}/app-pre-migration-checks",
    ),
    Cause(
        "no-consent",
        "Nobody agreed to the app's migration.",
        "Consent is not given, dev mode is off, and no transfer was made.",
        "Consent is given, dev mode is on, or a transfer was made.",
        "Prepare your apps > Agree to app migration: an admin consents to the access scopes.",
        f"{_SUP}/app-pre-migration-checks",
    ),
    Cause(
        "app-not-installed-in-cloud",
        "The cloud app is not installed on the cloud site.",
        "The site says that the pair's cloud key is not installed.",
        "The site has it installed, or a webhook was delivered to it.",
        "Install the app on the cloud site before the migration.",
        f"{_SUP}/app-pre-migration-checks",
    ),
    Cause(
        "webhook-not-registered",
        "The cloud app has no migration webhook, so it hears of nothing.",
        "The app is installed and has neither cloudAppMigration in its descriptor nor an endpoint.",
        "A webhook was sent to it, or it has an endpoint.",
        'Put "cloudAppMigration": {"migrationWebhookPath": "/path"} at the top level of '
        "atlassian-connect.json, or PUT /webhook once the app is enabled.",
        f"{_DAC}/prepare-cloud-app-connect/",
        ("app-not-installed-in-cloud",),
    ),
    Cause(
        "webhook-never-acknowledged",
        "The cloud app never acknowledged a webhook.",
        "Webhooks were sent, and none was answered 200 within 5 seconds.",
        "A webhook was acknowledged.",
        "Answer 200 within 5 seconds and do the work afterwards; drop repeats by messageId.",
        f"{_DAC}/prepare-cloud-app-connect/",
    ),
    Cause(
        "cloud-app-never-posted",
        "The cloud app heard of the transfer and never posted progress.",
        "It acknowledged a webhook, and the whole journal has no progress post of it.",
        "It posted, to whatever transfer and with whatever effect.",
        "POST the progress of the transferId that the webhook named, about once a minute.",
        f"{_DAC}/report-progress-for-connect/",
        (
            "app-not-installed-in-cloud",
            "webhook-not-registered",
            "webhook-never-acknowledged",
            "listener-threw",
            "host-service-missing",
        ),
    ),
    Cause(
        "outdated-keys",
        "The cloud app posts the keys of before June 2021, which change nothing although each "
        "post gets 200.",
        "A post carried progressStatus or statusMessage and had no effect.",
        "Posts had an effect and settled the transfer.",
        "Use status, percent and message; progressStatus and statusMessage are outdated.",
        f"{_DAC}/release-notes/progress-endpoint-dto-deprecation-notice/",
    ),
    Cause(
        "unknown-status",
        "The cloud app posts a status that is none.",
        "A post was turned down for its status.",
        "Posts had an effect and settled the transfer.",
        "The status is one of IN_PROGRESS, SUCCESS, FAILED, INCOMPLETE.",
        f"{_DAC}/progress/",
    ),
    Cause(
        "percent-fell",
        "The cloud app posts a lower percent than before, which is ignored.",
        "A post with a lower percent changed nothing.",
        "Posts had an effect and settled the transfer.",
        "An update with a lower percent than one already reported reaches neither the page nor "
        "the progress log: let it rise only.",
        f"{_DAC}/report-progress-for-connect/",
    ),
    Cause(
        "settled-without-100",
        "The transfer was settled with a percent other than 100.",
        "The settling post left the percent below 100.",
        "The transfer is settled with 100.",
        "Send percent 100 with the final SUCCESS, FAILED or INCOMPLETE.",
        SEED,
    ),
    Cause(
        "never-settled",
        "The cloud app reports progress and does not settle the transfer.",
        "Every post was taken, none had a final status, and the journal is whole.",
        "The transfer is settled.",
        "The final status needs to be one of SUCCESS, FAILED, INCOMPLETE; until then the row "
        "stays RUNNING, after 14 days it is timed out.",
        f"{_DAC}/report-progress-for-connect/",
        ("listener-threw", "host-service-missing", "transfer-timed-out"),
    ),
    Cause(
        "posted-to-another-transfer",
        "The cloud app posts to a transfer that is not this one.",
        "A post went to a transferId that this migration does not have, and its own transfer "
        "was not settled by the app.",
        "All posts went to this migration's transfers.",
        "Take the transferId from the webhook; it is new for each migration, listener and re-run.",
        f"{_DAC}/events/",
    ),
    Cause(
        "posted-after-settling",
        "The cloud app posts to a transfer that is settled.",
        "A post was refused because the transfer was settled.",
        "No post was refused for that.",
        "Once settled a transfer does not change: further calls with that transferId get 403.",
        f"{_DAC}/transfer/",
    ),
    Cause(
        "progress-not-authorised",
        "The cloud app's progress posts are refused for who sends them.",
        "Posts were refused for their token, and none was taken.",
        "A post was taken.",
        "Sign with the shared secret of this site's installation: HS256, iss is the app key, qsh "
        "is over the path without the site's /wiki. The API is for Connect apps only.",
        f"{_DAC}/rest/api-group-status-api/",
    ),
    Cause(
        "transfer-timed-out",
        "The platform timed the transfer out: 14 days passed.",
        "The platform settled it as TIMED_OUT, or the page shows Timed out.",
        "The app settled it.",
        "Settle within 14 days of the first notification that the listener was triggered.",
        f"{_DAC}/transfer/",
    ),
    Cause(
        "poll-not-due",
        "The assistant has not asked the cloud since: its next poll is not due yet.",
        "The newest change in the cloud is younger than the last poll, and the time of the next "
        "poll is after the last look.",
        "A poll was answered after the newest change and before the last look.",
        "Progress is refreshed every 10 minutes, every 60 seconds in dev mode: look again then.",
        f"{_DAC}/testing/dev-mode",
    ),
    Cause(
        "cloud-answered-errors",
        "The cloud answered the server with errors.",
        "The server's calls were answered 4xx or 5xx and none of their kind succeeded afterwards.",
        "The last call of each kind succeeded.",
        "Retry with back-off on 429, 5xx, time-outs and connection failures.",
        f"{_DAC}/rate-limiting-and-retries/",
    ),
    Cause(
        "server-cannot-reach-cloud",
        "The server cannot reach the cloud.",
        "The log has a connection, name or TLS failure of a call to the cloud, and no call "
        "arrived there afterwards.",
        "Calls of the server arrived.",
        "Let the server reach api.atlassian.com and the site over HTTPS: proxy, DNS, and the "
        "certificate authority in the JVM's trust store.",
        f"{_SUP}/troubleshoot-migration-with-confluence-migration-assistant/",
    ),
    Cause(
        "browser-stale",
        "The page is older than what the server knows.",
        "The page, loaded anew between two equal answers of the progress REST, shows another "
        "state; or the REST answered another one no later than the page showed it.",
        "Both agree.",
        "Reload the plan's page.",
        f"{_DAC}/testing/retrieve-migration-progress/",
    ),
    Cause(
        "core-migration-failed",
        "The core migration did not get through, so apps are not notified.",
        "The plan is FAILED or STOPPED and no transfer was made.",
        "A transfer was made, or the plan ran to its end.",
        "Apps start when the core migration is successful or incomplete; see its errors first.",
        f"{_SUP}/manage-and-view-the-details-of-confluence-migration-plans/",
        ("cloud-answered-errors", "server-cannot-reach-cloud"),
    ),
)

BY_ID = {cause.id: cause for cause in CATALOGUE}


def as_markdown() -> str:
    """The catalogue as `docs/causes.md` has it."""
    parts = [
        "# Causes\n\n"
        "Every way to fail that `harness explain` can name. Generated from "
        "`harness/diagnosis/causes.py`; do not edit (`python -m harness.diagnosis.causes > "
        "docs/causes.md`).\n\n"
        "A cause is `proved`, `likely`, `excluded` or `unknown`. None is named because something "
        "is merely absent: the seed thread shows that a missing log line proves nothing. A cause "
        "that follows from a proved one is not named beside it.\n"
    ]
    parts += [_section(cause) for cause in CATALOGUE]
    return "\n".join(parts)


def _section(cause: Cause) -> str:
    follows = ", ".join(f"`{each}`" for each in cause.follows_from)
    return (
        f"## {cause.id}\n\n{cause.statement}\n\n"
        f"- **Proved by**: {cause.proved_by}\n"
        f"- **Excluded by**: {cause.excluded_by}\n"
        + (f"- **Not named beside**: {follows}\n" if follows else "")
        + f"- **What to do**: {cause.advice}\n"
        f"- **Source**: <{cause.source}>\n"
    )


if __name__ == "__main__":
    print(as_markdown(), end="")  # noqa: T201 - this module's one command is to print
