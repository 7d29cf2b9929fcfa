"""The two dark features of app migration."""

import difflib

FEATURE = "migration-assistant.app-migration.feature"
"""Turns app migration on; without it a plan's page has no block for apps."""

DEV_MODE = "migration-assistant.app-migration.dev-mode"
"""Passes the app assessment over, for developers of apps."""

_NEAR = 0.9


def meant(key: str) -> str | None:
    """Which of the two a key is nearly; None where it is one of them, or another feature's.

    Confluence takes any key and switches nothing by a misspelt one.
    """
    if key in (FEATURE, DEV_MODE):
        return None
    for known in (FEATURE, DEV_MODE):
        if known.endswith(f".{key}") or key.endswith(f".{known}"):
            return known
    near = difflib.get_close_matches(key.lower(), (FEATURE, DEV_MODE), n=1, cutoff=_NEAR)
    return near[0] if near else None


def doubt(key: str) -> str:
    """What to say of such a key; empty where there is nothing to say."""
    known = meant(key)
    return (
        f"no dark feature of app migration is called {key!r}; did you mean {known!r}?"
        if known
        else ""
    )
