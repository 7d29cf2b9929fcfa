"""A probe's record as evidence."""

from harness.diagnosis.data_evidence import OnStandin, UploadsBegun
from harness.diagnosis.evidence import Evidence, ListenerCall, ListenerClass, Origin, PollerRuns
from harness.store.probe_record import (
    ListenerAnswer,
    MethodRuns,
    ProbeRecord,
    RecordedCall,
    WatchedListener,
)

_STANDIN = "org.migrationharness.standin."
_UPLOAD = "AppDataUpload"
"""The stand-in's stream for one upload."""
_BY_NAME = "com.atlassian.migration.app.listener."
"""Package of the current generation, whose library an app may bring itself."""


def read_probe(record: ProbeRecord) -> list[Evidence]:
    """The listener classes and calls that a probe saw."""
    classes = [_listener(each, record) for each in record.listeners]
    uploads = [each for each in record.methods if each.class_name.endswith(_UPLOAD)]
    pollers = [each for each in record.methods if each.loaded and each not in uploads]
    # A known assistant's class that was never loaded has made nothing.
    begun = [_uploads(each) for each in uploads if each.loaded or pollers]
    calls = [_call(each) for each in record.calls]
    standin = [OnStandin(origin=Origin("probe"))] if _is_standin(record) else []
    return [*standin, *classes, *calls, *map(_poller, pollers), *begun]


def _listener(listener: WatchedListener, record: ProbeRecord) -> ListenerClass:
    server, cloud = listener.server_app_key, listener.cloud_app_key
    names, started = {each.name for each in listener.interfaces}, record.started
    copies = {each.loader for each in record.interfaces if each.name in names}
    armed = listener.armed.wall if listener.armed else None
    return ListenerClass(
        origin=Origin("probe", started.wall, started.server),
        name=listener.type.name,
        loader=listener.type.loader,
        interface_loaders=tuple(each.loader for each in listener.interfaces),
        interface_copies=len(copies),
        by_name=all(name.startswith(_BY_NAME) for name in names),
        armed=armed,
        keys=(_key(server), _key(cloud)) if _known(server) and _known(cloud) else None,
    )


def _call(call: RecordedCall) -> ListenerCall:
    exception = call.exception_type
    if exception and call.exception_message:
        exception = f"{exception}: {call.exception_message}"
    return ListenerCall(
        origin=Origin(f"probe, thread {call.thread}", call.entered.wall, call.entered.server),
        listener=call.type.name,
        method=call.method,
        outcome=call.outcome,
        exception=exception,
        loader=call.type.loader,
        caught=call.caught,
        stack=call.stack,
    )


def _poller(runs: MethodRuns) -> PollerRuns:
    last = runs.entered[-1] if runs.entered else None
    name = f"{runs.class_name.rsplit('.', 1)[-1]}.{runs.method}"
    origin = Origin("probe", last.wall, last.server) if last else Origin("probe")
    return PollerRuns(origin=origin, method=name, times=len(runs.entered))


def _uploads(runs: MethodRuns) -> UploadsBegun:
    last = runs.entered[-1] if runs.entered else None
    origin = Origin("probe", last.wall, last.server) if last else Origin("probe")
    return UploadsBegun(origin=origin, times=len(runs.entered))


def _is_standin(record: ProbeRecord) -> bool:
    return any(each.loaded and each.class_name.startswith(_STANDIN) for each in record.methods)


def _known(answer: ListenerAnswer | None) -> bool:
    return answer is not None and answer.problem is None


def _key(answer: ListenerAnswer | None) -> str | None:
    return answer.value if answer and isinstance(answer.value, str) else None
