"""What is worth saying of a case whose row was right: it may not be for long, or not elsewhere."""

from collections.abc import Iterator, Sequence

from harness.diagnosis import link_names
from harness.diagnosis.causes import BY_ID
from harness.diagnosis.data_evidence import DataUploaded
from harness.diagnosis.evidence import Delivery, ToleratedCall
from harness.diagnosis.facts import Facts
from harness.diagnosis.finding import Finding
from harness.diagnosis.links import links


def remarks(facts: Facts, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Links that are broken, and what only the stub lets pass, each once.

    Args:
        facts: the case's evidence.
        findings: every cause of the catalogue, judged.
    """
    return tuple(dict.fromkeys([*_broken(facts, findings), *_tolerated(facts)]))


def _broken(facts: Facts, findings: Sequence[Finding]) -> Iterator[str]:
    for link in links(facts, findings):
        if link.state in ("broken", "likely broken"):
            for each in link.named:
                why = f"{BY_ID[each.cause].statement} [{each.cause}, {each.confidence}]"
                yield f"broken link ({link.name}): {why}"
        elif link.name == link_names.READ and link.state != "held" and facts.of(DataUploaded):
            yield "the uploaded data was never fetched by the cloud app"


def _tolerated(facts: Facts) -> Iterator[str]:
    for call in facts.of(ToleratedCall):
        yield f"production would refuse: {call.says}"
    for tries in facts.messages:
        late = _not_acknowledged(tries)
        if late and any(each.acknowledged for each in tries):
            yield f"{late.says}: it was sent again, and was acknowledged then"


def _not_acknowledged(tries: Sequence[Delivery]) -> Delivery | None:
    return next((each for each in tries if not each.acknowledged and not each.lost), None)
