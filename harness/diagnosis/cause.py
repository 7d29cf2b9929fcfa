"""What is known of a cause before any case is looked at, and who may be responsible for one."""

from dataclasses import dataclass
from typing import Literal

SEED = (
    "https://community.developer.atlassian.com/t/migration-progress-not-updating-in-ccma-ui/49420"
)
DAC = "https://developer.atlassian.com/platform/app-migration"
SUP = "https://support.atlassian.com/migration/docs"
FORUM = "https://community.developer.atlassian.com/t"

Party = Literal[
    "configuration",
    "server app",
    "cloud app",
    "assistant",
    "platform",
    "network",
    "the stand-in's model",
]
"""Who has to act: whoever set the migration up, a vendor, Atlassian, or this project."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One way to fail.

    Args:
        id: its name, kebab-case.
        responsible: who has to act.
        statement: what is broken, one sentence.
        proved_by: the evidence that proves it.
        excluded_by: the evidence that excludes it.
        advice: what to do, in the words of the platform's documentation.
        source: where that is written.
        follows_from: causes that bring this one about; when one of them is proved, this is not
            named as a cause of its own.
        rests_on_silence: whether its evidence is what did not happen. Then each cause that it
            may follow from has to be excluded; where one is open, it is likely at most.
    """

    id: str
    responsible: Party
    statement: str
    proved_by: str
    excluded_by: str
    advice: str
    source: str
    follows_from: tuple[str, ...] = ()
    rests_on_silence: bool = False
