"""The address of a plan's page."""

from urllib.parse import parse_qs, urlsplit


def plan_id_in(url: str) -> str | None:
    """Return the planId of an address, wherever it is in the query or fragment."""
    parts = urlsplit(url)
    for query in (parts.query, urlsplit(parts.fragment).query, parts.fragment):
        for key, values in parse_qs(query).items():
            if key.casefold() == "planid" and values[0]:
                return values[0]
    return None
