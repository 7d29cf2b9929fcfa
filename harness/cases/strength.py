"""How much of a matrix is run: `--strength` and `--locate` as they are written."""

from typing import Literal

from harness.errors import BadInput

STRENGTHS = ("1", "2", "3", "4", "all")


def parsed(strength: str | None, locate: bool) -> int | Literal["all"] | None:
    """The option `--strength`; None where the file decides.

    Raises:
        BadInput: it is none, or stands beside `--locate`.
    """
    if strength is None:
        return None
    if locate:
        raise BadInput("--locate has a strength of its own: leave --strength out")
    if strength == "all":
        return "all"
    if strength not in STRENGTHS:
        raise BadInput(f"--strength {strength!r}: write one of {', '.join(STRENGTHS)}")
    return int(strength)
