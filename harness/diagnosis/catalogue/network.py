"""Causes for which the network between server, cloud and browser is responsible."""

from harness.diagnosis.cause import DAC, SUP, Cause, Party

PARTY: Party = "network"

CAUSES = (
    Cause(
        "server-cannot-reach-cloud",
        PARTY,
        "The server cannot reach the cloud.",
        "The log has a connection, name or TLS failure of a call to the cloud, and no call "
        "arrived there afterwards.",
        "Calls of the server arrived.",
        "Let the server reach api.atlassian.com and the site over HTTPS: proxy, DNS, and the "
        "certificate authority in the JVM's trust store.",
        f"{SUP}/troubleshoot-migration-with-confluence-migration-assistant/",
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
