"""Causes for which Atlassian's platform is responsible."""

from harness.diagnosis.cause import DAC, Cause, Party

PARTY: Party = "platform"

CAUSES = (
    Cause(
        "cloud-answered-errors",
        PARTY,
        "The cloud answered the server, or the cloud app, with errors.",
        "Calls that the migration needs were answered 4xx or 5xx, other than 401, and none of "
        "their kind succeeded afterwards; or the app's last report, or a Forge app's last text for "
        "the log with no event acknowledged after it, was, whatever it said.",
        "The last call of each kind succeeded.",
        "Retry with back-off on 429, 5xx, time-outs and connection failures.",
        f"{DAC}/rate-limiting-and-retries/",
    ),
    Cause(
        "transfer-refused",
        PARTY,
        "The platform refused to make the migration or its transfer.",
        "The last call that should have made it was answered with an error other than 401, 429 "
        "for one, and no transfer was made.",
        "A transfer was made.",
        "Wait and run the plan again; on 429 the platform says in Retry-After how long.",
        f"{DAC}/rate-limiting-and-retries/",
    ),
    Cause(
        "poll-answered-old-state",
        PARTY,
        "The platform answers the assistant's poll with an older state than the transfer has.",
        "The last poll was told another state than the transfer had had before it.",
        "The last poll was told the transfer's newest state.",
        "Nothing in the app can mend that: wait for the next refresh, and report the transfer's "
        "id to the platform's support.",
        f"{DAC}/report-progress-for-connect/",
    ),
    Cause(
        "event-lost",
        PARTY,
        "An event for the cloud app was lost on its way, and no later try arrived.",
        "The journal has each try of the message as lost, and the transfer is not settled.",
        "Every event that was due arrived, or the transfer is settled.",
        "Nothing in the app can mend that: run the app's migration again. A cloud app that "
        "looks for its transfers and data itself is less open to it.",
        f"{DAC}/events/",
    ),
    Cause(
        "app-read-failed",
        PARTY,
        "The platform does not give the cloud app its data.",
        "The last read of a kind was answered 429 or 5xx, or refused whatever was asked, and the "
        "transfer is not settled.",
        "Its reads were answered, or the transfer is settled.",
        "Retry with back-off on 429, 5xx, time-outs and connection failures.",
        f"{DAC}/rate-limiting-and-retries/",
    ),
    Cause(
        "signed-link-refused",
        PARTY,
        "A link to the app's data is refused although its hour is not over.",
        "A link was refused as expired within an hour of being made, and the transfer is not "
        "settled.",
        "The bytes were served, or the transfer is settled.",
        "Ask for a new link and retry; compare the clocks of what makes the link and what serves "
        "it.",
        f"{DAC}/app-data/",
    ),
)
