"""Causes for which the network between server, cloud and browser is responsible."""

from harness.diagnosis.cause import DAC, SUP, Cause, Party

PARTY: Party = "network"

CAUSES = (
    Cause(
        "server-cannot-reach-cloud",
        PARTY,
        "The server cannot reach the cloud.",
        "The log has a connection, name or TLS failure of a call to the cloud, and none was "
        "answered.",
        "A call of the server was answered.",
        "Let the server reach api.atlassian.com and the site over HTTPS: proxy, DNS, and the "
        "certificate authority in the JVM's trust store.",
        f"{SUP}/troubleshoot-migration-with-confluence-migration-assistant/",
    ),
    Cause(
        "connection-broke",
        PARTY,
        "A connection to the cloud broke before its whole answer had arrived, although other calls "
        "got through.",
        "The last call of a kind, read or post in the journal has no whole answer, or the log has "
        "such a failure after the last call that arrived.",
        "The last call of each kind was answered whole.",
        "See what lies between: proxy, load balancer, time-outs. Retry with back-off after a "
        "connection failure.",
        f"{DAC}/rate-limiting-and-retries/",
        ("server-cannot-reach-cloud",),
    ),
    Cause(
        "session-ended",
        PARTY,
        "The browser's session has ended: the log-in page stands where the plan's should be.",
        "The last look showed the log-in page, though the browser logged in anew.",
        "The plan's page was read at the last look.",
        "Log in as an administrator and open the plan again; a proxy that drops the session's "
        "cookie does the same.",
        "https://confluence.atlassian.com/doc/"
        "configuring-secure-administrator-sessions-218269595.html",
    ),
    Cause(
        "browser-stale",
        PARTY,
        "The page is older than what the server knows.",
        "The page, loaded anew between two equal answers of the progress REST, shows another "
        "state; or the REST answered another one no later than the page showed it.",
        "Both agree.",
        "Reload the plan's page.",
        f"{DAC}/testing/retrieve-migration-progress/",
    ),
)
