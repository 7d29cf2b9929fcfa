"""Rules about the app's data: uploaded, announced, read; and how a failed listener ended."""

import re
from datetime import timedelta

from harness.diagnosis.data_evidence import DataRead, DataUploaded, OnStandin, UploadsBegun
from harness.diagnosis.evidence import (
    Evidence,
    ListenerCall,
    ListenerFailed,
    LogLine,
    Plugin,
    ServerAway,
)
from harness.diagnosis.facts import Facts, failed_by_platform, server_time
from harness.diagnosis.finding import Finding, excluded, likely, proved, unknown
from harness.diagnosis.link_names import APP_RUNS
from harness.store.layout import JOURNAL, PROBE
from harness.vocabulary.effects import Effect
from harness.vocabulary.listener import LIBRARY, LIBRARY_CLASSES

LINK_LIFE = timedelta(hours=1)
"""How long a signed link is valid (developer documentation, app data)."""

_CUT_OFF = (
    "whether the server was restarted while the listener was at work, which ended it: the plan's "
    "page was not served for a while, and no end of the listener was seen"
)
_ERROR = re.compile(r"^[\w.$]*Error\b")
_LINKAGE = re.compile(
    r"NoSuchMethodError|NoSuchFieldError|AbstractMethodError|IncompatibleClassChangeError"
    r"|NoClassDefFoundError|ClassNotFoundException"
)
_OTHER_SHAPE = re.compile(rf"(?:{_LINKAGE.pattern})\b.*com[./]atlassian[./]")
_MISSING = re.compile(
    r"(?:NoClassDefFoundError|ClassNotFoundException): L?"
    rf"(?P<name>{LIBRARY.replace('.', '[./]')}[./][\w./$]+)"
)
START = re.compile(r"\.on(?:Start|Rerun)AppMigration\(")
"""A listener's method, in a frame of a stack."""
_ASKED_FOR_KEYS = "failed when it was asked for its keys"
_WAITS_FOR_THE_CLOUD = re.compile(r"HttpClient|AppDataUpload\.close|SocketInputStream|NioSocket")
OF_ITS_UPLOAD = "it follows from its upload, which the cloud did not take"


def at_its_start(facts: Facts) -> list[Evidence]:
    """Failures of the app's start for a class of the library that only the stand-in lacks.

    A class that the stand-in has and the app did not get was not wired, which is the app's affair.
    """
    if not facts.of(OnStandin):
        return []
    found: list[Evidence] = [each for each in facts.of(Plugin) if _lacks(each.error or "")]
    found += [line for line in facts.of(LogLine) if _lacks("\n".join([line.message, *line.stack]))]
    return found


def _lacks(text: str) -> bool:
    """Whether a text names a class of the library as missing that the stand-in does not have."""
    named = (each["name"].replace("/", ".").partition("$")[0] for each in _MISSING.finditer(text))
    return any(name not in LIBRARY_CLASSES for name in named)


def of_missing_library(line: LogLine) -> bool:
    """Whether a log line tells of a class or member of Atlassian's that is not there."""
    is_about = in_listener(line) or _ASKED_FOR_KEYS in line.message
    return is_about and bool(line.stack) and bool(_OTHER_SHAPE.search(line.stack[0]))


def ends_with_error(exception: str | None) -> bool:
    """Whether what a listener threw is a java.lang.Error, by its class's name."""
    return bool(exception and _ERROR.match(exception.strip()))


def of_another_shape(facts: Facts) -> list[Evidence]:
    """Calls that the stand-in's library ended, because it lacks a class or a member.

    A getter's failure is one, too: then the listener is not found.
    """
    if not facts.of(OnStandin):
        return []
    found: list[Evidence] = [
        each
        for each in facts.of(ListenerCall)
        if each.outcome == "threw" and _OTHER_SHAPE.search(each.exception or "")
    ]
    found += [line for line in facts.of(LogLine) if of_missing_library(line)]
    found += [each for each in at_its_start(facts) if each not in found]
    return found


def not_in_the_model(facts: Facts) -> Finding:
    """Classes and members of Atlassian's that only the stand-in is known to lack."""
    cause = "not-in-the-model"
    if shapes := of_another_shape(facts):
        # An app that did not start has no listener to call.
        link = APP_RUNS if at_its_start(facts) and not facts.called else ""
        return proved(cause, *facts.of(OnStandin), *shapes, link=link)
    calls = facts.of(ListenerCall)
    if calls and all(each.outcome == "returned" for each in calls):
        return excluded(cause, *calls)
    if calls and all(each.exception or each.outcome == "returned" for each in calls):
        return excluded(cause, *calls, note="the exception names nothing of Atlassian's")
    if facts.called and calls:
        return excluded(cause, *calls, note="the listener was called")
    return unknown(cause, *(facts.lacking(PROBE) or ("whether a real Confluence does the same",)))


