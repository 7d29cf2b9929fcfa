"""Causes for which the cloud app's vendor is responsible."""

from harness.diagnosis.cause import DAC, SEED, Cause, Party

PARTY: Party = "cloud app"

_NO_DATA = (
    "listener-threw",
    "listener-ended-by-error",
    "listener-still-running",
    "listener-swallowed-failure",
    "upload-not-closed",
    "nothing-uploaded",
    "webhook-never-acknowledged",
    "event-lost",
    "forge-environment-differs",
    "app-read-failed",
    "app-read-refused",
    "signed-link-expired",
    "signed-link-refused",
    "transfer-cancelled",
    "transfer-timed-out",
    "cloud-answered-errors",
    "connection-broke",
    "server-token-refused",
    "site-connection-expired",
    "upload-refused",
    "base-url-wrong",
    "not-in-the-model",
    "host-service-missing",
)
"""Why a cloud app that does everything right has nothing to report."""

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
        "Webhooks were sent, and none was answered 200 in time: within 5 seconds, or 25 by a Forge "
        "app's function; no try failed with a call of that function that the platform failed.",
        "A webhook was acknowledged.",
        "Answer 200 within 5 seconds and do the work afterwards; a Forge app's function has 25 "
        "seconds for both. Drop repeats by messageId.",
        f"{DAC}/prepare-cloud-app-connect/",
    ),
    Cause(
        "cloud-app-never-posted",
        PARTY,
        "The cloud app heard of the transfer and never reported on it.",
        "It acknowledged a webhook, and the whole journal has no progress post of it; of a Forge "
        "app: it took the event of an upload, and never sent a message status.",
        "It reported, to whatever transfer and with whatever effect.",
        "POST the progress of the transferId that the webhook named, about once a minute; a Forge "
        "app reports each upload's messageId to /message/{transferId}/status.",
        f"{DAC}/report-progress-for-connect/",
        ("app-not-installed-in-cloud", "webhook-not-registered", *_NO_DATA),
        rests_on_silence=True,
    ),
    Cause(
        "base-url-wrong",
        PARTY,
        "The cloud app calls the cloud below another base URL than its installation gave.",
        "It asked for an address that the cloud has, with something before it that the cloud does "
        "not have, and the transfer is not settled.",
        "What it asked for was there, or the transfer is settled.",
        "Take baseUrl from the installed payload as it is, and put "
        "/rest/atlassian-connect/1/migration/... behind it.",
        f"{DAC}/rest/api-group-status-api/",
    ),
    Cause(
        "progress-not-authorised",
        PARTY,
        "The cloud app's progress posts are refused for who sends them.",
        "The last post was refused for its token, and the transfer is not settled.",
        "The last post was taken, or the transfer is settled.",
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
        "report-malformed",
        PARTY,
        "The cloud app posts what is no report: a field is missing, of the wrong kind or out of "
        "range.",
        "A post was refused for its form.",
        "Posts had an effect and settled the transfer.",
        'The body is {"status": text, "percent": whole number of 0 to 100, "message": text}.',
        f"{DAC}/rest/api-group-status-api/",
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
        ("app-never-read", *_NO_DATA),
        rests_on_silence=True,
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
        "settled-too-early",
        PARTY,
        "The cloud app settles the transfer while the server app is still uploading.",
        "Uploads were refused because the transfer was settled by a post.",
        "No upload was refused for that.",
        "Settle when all data is there: let the server app's last upload say by its label or "
        "content that it is the last.",
        f"{DAC}/transfer/",
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
        "The platform timed the transfer out: nobody settled it in time.",
        "The platform settled it as TIMED_OUT, which says the limit that passed: 14 days, or a "
        "Forge app's 15 minutes; or the page shows Timed out.",
        "The transfer was settled before.",
        "Settle within 14 days of the first notification that the listener was triggered; a Forge "
        "app has to acknowledge each upload's message within 15 minutes of the last success "
        "message or upload.",
        f"{DAC}/transfer/",
        (
            "app-not-installed-in-cloud",
            "webhook-not-registered",
            *(each for each in _NO_DATA if each != "transfer-timed-out"),
            "progress-not-authorised",
            "app-never-read",
        ),
    ),
    Cause(
        "app-never-read",
        PARTY,
        "The cloud app heard of uploaded data and never asked for it.",
        "It acknowledged app-data-uploaded, each of its posts counted, the transfer is not "
        "settled, and the whole journal has no question for the data.",
        "It asked for data, or the transfer is settled.",
        "GET /data/{s3Key} with the s3Key of the event, then the URL that it answers, while the "
        "transfer is active.",
        f"{DAC}/app-data/",
        ("cloud-app-never-posted", "base-url-wrong", "transfer-cancelled", "connection-broke"),
    ),
    Cause(
        "app-read-refused",
        PARTY,
        "The platform refuses the cloud app its data, for how the app asks.",
        "The last read of a kind was answered 4xx, other than 429, and the transfer is not "
        "settled.",
        "Its reads were answered, or the transfer is settled.",
        "Sign with the shared secret of this site's installation; s3Key and transferId are those "
        "of the event, and the transfer has to be active.",
        f"{DAC}/app-data/",
    ),
    Cause(
        "signed-link-expired",
        PARTY,
        "The cloud app used a link to its data after the link's hour.",
        "A link was refused as expired an hour after it was made, or later, and no newer one was "
        "used with success.",
        "The bytes were served, or the transfer is settled.",
        "Ask for a new link when the bytes are needed: it is valid for an hour.",
        f"{DAC}/app-data/",
    ),
)
