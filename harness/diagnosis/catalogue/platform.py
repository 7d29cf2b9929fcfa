"""Causes for which the Atlassian's platform is responsible."""

from harness.diagnosis.cause import DAC, Cause, Party

PARTY: Party = "platform"

CAUSES = (
    Cause(
        "cloud-answered-errors",
        PARTY,
        "The cloud answered the server with errors.",
        "The server's calls were answered 4xx or 5xx and none of their kind succeeded afterwards.",
        "The last call of each kind succeeded.",
        "Retry with back-off on 429, 5xx, time-outs and connection failures.",
        f"{DAC}/rate-limiting-and-retries/",
    ),
)
