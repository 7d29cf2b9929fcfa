"""Two cases side by side, for people and for programs."""

from datetime import timedelta
from typing import Any

from harness.diagnosis.compare import ComparedEvent, Difference, Walked

_MOST = 8


def as_text(one: str, other: str, walked: Walked) -> str:
    """One screen: what was set up differently, and the first event that differs.

    Args:
        one: the name of the one case.
        other: the name of the other.
        walked: what the walk found.
    """
    lines = [f"A  {one}", f"B  {other}", ""]
    lines += [f"set up differently: {name} is {a} in A, {b} in B" for name, a, b in walked.settings]
    if not walked.differences:
        return "\n".join([*lines, f"the same: all {walked.same} events"]) + "\n"
    first, *rest = walked.differences
    lines += [f"{walked.same} events are the same.", "", f"First difference, {_when(first)}:"]
    lines += _sides(first)
    if rest:
        lines += ["", "Then:"]
        for each in rest[:_MOST]:
            lines += [f"  {_when(each)}", *_sides(each)]
        if len(rest) > _MOST:
            lines.append(f"  and {len(rest) - _MOST} more")
    return "\n".join(lines) + "\n"


def to_json(one: str, other: str, walked: Walked) -> dict[str, Any]:
    """The same, whole, as plain data."""
    return {
        "a": one,
        "b": other,
        "settings": [{"setting": name, "a": a, "b": b} for name, a, b in walked.settings],
        "same": walked.same,
        "differences": [
            {"a": _event(each.one), "b": _event(each.other)} for each in walked.differences
        ],
    }


def _sides(difference: Difference) -> list[str]:
    return [
        f"  {side}  {event.text if event else '(nothing)'}"
        for side, event in (("A", difference.one), ("B", difference.other))
    ]


def _when(difference: Difference) -> str:
    event = difference.one or difference.other
    lane = event.lane if event else ""
    after = difference.after
    if after == timedelta.max:
        return lane
    minutes, seconds = divmod(round(after.total_seconds()), 60)
    return f"{minutes} min {seconds} s of server time after the start ({lane})"


def _event(event: ComparedEvent | None) -> dict[str, Any] | None:
    if event is None:
        return None
    after = None if event.after is None else event.after.total_seconds()
    return {"lane": event.lane, "text": event.text, "server_seconds": after}