def listener_ended_by_error(facts: Facts) -> Finding:
    """Calls, reports and log lines that name an Error."""
    cause = "listener-ended-by-error"
    if shapes := of_another_shape(facts):
        return excluded(cause, *shapes, note="what it lacks is missing in the stand-in's model")
    calls = facts.of(ListenerCall)
    ended: list[Evidence] = [
        each for each in calls if each.outcome == "threw" and ends_with_error(each.exception)
    ]
    told: list[Evidence] = [
        each for each in facts.of(ListenerFailed) if ends_with_error(each.exception)
    ]
    told += [
        line for line in facts.of(LogLine) if in_listener(line) and ends_with_error(line.stack[0])
    ]
    if ended or (told and not any(_LINKAGE.search(each.says) for each in told)):
        return proved(cause, *ended, *told)
    if told:
        missing = "whether the class or member that is missing is one that the stand-in lacks"
        return likely(cause, *told, missing=(*facts.lacking(PROBE), missing))
    if any(each.outcome == "running" for each in calls):
        return excluded(cause, *calls, note="it has not ended")
    if calls:
        return excluded(cause, *calls)
    return unknown(cause, *(facts.lacking(PROBE) or ("how the listener ended",)))


def listener_still_running(facts: Facts) -> Finding:
    """A call that was entered and not left, and where its thread is."""
    cause = "listener-still-running"
    calls = facts.of(ListenerCall)
    running = [each for each in calls if each.outcome == "running"]
    if not running:
        if calls:
            return excluded(cause, *calls)
        return unknown(cause, *(facts.lacking(PROBE) or ("the listener was not called",)))
    if facts.settled:
        return excluded(cause, facts.settled, note="the transfer was settled all the same")
    if ended := [*facts.of(ListenerFailed), *filter(in_listener, facts.of(LogLine))]:
        return excluded(cause, *ended, note="it ended after the last look at its thread")
    if restarted := may_be_cut_off(facts):
        return unknown(cause, restarted)
    if not all(each.stack for each in running):
        return likely(cause, *running, missing=("where its thread stands: its stack was not read",))
    if any(_WAITS_FOR_THE_CLOUD.search(frame) for each in running for frame in each.stack):
        return likely(cause, *running, missing=("why the cloud does not answer its upload",))
    return proved(cause, *running)


def listener_swallowed_failure(facts: Facts) -> Finding:
    """What was caught inside a call that returned."""
    cause = "listener-swallowed-failure"
    returned = [each for each in facts.of(ListenerCall) if each.outcome == "returned"]
    swallowed = [each for each in returned if each.caught]
    if facts.failed_uploads and swallowed:
        return excluded(cause, *facts.failed_uploads, note=OF_ITS_UPLOAD)
    if facts.settled and swallowed:
        return excluded(cause, facts.settled, note="the transfer was settled all the same")
    if swallowed and not facts.of(DataUploaded) and facts.has(JOURNAL):
        return proved(cause, *swallowed, note="no data of its own arrived in the cloud")
    if swallowed:
        return likely(cause, *swallowed, missing=("whether all of its data was uploaded",))
    if returned and all(each.caught is not None for each in facts.of(ListenerCall)):
        return excluded(cause, *returned)
    calls = facts.of(ListenerCall)
    if calls and all(each.outcome != "returned" for each in calls):
        return excluded(cause, *calls, note="it did not return")
    return unknown(cause, *(facts.lacking(PROBE) or ("what the listener's own classes caught",)))


def upload_not_closed(facts: Facts) -> Finding:
    """Uploads begun against uploads that arrived whole."""
    cause = "upload-not-closed"
    begun, arrived = facts.last(UploadsBegun), facts.of(DataUploaded)
    if begun is None:
        return unknown(cause, *(facts.lacking(PROBE) or ("how many uploads were begun",)))
    if not facts.has(JOURNAL):
        return unknown(cause, *facts.lacking(JOURNAL))
    if begun.times <= len(arrived) + len(facts.failed_uploads):
        return excluded(cause, begun, *arrived)
    calls = facts.of(ListenerCall)
    if not calls or any(each.outcome != "returned" for each in calls):
        return unknown(cause, "whether it would have been closed: the listener has not returned")
    return proved(cause, begun, *arrived, *calls, note="the listener returned without closing it")


