"""Confluence's version, as its manifest tells it to anybody.

Source: reference/confluence-container.md 1.7 (the manifest of application links).
"""

import re

import httpx

_PATH = "/rest/applinks/1.0/manifest"
_VERSION = re.compile(r"<version>([^<]{1,40})<|\"version\":\"([^\"]{1,40})\"")


def confluence_version(client: httpx.Client) -> str | None:
    """The version; None where the manifest, in XML or JSON, names none."""
    found = _VERSION.search(client.get(_PATH).text)
    return (found[1] or found[2]) if found else None
