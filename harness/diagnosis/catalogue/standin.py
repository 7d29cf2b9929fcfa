"""Causes that lie in our own model: a real Confluence may do otherwise."""

from harness.diagnosis.cause import DAC, Cause, Party

PARTY: Party = "the stand-in's model"

CAUSES = (
    Cause(
        "not-in-the-model",
        PARTY,
        "The listener needs something of Atlassian's library that the stand-in does not have, or "
        "has in another shape: this is no proof of a fault of the app.",
        "The Confluence is the stand-in, and the listener's call ended because a class or member "
        "of com.atlassian is missing.",
        "The listener was called and did not end so.",
        "Run the case against a real Confluence, and report the class or member that is missing.",
        f"{DAC}/prepare-server-app-connect/",
    ),
)
