"""Names of causes that were renamed, so that stored runs and case files of before still read."""

from collections.abc import Mapping

RENAMED: Mapping[str, str] = {
    # It named a poller which, in our own model, does nothing wrong.
    "dev-mode-poller": "dev-mode-row-not-updated",
}
"""A cause's former name -> its name."""


def current(cause: str) -> str:
    """A cause's name of today."""
    return RENAMED.get(cause, cause)
