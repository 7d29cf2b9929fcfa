"""What was seen to go through each link of the chain, one function a link; None for nothing."""

from collections.abc import Callable, Iterator

from harness.diagnosis.data_evidence import DataRead, DataUploaded
from harness.diagnosis.evidence import (
    Bundle,
    Delivery,
    Evidence,
    ListenerCall,
    PlanStatus,
    Plugin,
    ProgressPost,
    RowShown,
    ServerCall,
    TransferMade,
)
from harness.diagnosis.facts import NEW_MIGRATION, Facts, server_time, with_effect
from harness.diagnosis.rows import newest_before, shows, tells
from harness.store.layout import RESULTS
from harness.vocabulary.effects import EFFECTIVE
from harness.vocabulary.features import FEATURE
from harness.vocabulary.listener import LISTENER_SERVICE

Seen = Callable[[Facts], Evidence | None]


def switched_on(facts: Facts) -> Evidence | None:
    """A page with the block for app migrations, or the flag as it reads back."""
    flag = facts.flag(FEATURE)
    shown = _first(row for row in facts.of(RowShown) if row.status != "ABSENT")
    return shown or (flag if flag and flag.on and flag.origin.source != RESULTS else None)


def app_runs(facts: Facts) -> Evidence | None:
    """What UPM says, the bundle's state, or a call of its listener."""
    return (
        _first(each for each in facts.of(Bundle) if each.state == "ACTIVE")
        or _first(each for each in facts.of(Plugin) if each.enabled)
        or facts.called
    )


def listener_there(facts: Facts) -> Evidence | None:
    """A registered service of the library, or a call or transfer that needs one."""
    services = (
        each
        for each in facts.of(Bundle)
        if any(LISTENER_SERVICE.fullmatch(service) for service in each.services or ())
    )
    return _first(services) or facts.called or facts.last(TransferMade)


def in_plan(facts: Facts) -> Evidence | None:
    """A row of the app, or its transfer."""
    rows = (row for row in facts.of(RowShown) if row.status not in ("ABSENT", "NO_ROW"))
    return _first(rows) or facts.last(TransferMade)


def core_done(facts: Facts) -> Evidence | None:
    """The plan's end, or the app migration, which comes after it; not where a part is missing."""
    plans = facts.of(PlanStatus)
    if any(each.status == "INCOMPLETE" for each in plans):
        return None
    ended = (each for each in plans if each.status == "FINISHED")
    asked = (each for each in facts.of(ServerCall) if each.what == NEW_MIGRATION)
    return _first(asked) or _first(ended)


def reaches_cloud(facts: Facts) -> Evidence | None:
    """A call of the server that the cloud answered, in whatever way."""
    answered = [call for call in facts.of(ServerCall) if call.http]
    return _first(call for call in answered if call.ok) or _first(iter(answered))


def transfer_made(facts: Facts) -> Evidence | None:
    """The transfer."""
    return facts.last(TransferMade)


def linked(facts: Facts) -> Evidence | None:
    """A transfer that knows both apps."""
    return _last(each for each in facts.transfers if each.linked)


def called(facts: Facts) -> Evidence | None:
    """A call that was seen, or reported."""
    return facts.called


def returned(facts: Facts) -> Evidence | None:
    """A call that was seen to return, where none ended in another way."""
    calls = facts.of(ListenerCall)
    return calls[-1] if calls and all(each.outcome == "returned" for each in calls) else None


def uploaded(facts: Facts) -> Evidence | None:
    """An upload that arrived whole."""
    return facts.last(DataUploaded)


def heard(facts: Facts) -> Evidence | None:
    """The acknowledged event of the upload; of the call, where nothing was uploaded.

    While no try has ended, that the app asks or reports shows that it has heard; of a Forge app,
    whose function may fail after that, its asking always does.
    """
    if not facts.of(Delivery):
        return _first(iter(facts.of(DataRead))) or _first(iter(facts.of(ProgressPost)))
    if facts.of(DataUploaded):
        by_asking = _first(iter(facts.of(DataRead))) if facts.forge else None
        return facts.data_event or by_asking
    return facts.told[-1] if facts.told else None


def read(facts: Facts) -> Evidence | None:
    """Data that the cloud app got."""
    return _last(each for each in facts.of(DataRead) if each.ok and each.is_bytes)


def reported(facts: Facts) -> Evidence | None:
    """A progress post."""
    return _first(iter(facts.of(ProgressPost)))


def changed(facts: Facts) -> Evidence | None:
    """A post that counted."""
    return _first(iter(with_effect(facts.of(ProgressPost), *EFFECTIVE)))


def settled(facts: Facts) -> Evidence | None:
    """What settled the transfer."""
    return facts.settled


def polled(facts: Facts) -> Evidence | None:
    """An answered poll after the newest change."""
    change = facts.last_change
    polls = [call for call in facts.polls(change) if call.ok] if change else []
    last = max(polls, key=server_time, default=None)
    told = newest_before(facts, last) if last else None
    return last if last and (told is None or tells(last, told)) else None


def shown(facts: Facts) -> Evidence | None:
    """A row that looks like the newest change."""
    row, change = facts.row, facts.last_change
    return row if row and change and shows(row, change) else None


def _first(found: Iterator[Evidence]) -> Evidence | None:
    return next(found, None)


def _last(found: Iterator[Evidence]) -> Evidence | None:
    return next(iter(list(found)[-1:]), None)
