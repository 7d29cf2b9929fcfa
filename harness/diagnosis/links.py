"""The links from an admin's click to the row, in order, and which of them held.

Each cause breaks one link. A link counts as held only if something was seen to go through it,
and the link names that; knowing no cause for a break is not enough. What was not seen is `unknown`,
with how to learn it; after a break it is `not reached`, which is not a gap in the evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from harness.diagnosis import link_evidence as seen
from harness.diagnosis import link_names as names
from harness.diagnosis.data_evidence import DataRead
from harness.diagnosis.evidence import Evidence, ProgressPost
from harness.diagnosis.facts import HOW_TO_LEARN, PAGE, Facts
from harness.diagnosis.finding import Finding
from harness.diagnosis.link_evidence import Seen
from harness.store.layout import JOURNAL, OSGI, PROBE, UPM

State = Literal["broken", "likely broken", "held", "unknown", "not reached"]


@dataclass(frozen=True, slots=True)
class Step:
    """One link, as it should work.

    Args:
        name: what it does, in a sentence.
        causes: what breaks it.
        seen: finds what was seen to go through it.
        source: which source would tell.
    """

    name: str
    causes: tuple[str, ...]
    seen: Seen
    source: str


CHAIN: tuple[Step, ...] = (
    Step(names.SWITCHED_ON, ("feature-flag-off",), seen.switched_on, PAGE),
    Step(
        names.APP_RUNS,
        ("app-disabled", "bundle-not-active", "context-not-started", "package-not-wired"),
        seen.app_runs,
        UPM,
    ),
    Step(
        names.LISTENER_THERE,
        ("listener-not-exported", "two-listeners", "key-getter-threw"),
        seen.listener_there,
        OSGI,
    ),
    Step(
        names.IN_PLAN,
        ("app-not-needed", "no-consent", "vendor-check-failed"),
        seen.in_plan,
        PAGE,
    ),
    Step(
        names.CORE_DONE,
        ("email-domain-not-trusted", "core-migration-failed", "core-migration-incomplete"),
        seen.core_done,
        PAGE,
    ),
    Step(
        names.REACHES_CLOUD,
        (
            "server-cannot-reach-cloud",
            "connection-broke",
            "server-token-refused",
            "site-connection-expired",
        ),
        seen.reaches_cloud,
        JOURNAL,
    ),
    Step(
        names.TRANSFER_MADE,
        ("cloud-key-null", "transfer-refused"),
        seen.transfer_made,
        JOURNAL,
    ),
    Step(
        names.LINKED,
        ("app-not-installed-in-cloud", "keys-do-not-match"),
        seen.linked,
        JOURNAL,
    ),
    Step(names.CALLED, ("listener-never-called",), seen.called, PROBE),
    Step(
        names.RETURNED,
        (
            "not-in-the-model",
            "host-service-missing",
            "listener-threw",
            "listener-ended-by-error",
            "listener-still-running",
            "listener-swallowed-failure",
        ),
        seen.returned,
        PROBE,
    ),
    Step(
        names.UPLOADED,
        ("nothing-uploaded", "upload-not-closed", "upload-refused", "settled-too-early"),
        seen.uploaded,
        JOURNAL,
    ),
    Step(
        names.HEARD,
        (
            "webhook-not-registered",
            "forge-environment-differs",
            "event-lost",
            "webhook-never-acknowledged",
        ),
        seen.heard,
        JOURNAL,
    ),
    Step(
        names.READ,
        (
            "app-never-read",
            "app-read-failed",
            "app-read-refused",
            "signed-link-expired",
            "signed-link-refused",
        ),
        seen.read,
        JOURNAL,
    ),
    Step(names.REPORTED, ("cloud-app-never-posted", "base-url-wrong"), seen.reported, JOURNAL),
    Step(
        names.CHANGED,
        (
            "progress-not-authorised",
            "posted-to-another-transfer",
            "outdated-keys",
            "unknown-status",
            "percent-fell",
            "report-malformed",
        ),
        seen.changed,
        JOURNAL,
    ),
    Step(
        names.SETTLED,
        (
            "transfer-cancelled",
            "transfer-timed-out",
            "never-settled",
            "settled-without-100",
            "posted-after-settling",
        ),
        seen.settled,
        JOURNAL,
    ),
    Step(
        names.POLLED,
        ("poll-not-due", "cloud-answered-errors", "poll-answered-old-state"),
        seen.polled,
        JOURNAL,
    ),
    Step(
        names.SHOWN,
        ("dev-mode-row-not-updated", "browser-stale", "session-ended"),
        seen.shown,
        PAGE,
    ),
)
"""Every cause of the catalogue is in one of them, once: in the link that it breaks where its
finding names no other."""


_HOME = {cause: step.name for step in CHAIN for cause in step.causes}
_ORDER = {step.name: at for at, step in enumerate(CHAIN)}


def link_of(finding: Finding) -> str:
    """The link that a cause breaks, or would break."""
    return finding.link or _HOME[finding.cause]


def may_bring_about(root: Finding, other: Finding) -> bool:
    """Whether one cause can be why there is another.

    What breaks a poll or the page keeps nobody in the cloud from anything.
    """
    at = _ORDER[link_of(root)]
    return at < _ORDER[names.POLLED] or at <= _ORDER[link_of(other)]


@dataclass(frozen=True, slots=True)
class Link:
    """One link and what is known of it.

    Args:
        name: what it does, in a sentence.
        state: whether it held.
        findings: the causes that would break it, judged.
        by: what was seen to go through it, where it held.
        learn: how to learn whether it held, where that is unknown.
    """

    name: str
    state: State
    findings: tuple[Finding, ...]
    by: Evidence | None = None
    learn: str = ""

    @property
    def named(self) -> list[Finding]:
        """The causes that are proved or likely."""
        return [each for each in self.findings if each.confidence in ("proved", "likely")]


def links(facts: Facts, findings: Sequence[Finding]) -> list[Link]:
    """Every link in order.

    Args:
        facts: the case's evidence.
        findings: every cause of the catalogue, judged.
    """
    found: list[Link] = []
    is_broken = False
    for step in _in_order(facts):
        own = tuple(finding for finding in findings if step.name == link_of(finding))
        by = step.seen(facts)
        state = _state({finding.confidence for finding in own}, by, is_broken)
        learn = _learn(step, own, facts) if state == "unknown" else ""
        is_broken = is_broken or state in ("broken", "likely broken")
        found.append(Link(step.name, state, own, by if state == "held" else None, learn))
    return found


def _in_order(facts: Facts) -> list[Step]:
    """The chain, in the order in which this case went through it.

    A failed upload comes before the listener's end, which came of it; reports that an app made
    without having read anything come before its reading.
    """
    chain = list(CHAIN)
    if facts.failed_uploads:
        _move(chain, names.RETURNED, behind=names.UPLOADED)
    if facts.of(ProgressPost) and not facts.of(DataRead):
        _move(chain, names.READ, behind=names.CHANGED)
    return chain


def _move(chain: list[Step], name: str, behind: str) -> None:
    step = next(each for each in chain if each.name == name)
    chain.remove(step)
    chain.insert([each.name for each in chain].index(behind) + 1, step)


def gaps(found: Sequence[Link]) -> list[Finding]:
    """The causes left open where something could have been seen, in links that did not hold."""
    return [
        finding
        for link in found
        if link.state not in ("not reached", "held")
        for finding in link.findings
        if finding.confidence == "unknown"
    ]


def _state(confidences: set[str], by: Evidence | None, broken_before: bool) -> State:
    if "proved" in confidences:
        return "broken"
    if by is not None:
        return "held"
    if "likely" in confidences:
        return "likely broken"
    return "not reached" if broken_before else "unknown"


def _learn(step: Step, findings: Sequence[Finding], facts: Facts) -> str:
    """Which source would tell; where it was read, what the rules miss in it."""
    if not facts.has(step.source):
        return HOW_TO_LEARN[step.source]
    missing = [each for finding in findings for each in finding.missing]
    return missing[0] if missing else "no source that was read has anything about it"
