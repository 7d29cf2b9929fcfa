"""The email domains of a server's users: which are there, and whether an admin trusts them.

Source: Atlassian's support page on trusting domains; the list's member is read by a public script
that trusts every domain.
"""

from typing import Any

import httpx

from harness.drivers.confluence.absence import is_absent
from harness.errors import DriverError

_BASE = "/rest/migration/latest/email/"
TRUSTED, NOT_TRUSTED = "TRUSTED", "NOT_TRUSTED"


def rules(client: httpx.Client) -> dict[str, str | None] | None:
    """Each domain with the rule for it, None for one without; None where this CCMA does not say."""
    answer = client.get(f"{_BASE}domains")
    if is_absent(answer):
        return None
    _check(answer, "reading the email domains")
    try:
        found: list[dict[str, Any]] = answer.json()["availableDomains"]
        return {str(each["domainName"]): each.get("rule") for each in found}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DriverError(
            "reading the email domains", "the answer has no list availableDomains"
        ) from None


def decide(client: httpx.Client, rule: str) -> None:
    """Decides about every domain.

    Raises:
        DriverError: the assistant does not take it, or has no such resource.
    """
    domains = rules(client)
    if domains is None:
        raise DriverError("deciding about email domains", "this assistant has no such resource")
    for name in domains:
        body = {"domainName": name, "rule": rule}
        _check(client.put(f"{_BASE}domain-rules", json=body), f"deciding about {name}")


def _check(answer: httpx.Response, attempted: str) -> None:
    if not answer.is_success:
        raise DriverError(attempted, f"HTTP {answer.status_code}")
