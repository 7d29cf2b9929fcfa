"""The lines of a program's output that tell why it ended: its last, and where a cause stands."""

import re

MOST_LINES = 400
"""Lines of output that are looked through."""

_SHOWN = 20
_BELOW = 2
"""Lines that are shown below one that names a cause: its message may go on there."""
_CAUSE = re.compile(
    r"\b\w*(?:Error|Exception)\b(?!:? ?0\b)|\bpanic\b|\bfatal\b|cannot find|not found|EADDRINUSE",
    re.IGNORECASE,
)


def telling(output: str, most: int = _SHOWN) -> str:
    """The last lines of some output; before them its first cause and its root cause.

    A program in Node names the cause at the head of a long stack, a JVM far down below `Caused by`.

    Args:
        output: what it wrote.
        most: how many of its last lines.
    """
    lines = output.splitlines()
    cut = len(lines) - most
    if cut <= 0:
        return output
    first = next((n for n in range(cut) if _CAUSE.search(lines[n])), None)
    root = next((n for n in reversed(range(cut)) if lines[n].startswith("Caused by:")), None)
    named = sorted({each for each in (first, root) if each is not None})
    kept = sorted({n for each in named for n in range(each, min(each + _BELOW + 1, cut))})
    shown: list[str] = []
    before = -1
    for n in [*kept, *range(cut, len(lines))]:
        shown += ["..."] * (n != before + 1) + [lines[n]]
        before = n
    return "\n".join(shown) + "\n"