def nothing_uploaded(facts: Facts) -> Finding:
    """A listener that returned and began no upload."""
    cause = "nothing-uploaded"
    if facts.settled:
        return excluded(cause, facts.settled, note="the transfer was settled all the same")
    if arrived := facts.of(DataUploaded):
        return excluded(cause, *arrived)
    begun, calls = facts.last(UploadsBegun), facts.of(ListenerCall)
    if begun is None or not calls:
        return unknown(cause, *(facts.lacking(PROBE) or ("whether the listener began an upload",)))
    if begun.times:
        return excluded(cause, begun)
    if any(each.outcome != "returned" for each in calls):
        return unknown(cause, "whether it would have uploaded: the listener did not return")
    if not facts.has(JOURNAL):
        return unknown(cause, *facts.lacking(JOURNAL))
    return proved(cause, begun, *calls)


def app_never_read(facts: Facts) -> Finding:
    """An event of an upload, acknowledged, and no question for the data after it."""
    cause = "app-never-read"
    if reads := facts.of(DataRead):
        return excluded(cause, *reads)
    # What a Connect app left undone for 14 days is said of the time-out.
    if ended := facts.settled if facts.forge else facts.ended:
        return excluded(cause, ended, note="the transfer was settled all the same")
    told = facts.data_event
    if told is None or not facts.has(JOURNAL):
        return unknown(cause, *(facts.lacking(JOURNAL) or ("it heard of no data",)))
    if not facts.posts_all_taken:
        return unknown(cause, "whether it would have read: it did not get through to report")
    if restarted := may_be_cut_off(facts):
        return unknown(cause, restarted)
    return proved(cause, told, note="the journal has no question for the data after it")


def app_read_failed(facts: Facts) -> Finding:
    """Reads that the platform answered with 429 or 5xx, or refused whatever was asked."""
    failing = [each for each in _last_refused(facts) if each.http and failed_by_platform(each)]
    return _reads(facts, "app-read-failed", failing)


def app_read_refused(facts: Facts) -> Finding:
    """Reads that were refused for how the app asked."""
    failing = [
        each
        for each in _last_refused(facts)
        if each.http >= 400 and not failed_by_platform(each) and each.effect != Effect.LINK_EXPIRED
    ]
    return _reads(facts, "app-read-refused", failing)


def signed_link_expired(facts: Facts) -> Finding:
    """Links that were used an hour after they were made, or later."""
    failing = [each for each in _expired(facts) if _age(facts, each) >= LINK_LIFE]
    return _reads(facts, "signed-link-expired", failing)


def signed_link_refused(facts: Facts) -> Finding:
    """Links that were refused within their hour."""
    failing = [each for each in _expired(facts) if _age(facts, each) < LINK_LIFE]
    return _reads(facts, "signed-link-refused", failing)


def _reads(facts: Facts, cause: str, failing: list[DataRead]) -> Finding:
    if facts.settled:
        return excluded(cause, facts.settled, note="the transfer was settled all the same")
    if failing:
        return proved(cause, *failing)
    seen: list[Evidence] = [*facts.of(DataRead)] or [*facts.told]
    if seen and facts.has(JOURNAL):
        return excluded(cause, *seen, note="no read ended so")
    return unknown(cause, *(facts.lacking(JOURNAL) or ("the cloud app read nothing",)))


def _last_refused(facts: Facts) -> list[DataRead]:
    """The last read of each kind where that failed."""
    last = {each.what: each for each in facts.of(DataRead)}
    return [each for each in last.values() if not each.ok]


def _expired(facts: Facts) -> list[DataRead]:
    return [each for each in _last_refused(facts) if each.effect == Effect.LINK_EXPIRED]


def _age(facts: Facts, used: DataRead) -> timedelta:
    """How old the newest link was when it was used; zero where none was seen."""
    made = [
        server_time(each)
        for each in facts.of(DataRead)
        if each.is_link and each.ok and server_time(each) <= server_time(used)
    ]
    return server_time(used) - max(made) if made else timedelta(0)


def may_be_cut_off(facts: Facts) -> str | None:
    """What a restart of the server may have ended; None where it is known not to have.

    It counts from the listener's call on, as far as that is known, until the listener's end.
    """
    called = facts.called
    since = called.origin.wall if called else None
    away = [
        each
        for each in facts.of(ServerAway)
        if since is None or each.origin.wall is None or each.origin.wall >= since
    ]
    calls = facts.of(ListenerCall)
    has_ended = bool(calls) and all(each.outcome != "running" for each in calls)
    has_ended |= bool(facts.of(ListenerFailed)) or any(map(in_listener, facts.of(LogLine)))
    return _CUT_OFF if away and not has_ended else None


def in_listener(line: LogLine) -> bool:
    """Whether a log line has a listener's method on its stack."""
    return line.level in ("ERROR", "WARN", "FATAL") and any(
        START.search(frame) for frame in line.stack
    )
