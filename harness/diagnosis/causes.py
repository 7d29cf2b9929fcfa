"""The closed catalogue of causes: every way to fail that we know, in one place.

`docs/causes.md` is generated from here. A cause that follows from another is only named when none
of those is proved: a webhook that was never registered is why the cloud app never posted.
"""

from harness.diagnosis.catalogue import (
    assistant,
    cloud_app,
    configuration,
    network,
    platform,
    server_app,
    standin,
)
from harness.diagnosis.cause import Cause

CATALOGUE = (
    *configuration.CAUSES,
    *server_app.CAUSES,
    *network.CAUSES,
    *platform.CAUSES,
    *cloud_app.CAUSES,
    *assistant.CAUSES,
    *standin.CAUSES,
)

BY_ID = {cause.id: cause for cause in CATALOGUE}


def as_markdown() -> str:
    """The catalogue as `docs/causes.md` has it."""
    parts = [
        "# Causes\n\n"
        "Every way to fail that `harness explain` can name. Generated from "
        "`harness/diagnosis/causes.py`; do not edit (`python -m harness.diagnosis.causes > "
        "docs/causes.md`).\n\n"
        "A cause is `proved`, `likely`, `excluded` or `unknown`. None is named because something "
        "is merely absent: the seed thread shows that a missing log line proves nothing. A cause "
        "that follows from a proved one is not named beside it; what breaks a poll or the page "
        "brings about nothing in the cloud.\n"
    ]
    parts += [_section(cause) for cause in CATALOGUE]
    return "\n".join(parts)


def _section(cause: Cause) -> str:
    follows = ", ".join(f"`{each}`" for each in cause.follows_from)
    return (
        f"## {cause.id}\n\n{cause.statement}\n\n"
        f"- **Responsible**: {cause.responsible}\n"
        f"- **Proved by**: {cause.proved_by}\n"
        f"- **Excluded by**: {cause.excluded_by}\n"
        + (f"- **Not named beside**: {follows}\n" if follows else "")
        + (
            "- **Rests on silence**: proved only where each of these is excluded; otherwise likely "
            "at most\n"
            if cause.rests_on_silence
            else ""
        )
        + f"- **What to do**: {cause.advice}\n"
        f"- **Source**: <{cause.source}>\n"
    )


if __name__ == "__main__":
    print(as_markdown(), end="")  # noqa: T201 - this module's one command is to print
