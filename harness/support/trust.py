"""The authorities that this process trusts."""

import ssl
from functools import cache

import httpx


@cache
def usual() -> ssl.SSLContext:
    """The usual ones, read once: each reading takes a fortieth of a second."""
    return httpx.create_ssl_context()
