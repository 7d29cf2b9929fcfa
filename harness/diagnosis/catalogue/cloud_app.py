"""Causes for which the cloud app's vendor is responsible."""

from harness.diagnosis.cause import DAC, SEED, Cause, Party

PARTY: Party = "cloud app"

CAUSES = (
    Cause(
        "webhook-not-registered",
        PARTY,
        "The cloud app has no migration webhook, so it hears of nothing.",
        "The app is installed and has neither cloudAppMigration in its descriptor nor an endpoint.",
        "A webhook was sent to it, or it has an endpoint.",
        'Put "cloudAppMigration": {"migrationWebhookPath": "/path"} at the top level of '
        "atlassian-connect.json, or PUT /webhook once the app is enabled.",
        f"{DAC}/prepare-cloud-app-connect/",
        ("app-not-installed-in-cloud",),
    ),
    Cause(
        "webhook-never-acknowledged",
        PARTY,
        "The cloud app never acknowledged a webhook.",
        "Webhooks were sent, and none was answered 200 within 5 seconds.",
        "A webhook was acknowledged.",
        "Answer 200 within 5 seconds and do the work afterwards; drop repeats by messageId.",
        f"{DAC}/prepare-cloud-app-connect/",
    ),
    Cause(
        "cloud-app-never-posted",
        PARTY,
        "The cloud app heard of the transfer and never posted progress.",
        "It acknowledged a webhook, and the whole journal has no progress post of it.",
        "It posted, to whatever transfer and with whatever effect.",
        "POST the progress of the transferId that the webhook named, about once a minute.",
        f"{DAC}/report-progress-for-connect/",
        (
            "app-not-installed-in-cloud",
            "webhook-not-registered",
            "webhook-never-acknowledged",
            "listener-threw",
        ),
    ),
    Cause(
        "progress-not-authorised",
        PARTY,
        "The cloud app's progress posts are refused for who sends them.",
        "Posts were refused for their token, and none was taken.",
        "A post was taken.",
        "Sign with the shared secret of this site's installation: HS256, iss is the app key, qsh "
        "is over the path without the site's /wiki. The API is for Connect apps only.",
        f"{DAC}/rest/api-group-status-api/",
    ),
    Cause(
        "posted-to-another-transfer",
        PARTY,
        "The cloud app posts to a transfer that is not this one.",
        "A post went to a transferId that this migration does not have, and its own transfer "
        "was not settled by the app.",
        "All posts went to this migration's transfers.",
        "Take the transferId from the webhook; it is new for each migration, listener and re-run.",
        f"{DAC}/events/",
    ),
    Cause(
        "outdated-keys",
        PARTY,
        "The cloud app posts the keys of before June 2021, which change nothing although each "
        "post gets 200.",
        "A post carried progressStatus or statusMessage and had no effect.",
        "Posts had an effect and settled the transfer.",
        "Use status, percent and message; progressStatus and statusMessage are outdated.",
        f"{DAC}/release-notes/progress-endpoint-dto-deprecation-notice/",
    ),
    Cause(
        "unknown-status",
        PARTY,
        "The cloud app posts a status that is none.",
        "A post was turned down for its status.",
        "Posts had an effect and settled the transfer.",
        "The status is one of IN_PROGRESS, SUCCESS, FAILED, INCOMPLETE.",
        f"{DAC}/progress/",
    ),
    Cause(
        "percent-fell",
        PARTY,
        "The cloud app posts a lower percent than before, which is ignored.",
        "A post with a lower percent changed nothing.",
        "Posts had an effect and settled the transfer.",
        "An update with a lower percent than one already reported reaches neither the page nor "
        "the progress log: let it rise only.",
        f"{DAC}/report-progress-for-connect/",
    ),
    Cause(
        "never-settled",
        PARTY,
        "The cloud app reports progress and does not settle the transfer.",
        "Every post was taken, none had a final status, and the journal is whole.",
        "The transfer is settled.",
        "The final status needs to be one of SUCCESS, FAILED, INCOMPLETE; until then the row "
        "stays RUNNING, after 14 days it is timed out.",
        f"{DAC}/report-progress-for-connect/",
        ("listener-threw", "transfer-timed-out"),
    ),
    Cause(
        "settled-without-100",
        PARTY,
        "The transfer was settled with a percent other than 100.",
        "The settling post left the percent below 100.",
        "The transfer is settled with 100.",
        "Send percent 100 with the final SUCCESS, FAILED or INCOMPLETE.",
        SEED,
    ),
    Cause(
        "posted-after-settling",
        PARTY,
        "The cloud app posts to a transfer that is settled.",
        "A post was refused because the transfer was settled.",
        "No post was refused for that.",
        "Once settled a transfer does not change: further calls with that transferId get 403.",
        f"{DAC}/transfer/",
    ),
    Cause(
        "transfer-timed-out",
        PARTY,
        "The platform timed the transfer out: 14 days passed.",
        "The platform settled it as TIMED_OUT, or the page shows Timed out.",
        "The app settled it.",
        "Settle within 14 days of the first notification that the listener was triggered.",
        f"{DAC}/transfer/",
    ),
)
