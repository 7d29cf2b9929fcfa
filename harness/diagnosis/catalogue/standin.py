"""Causes that lie in our own model: a real Confluence may behave differently."""

from harness.diagnosis.cause import DAC, Cause, Party

PARTY: Party = "the stand-in's model"

CAUSES = (
    Cause(
        "not-in-the-model",
        PARTY,
        "The app needs something of Atlassian's library that the stand-in does not have, or "
        "has in another shape: this is no proof of a fault of the app.",
        "The Confluence is the stand-in, and the listener's call ended because a class or member "
        "of com.atlassian is missing, or the app did not start for a class of the library that "
        "the stand-in does not have.",
        "The listener was called and did not end so.",
        "Run the case against a real Confluence, and report the class or member that is missing.",
        f"{DAC}/prepare-server-app-connect/",
    ),
    Cause(
        "host-service-missing",
        PARTY,
        "The stand-in does not have something of Confluence that the app needs: this is no "
        "fault of the app.",
        "The log says that the listener failed in the method that a made-up service had answered "
        "with an empty value, or that it called what the stand-in does not have.",
        "Every call of the listener was seen to return.",
        "State what the service answers under `host:` in app.yaml, or give its jar under "
        "`server.provided`; or run the case against a real Confluence.",
        "https://developer.atlassian.com/server/confluence/java-api-reference/",
    ),
)
