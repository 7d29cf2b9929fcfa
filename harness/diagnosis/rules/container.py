"""Rules about a plugin's container: its context, what it lacks of the host, its own checks."""

import re

from harness.diagnosis.evidence import Bundle, Evidence, HostCalled, ListenerCall, LogLine, Plugin
from harness.diagnosis.facts import Facts
from harness.diagnosis.finding import Finding, excluded, likely, proved, unknown
from harness.store.layout import HOST, OSGI, PROBE, SERVER_LOG, UPM

_NOT_STARTED = re.compile(r"Unable to start the plugin container|did not load within")
MADE_UP = "the stand-in does not have"
_LATER = "some time after"
_MAYBE = "this may be since the stand-in does not have"
_CHECK_FAILED = "App vendor check failed"


def context_not_started(facts: Facts) -> Finding:
    """UPM's task error, or the container's line in the log."""
    cause = "context-not-started"
    if facts.called:
        return excluded(cause, facts.called)
    failed: list[Evidence] = [
        each for each in facts.of(Plugin) if _NOT_STARTED.search(each.error or "")
    ]
    failed += [line for line in facts.of(LogLine) if _NOT_STARTED.search(line.message)]
    lacks = [each for each in failed if MADE_UP in _text(each)]
    if any(_MAYBE in _text(each) for each in lacks):
        return likely(cause, *failed, missing=("whether it starts with what the stand-in lacks",))
    if lacks:
        return unknown(cause, "whether it starts with what the stand-in lacks")
    if failed:
        return proved(cause, *failed)
    on: list[Evidence] = [each for each in facts.of(Plugin) if each.enabled]
    on += [each for each in facts.of(Bundle) if each.state == "ACTIVE"]
    return excluded(cause, *on) if on else unknown(cause, *facts.lacking(UPM, OSGI, SERVER_LOG))


def host_service_missing(facts: Facts) -> Finding:
    """What the log says of an answer that was made up."""
    cause = "host-service-missing"
    lacks: list[Evidence] = [each for each in facts.of(Plugin) if MADE_UP in _text(each)]
    lacks += [line for line in facts.of(LogLine) if line.stack and MADE_UP in line.stack[0]]
    if lacks:
        if any(_MAYBE in _text(each) for each in lacks):
            return likely(cause, *lacks, missing=("whether the context starts with it",))
        return proved(cause, *lacks)
    told = [line for line in facts.of(LogLine) if MADE_UP in line.message]
    empty = [each for each in facts.of(HostCalled) if not each.answered]
    calls_told = [each for each in empty if any(each.type in line.message for line in told)]
    if any(_LATER not in line.message for line in told):
        return proved(cause, *told, *calls_told)
    if told:
        return likely(
            cause, *told, *empty, missing=("whether the empty answer is why the listener failed",)
        )
    calls = facts.of(ListenerCall)
    if calls and all(each.outcome == "returned" for each in calls):
        return excluded(cause, *calls)
    if facts.has(SERVER_LOG) and calls and all(each.outcome == "threw" for each in calls):
        note = "where a made-up answer precedes a failure, the log says so"
        return excluded(cause, *calls, note=note)
    if calls and facts.has(HOST) and not empty:
        return excluded(cause, *calls, note="the app got no made-up answer")
    if facts.has(SERVER_LOG):
        return unknown(cause, "no made-up answer is known to have mattered")
    return unknown(cause, *facts.lacking(SERVER_LOG, PROBE))


def _text(item: Evidence) -> str:
    """What UPM's error or the log says, with the exception below the log's line."""
    if isinstance(item, Plugin):
        return item.error or ""
    return f"{item.message} {item.stack[:1]}" if isinstance(item, LogLine) else ""


def vendor_check_failed(facts: Facts) -> Finding:
    """The check that the log names."""
    cause = "vendor-check-failed"
    failed = [line for line in facts.of(LogLine) if line.message.startswith(_CHECK_FAILED)]
    if facts.transfers:
        return excluded(cause, *facts.transfers)
    if failed:
        return proved(cause, *failed)
    return unknown(cause, *(facts.lacking(SERVER_LOG) or ("no check of the app is known to fail",)))
