"""Causes for which the migration assistant is responsible."""

from harness.diagnosis.cause import DAC, SEED, Cause, Party
from harness.vocabulary.features import DEV_MODE

PARTY: Party = "assistant"

CAUSES = (
    Cause(
        "dev-mode-row-not-updated",
        PARTY,
        "The assistant's dev mode defect: it polls the progress and does not update the row.",
        "Dev mode is on, the version is in the known range, the listener was reported as "
        "triggered, a later poll was answered, and the row still says READY.",
        "Dev mode is off, the version is a fixed one, or the row moved on from READY.",
        f"Disable {DEV_MODE} and run again: the row then says "
        "Running 0 %, and Complete 100 % about ten minutes later. Or use a version without it.",
        SEED,
    ),
    Cause(
        "poll-not-due",
        PARTY,
        "The assistant has not asked the cloud since: its next poll is not due yet.",
        "The newest change in the cloud is younger than the last poll, and the time of the next "
        "poll is after the last look.",
        "A poll was answered after the newest change and before the last look.",
        "Progress is refreshed every 10 minutes, every 60 seconds in dev mode: look again then.",
        f"{DAC}/testing/dev-mode",
    ),
)
