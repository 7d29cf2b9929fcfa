"""What `harness explain` says besides the causes."""

import json
from dataclasses import replace

from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.evidence import (
    Flag,
    HostCalled,
    Origin,
    Plugin,
    RowShown,
    ToleratedCall,
    TransferMade,
)
from harness.diagnosis.facts import Facts
from harness.diagnosis.findings_text import explain, to_json
from harness.store.layout import SERVER_LOG
from harness.vocabulary.features import FEATURE

WHY = "only this stub accepts it, the product would refuse the call"


def told(*items):
    facts = Facts(items, frozenset())
    return explain("a case", facts, diagnose(facts), ()), to_json("a case", facts, [], ())


def test_what_only_the_stub_accepts_is_named_once_as_what_production_would_refuse():
    calls = [
        ToleratedCall(what="POST /progress/{transferId}", why=WHY, origin=Origin(f"journal #{n}"))
        for n in (7, 8)
    ]
    text, data = told(RowShown(status="COMPLETE", percent=100), *calls)

    assert text.count("Production would refuse:\n  - POST /progress/{transferId}") == 1
    assert "[journal #7]" in text
    assert "[journal #8]" not in text
    assert [each["source"] for each in data["production_would_refuse"]] == [
        "journal #7",
        "journal #8",
    ]


def test_a_case_that_ended_before_anything_was_seen_is_its_verdict():
    flag, why = Flag(key=FEATURE, on=True), "error: cloud-app exited\nwith code 1"

    def said(sources, verdict=why, problems=()):
        facts = Facts((flag,), frozenset(sources))
        return explain("a case", facts, diagnose(facts), problems, verdict)

    head = "a case\nnobody saw a row\nerror: cloud-app exited\nwith code 1\n\n"
    nothing = "Nothing of this case was seen, so no link is known to hold or to be broken.\n"
    assert said(()) == head + nothing
    assert said((), problems=("it",)) == f"{head}{nothing}\nNot read: it\n"
    for text in (said((SERVER_LOG,)), said((), "failed: x")):
        assert "  unknown        " in text


def test_where_production_agrees_nothing_is_said():
    text, data = told(RowShown(status="COMPLETE", percent=100))

    assert "Production would refuse" not in text
    assert data["production_would_refuse"] == []


def test_a_long_list_is_cut_and_says_by_how_much():
    calls = [
        HostCalled(type="com.example.Host", method=f"m{n}", answered=False, times=1)
        for n in range(9)
    ]
    text, data = told(*calls)

    assert text.count("  - the app called com.example.Host.m") == 7
    assert "  - and 2 more (--json has them)\n" in text
    assert len(data["host_calls"]) == 9
    assert "more (--json" not in told(*calls[:7])[0]


def test_a_link_is_told_in_one_line_with_what_matters():
    made = TransferMade(
        transfer="a7d12abb-f263-36bc-9a77-0101f4af63ea",
        server_key="charts-plugin",
        cloud_key="charts",
        linked=True,
        origin=Origin("journal #7"),
    )
    text, data = told(made)
    shorter, _ = told(replace(made, server_key="x"))

    line = "it links both apps: transfer a7d12abb of charts-plugin and charts was linked"
    assert f"{line}\n" in text  # its source does not fit
    assert "transfer a7d12abb of x and charts was linked [journal #7]\n" in shorter
    (linked,) = [each for each in data["links"] if each["link"] == "it links both apps"]
    assert made.transfer in linked["by"]["says"]


def test_an_error_that_is_longer_than_a_screen_is_cut_in_text_alone():
    error = f"Unable to start the plugin container {'x ' * 900}"
    text, data = told(Plugin(key="a", enabled=False, error=error, origin=Origin("UPM")))

    assert "x ... [UPM]" in " ".join(text.split())
    assert len(text) < 3000
    assert json.dumps(data)
