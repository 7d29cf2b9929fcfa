"""A context that may have failed for what the stand-in lacks is no proof against the app."""

import pytest

from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.evidence import HostCalled, ListenerCall, LogLine, Plugin
from harness.diagnosis.facts import Facts
from harness.diagnosis.finding import Finding, excluded
from harness.diagnosis.rules.container import host_service_missing
from harness.store.layout import HOST, SERVER_LOG, UPM

FAILED = "Unable to start the plugin container for plugin 'a': Error creating bean with name 'b'"


def judged(error: str) -> tuple[str, str]:
    items = (
        Plugin(key="a", enabled=False, error=f"installing a plugin: UPM says: {error}"),
        LogLine(
            level="ERROR",
            message="Unable to start the plugin container for plugin 'a'",
            stack=(f"org.x.ContextException: {error}",),
        ),
    )
    found = {each.cause: each for each in diagnose(Facts(items, frozenset({UPM, SERVER_LOG})))}
    names = ("context-not-started", "host-service-missing")
    return found[names[0]].confidence, found[names[1]].confidence


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (FAILED, ("proved", "unknown")),
        (
            f"{FAILED}: the stand-in does not have Spring's expression language",
            ("unknown", "proved"),
        ),
        (
            f"{FAILED}; this may be since the stand-in does not have <util:list> in a.xml",
            ("likely", "likely"),
        ),
    ],
    ids=["the app's own", "what is lacking named", "what may be lacking"],
)
def test_whose_fault_a_context_that_did_not_start_is(error, expected):
    assert judged(error) == expected


def test_the_calls_that_the_log_names_prove_it_too():
    line = LogLine(
        level="WARN",
        message="Listener of a failed in the method that called x.Y.z(), which answered with an "
        "empty value: the stand-in does not have x.Y",
    )
    called = HostCalled(type="x.Y", method="z", answered=False, times=2)
    other = HostCalled(type="x.Other", method="z", answered=False, times=2)
    found = diagnose(Facts((line, called, other), frozenset({SERVER_LOG})))
    (finding,) = [each for each in found if each.cause == "host-service-missing"]

    assert finding.confidence == "proved"
    assert finding.evidence == (line, called)


def test_where_no_answer_was_made_up_none_can_have_mattered():
    running = ListenerCall(listener="x.L", method="onStartAppMigration", outcome="running")
    known = HostCalled(type="x.Y", method="z", answered=True, times=1)
    empty = HostCalled(type="x.Y", method="z", answered=False, times=1)

    def said(*items: HostCalled) -> Finding:
        return host_service_missing(Facts((running, *items), frozenset({SERVER_LOG, HOST})))

    note = "the app got no made-up answer"
    assert said(known) == excluded("host-service-missing", running, note=note)
    assert said(known, empty).confidence == "unknown"
