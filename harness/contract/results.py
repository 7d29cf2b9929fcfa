"""What came of asking, as a document and as text."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from harness.contract.facts import Claim

Outcome = Literal["same", "differs", "not asked"]


class Answered(BaseModel):
    """One fact, and how this Confluence's answer compares.

    Attributes:
        fact: its id.
        claim: what is relied on.
        row: its row in docs/fidelity.md.
        outcome: whether the answer was as expected.
        why: what differs, or why it was not asked; empty where it is the same.
        shape: the answer's form, without contents; None where there was none.
    """

    model_config = ConfigDict(frozen=True)

    fact: str
    claim: str
    row: str
    outcome: Outcome
    why: str = ""
    shape: Mapping[str, Any] | None = None

    @classmethod
    def of(
        cls, claim: Claim, outcome: Outcome, why: str = "", shape: Mapping[str, Any] | None = None
    ) -> Self:
        """Makes one; the reason becomes one line."""
        line = " ".join(why.split())[:300]
        said = {"fact": claim.id, "claim": claim.claim, "row": claim.row}
        return cls(**said, outcome=outcome, why=line, shape=shape)


class ContractReport(BaseModel):
    """All that was asked of one Confluence.

    Attributes:
        harness: the harness's version.
        confluence: Confluence's version, where it says so.
        assistant: the assistant's version, where UPM says so.
        answers: one for each fact, in order.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    schema_: Literal[1] = Field(default=1, alias="schema")
    harness: str
    confluence: str | None
    assistant: str | None
    answers: tuple[Answered, ...]

    @property
    def differing(self) -> tuple[Answered, ...]:
        """Where this Confluence is not as expected."""
        return tuple(each for each in self.answers if each.outcome == "differs")


def as_text(report: ContractReport) -> str:
    """The report for a terminal: a line for each fact, and a count."""
    of = f"Confluence {report.confluence or '(version not said)'}, "
    of += f"assistant {report.assistant or '(version not said)'}"
    lines = [of, *(_line(each) for each in report.answers), _count(report.answers)]
    return "\n".join(lines)


def _line(each: Answered) -> str:
    line = f"{each.outcome:>9}  {each.claim}"
    return f"{line}: {each.why}" if each.why else line


def _count(answers: Sequence[Answered]) -> str:
    outcomes = [each.outcome for each in answers]
    counted = ((name, outcomes.count(name)) for name in ("same", "differs", "not asked"))
    return ", ".join(f"{number} {name}" for name, number in counted if number)
