"""Each fact is asked as somebody, and what cannot be asked is said."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from harness.contract.asking import ask
from harness.contract.expectations import status
from harness.contract.facts import FACTS, Fact
from harness.contract.pages import PAGE_CLAIMS
from harness.contract.results import Answered, ContractReport, as_text
from harness.errors import DriverError

FIDELITY = Path(__file__).parents[3] / "docs" / "fidelity.md"


def fact(**changes: object) -> Fact:
    given = {"id": "a", "claim": "it answers", "row": "r", "path": "/x", "expect": status(200)}
    return Fact(**{**given, **changes})  # type: ignore[arg-type]


def asked(facts: list[Fact], serve: Callable[[httpx.Request], httpx.Response]) -> list[Answered]:
    client = httpx.Client(base_url="http://wiki/c", transport=httpx.MockTransport(serve))
    return list(ask(facts, lambda _: client, "3.9.5"))


def test_each_fact_has_its_row_in_the_table_of_fidelity() -> None:
    rows = {line.split("|")[1].strip() for line in FIDELITY.read_text().splitlines() if "|" in line}
    assert {each.row for each in (*FACTS, *PAGE_CLAIMS)} <= {
        row.replace("`", "") for row in rows
    } | rows


def test_no_two_facts_share_a_name() -> None:
    ids = [each.id for each in (*FACTS, *PAGE_CLAIMS)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("code", "outcome"), [(200, "same"), (404, "differs")])
def test_an_answer_is_compared(code: int, outcome: str) -> None:
    (answered,) = asked([fact()], lambda _: httpx.Response(code))
    assert (answered.outcome, (answered.shape or {})["status"]) == (outcome, code)


def test_the_media_type_and_the_context_path_are_asked_for() -> None:
    seen: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    asked([fact(accept="application/x")], serve)
    assert (seen[0].url.path, seen[0].headers["accept"]) == ("/c/x", "application/x")


def test_an_older_assistant_is_not_asked_for_what_it_does_not_have() -> None:
    def serve(_: httpx.Request) -> httpx.Response:
        pytest.fail("it was asked")

    (answered,) = asked([fact(since=(3, 9, 6))], serve)
    assert (answered.outcome, answered.why) == ("not asked", "this assistant is 3.9.5")


def test_a_server_that_does_not_answer_is_no_difference() -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    (answered,) = asked([fact()], serve)
    assert (answered.outcome, answered.why) == ("not asked", "refused")


def test_a_session_that_cannot_be_had_leaves_the_others_asked() -> None:
    def client(who: str) -> httpx.Client:
        if who == "cookie":
            raise DriverError("logging in", "HTTP 403")
        return httpx.Client(
            base_url="http://wiki", transport=httpx.MockTransport(lambda _: httpx.Response(200))
        )

    answered = list(ask([fact(who="cookie"), fact(id="b")], client, None))
    assert [each.outcome for each in answered] == ["not asked", "same"]


def test_the_text_counts_what_came() -> None:
    answers = (
        Answered.of(fact(), "same"),
        Answered.of(fact(), "differs", "HTTP 404,\n not 200"),
        Answered.of(fact(), "same"),
    )
    report = ContractReport(harness="1", confluence="9.2.1", assistant=None, answers=answers)
    lines = as_text(report).splitlines()
    assert lines[0] == "Confluence 9.2.1, assistant (version not said)"
    assert lines[2] == "  differs  it answers: HTTP 404, not 200"
    assert lines[-1] == "2 same, 1 differs"
    assert report.differing == (answers[1],)
