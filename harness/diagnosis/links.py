"""The links from an admin's click to the row, in order, and which of them held.

Each cause breaks one link. A link after a broken one is mostly not reached, so that nothing was
seen of it: that is no gap in the evidence, and is told apart from one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.diagnosis.finding import Finding

State = Literal["broken", "likely broken", "held", "not known", "not reached"]

LINKS: Mapping[str, tuple[str, ...]] = {
    "app migration is switched on": ("feature-flag-off",),
    "the server app runs": ("bundle-not-active", "context-not-started", "package-not-wired"),
    "its listener is there": ("listener-not-exported", "two-listeners", "cloud-key-null"),
    "the app is in the plan": ("app-not-needed", "no-consent", "vendor-check-failed"),
    "the plan runs in the cloud": ("server-cannot-reach-cloud", "core-migration-failed"),
    "the platform links both apps": ("app-not-installed-in-cloud", "keys-do-not-match"),
    "the listener is called": ("listener-never-called", "listener-threw", "host-service-missing"),
    "the cloud app hears of it": ("webhook-not-registered", "webhook-never-acknowledged"),
    "the cloud app reports": (
        "cloud-app-never-posted",
        "progress-not-authorised",
        "posted-to-another-transfer",
        "outdated-keys",
        "unknown-status",
        "percent-fell",
    ),
    "the transfer is settled": (
        "never-settled",
        "settled-without-100",
        "posted-after-settling",
        "transfer-timed-out",
    ),
    "the assistant hears of that": ("poll-not-due", "cloud-answered-errors"),
    "the row shows it": ("dev-mode-poller", "browser-stale"),
}
"""Link -> the causes that break it; every cause of the catalogue stands here once."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link and what is known of it.

    Args:
        name: what it does, in a sentence.
        state: whether it held.
        findings: the causes that would break it, judged.
    """

    name: str
    state: State
    findings: tuple[Finding, ...]


def links(findings: Sequence[Finding]) -> list[Link]:
    """Every link in order.

    Args:
        findings: every cause of the catalogue, judged.
    """
    by_cause = {finding.cause: finding for finding in findings}
    found: list[Link] = []
    broken = False
    for name, causes in LINKS.items():
        own = tuple(by_cause[cause] for cause in causes if cause in by_cause)
        state = _state({finding.confidence for finding in own}, broken)
        broken = broken or state in ("broken", "likely broken")
        found.append(Link(name, state, own))
    return found


def gaps(found: Sequence[Link]) -> list[Finding]:
    """The causes left open where something could have been seen."""
    return [
        finding
        for link in found
        if link.state != "not reached"
        for finding in link.findings
        if finding.confidence == "unknown"
    ]


def _state(confidences: set[str], broken_before: bool) -> State:
    if "proved" in confidences:
        return "broken"
    if "likely" in confidences:
        return "likely broken"
    if "unknown" not in confidences:
        return "held"
    if broken_before:
        return "not reached"
    return "held" if "excluded" in confidences else "not known"
