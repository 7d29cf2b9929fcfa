"""A stored run's folder as evidence: the one place that knows how a run is laid out.

`results.json` is read as plain JSON, so that a run of an older or newer schema gives what it has.
A case's artefacts are optional, each alone; missing or broken ones are reported, the rest are read.
Artefacts, by their name in results.json:
- server_log: text; journal: JSON lines; probe: a ProbeRecord
- recording: what the server said to its cloud and was told, as docs/recordings.md has it; tap:
  what reached the cloud app and what it answered, likewise
- flags: `{"site": [...], "system": [...], "user": [...], "asked": [...]}`, the keys that are on,
  and those that were asked for and are off where no level has them
- plan: `{"id", "status", "server_key", "cloud_key"}`
- problems: a list of what could not be kept, and why
- upm: `{"key", "installed", "enabled", "error"}`
- osgi: `{"bundles": [{"name", "state", "unresolved": [...], "services": [...], "loaders": [...]}],
  "other_loaders": [...]}`
- site: `{"decision", "consent", "apps": [{"key", "installed", "webhook"}], "refused": [domain]}`
- host: `{"key", "made_up": [...], "provided": [...], "calls": [{"type", "method", "answered",
  "times", "last"}]}`, of a stand-in
- progress: the progress REST's answer, with `server_time` beside it, and `page`, what the page
  showed when loaded anew, where that was another state
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from harness.diagnosis.attribution import about_the_pair
from harness.diagnosis.data_evidence import OnStandin
from harness.diagnosis.evidence import (
    AppUnderTest,
    AssessmentDecision,
    AssistantVersion,
    Bundle,
    ConnectApp,
    Consent,
    Evidence,
    Flag,
    HostCalled,
    LogLine,
    NotThere,
    Origin,
    OtherLoaders,
    PageUnread,
    PlanStatus,
    Plugin,
    RefusedDomains,
    RestRow,
    RowBesideRest,
    RowShown,
    ServerAway,
)
from harness.diagnosis.facts import PAGE, Facts
from harness.diagnosis.readers.journal import read_journal
from harness.diagnosis.readers.probe import read_probe
from harness.diagnosis.readers.recording import read_recording
from harness.errors import BadInput
from harness.store.layout import (
    FLAGS,
    HOST,
    JOURNAL,
    NOT_THERE,
    OSGI,
    PLAN,
    PROBE,
    PROBLEMS,
    PROGRESS,
    RECORDING,
    RESULTS,
    SERVER_LOG,
    SITE,
    TAP,
    UPM,
    results_in,
)
from harness.store.probe_record import ProbeRecord
from harness.store.server_log import parse, zone_of
from harness.support.files import text_of

_WORTH_READING = frozenset({"WARN", "ERROR", "FATAL"})
_RESULTS_ORIGIN = Origin(RESULTS)
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What a reader raises for an artefact that is not of its kind."""


@dataclass(frozen=True)
class StoredCase:
    """One case of a stored run.

    Attributes:
        id: the case's id.
        facts: its evidence.
        problems: what of its artefacts could not be read.
        verdict: as it was given then, with its reason; empty where none was.
    """

    id: str
    facts: Facts
    problems: tuple[str, ...]
    verdict: str = ""

    @property
    def is_passed(self) -> bool:
        """Whether the row was as expected."""
        return self.verdict.partition(":")[0] == "passed"


def read_run(folder: Path) -> list[StoredCase]:
    """Every case of a run.

    Args:
        folder: the run's folder, or its results.json.

    Raises:
        BadInput: there are no results, or they are not a JSON object with cases.
    """
    path = results_in(folder)
    try:
        results = json.loads(text_of(path))
        ccma = (results.get("confluence") or {}).get("ccma")
        return [read_case(path.parent, case, ccma) for case in results["cases"]]
    except FileNotFoundError as error:
        raise BadInput("there are no results; name a run's folder", path=path) from error
    except (OSError, *_UNREADABLE) as error:
        raise BadInput(f"this does not look like a run's results ({error!r})", path=path) from error


def read_case(folder: Path, case: Mapping[str, Any], ccma: str | None = None) -> StoredCase:
    """One case of a run.

    Args:
        folder: what its artefacts are named relative to.
        case: its part of results.json.
        ccma: the run's CCMA version, where the case does not say.
    """
    items = from_case(case, ccma)
    sources = {PAGE} if case.get("timeline") else set()
    problems: list[str] = []
    artifacts = case.get("artifacts") or {}
    for name, read in _READERS.items():
        if name == RECORDING and JOURNAL in sources:
            continue  # it tells the same calls, and less of each
        if file := artifacts.get(name):
            try:
                items += read(text_of(_inside(folder, file)))
                sources.add(name)
            except (OSError, *_UNREADABLE) as error:
                problems.append(f"{name} ({file}) could not be read: {error}")
    if FLAGS in sources:
        items = [each for each in items if not _is_only_wished(each)]
    problems += _noted(folder, artifacts.get(PROBLEMS))
    facts = Facts(about_the_pair(items), frozenset(sources))
    verdict = ": ".join(str(case[name]) for name in ("verdict", "reason") if case.get(name))
    return StoredCase(str(case["id"]), facts, tuple(problems), verdict)


def read_artifact(name: str, text: str) -> list[Evidence]:
    """The evidence in one artefact's text, by the artefact's name.

    Raises:
        KeyError, ValueError, TypeError, AttributeError: it is not of that kind.
    """
    return _READERS[name](text)


def _is_only_wished(item: Evidence) -> bool:
    """Whether it is a flag as the case wanted it, not as the server has it."""
    return isinstance(item, Flag) and item.origin == _RESULTS_ORIGIN


def _noted(folder: Path, file: str | None) -> list[str]:
    """What the run itself could not keep."""
    if file is None:
        return []
    try:
        return [str(each) for each in json.loads(text_of(_inside(folder, file)))]
    except (OSError, *_UNREADABLE) as error:
        return [f"problems ({file}) could not be read: {error}"]


def from_case(case: Mapping[str, Any], ccma: str | None) -> list[Evidence]:
    """The evidence in a case's own part of results.json."""
    origin = _RESULTS_ORIGIN
    items: list[Evidence] = [
        Flag(origin=origin, key=key, on=bool(on))
        for key, on in (case.get("dark_features") or {}).items()
    ]
    if version := case.get("ccma") or ccma:
        items.append(AssistantVersion(origin=origin, version=str(version)))
    if app := case.get("app"):
        items.append(
            AppUnderTest(origin=origin, server_key=app["server_key"], cloud_key=app["cloud_key"])
        )
    if status := case.get("plan_status"):
        items.append(PlanStatus(origin=origin, status=status))
    looks = (case.get("evidence") or {}).get("looks") or []
    return items + _rows(case) + _away(looks) + _unread(looks)


def _away(looks: Sequence[Mapping[str, Any]]) -> list[Evidence]:
    """The first look of each stretch in which the page was not served."""
    away = [False, *(bool(each.get("was_away")) for each in looks)]
    return [
        ServerAway(origin=Origin("page, a look", _begun(look)))
        for look, before, now in zip(looks, away, away[1:], strict=False)
        if now and not before
    ]


def _unread(looks: Sequence[Mapping[str, Any]]) -> list[Evidence]:
    """What the last look met where that was not the plan's page."""
    if not looks or looks[-1].get("row") is not None:
        return []
    met = str(looks[-1].get("met") or "not told")
    return [PageUnread(origin=Origin("page, the last look", _begun(looks[-1])), met=met)]


def _begun(look: Mapping[str, Any]) -> datetime | None:
    wall = look.get("wall_time")
    return datetime.fromisoformat(wall) if wall else None


def _rows(case: Mapping[str, Any]) -> list[Evidence]:
    timeline = case.get("timeline") or []
    seen = [datetime.fromisoformat(entry["server_time"]) for entry in timeline]
    ends = [*seen[1:], _last_look(case, seen)]
    return [
        RowShown(
            origin=Origin(f"page, timeline {number}", None, at),
            status=entry["status"],
            percent=entry.get("percent"),
            until=until,
        )
        for number, (entry, at, until) in enumerate(zip(timeline, seen, ends, strict=False))
    ]


def _last_look(case: Mapping[str, Any], seen: list[datetime]) -> datetime | None:
    """Server time of the last look: rows are kept when they change, looks go on."""
    recorded = case.get("recorded") or {}
    if recorded.get("at") and recorded.get("watched_seconds") is not None:
        settled = datetime.fromisoformat(recorded["at"])
        return settled + timedelta(seconds=recorded["watched_seconds"])
    if seen and case.get("server_seconds") is not None:
        return seen[0] + timedelta(seconds=case["server_seconds"])
    return seen[-1] if seen else None


def _inside(folder: Path, file: str) -> Path:
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError("it lies outside the run's folder")
    return path


def _server_log(text: str) -> list[Evidence]:
    zone = zone_of(text)
    return [
        LogLine(
            origin=Origin(
                f"server log, {record.logger}",
                None,
                record.time.replace(tzinfo=zone).astimezone(UTC),
            ),
            level=record.level,
            message=record.message,
            stack=record.stack,
        )
        for record in parse(text)
        if record.level in _WORTH_READING
    ]


def _journal(text: str) -> list[Evidence]:
    return read_journal(text.splitlines())


def _recording(text: str) -> list[Evidence]:
    return read_recording(text.splitlines())


def _probe(text: str) -> list[Evidence]:
    return read_probe(ProbeRecord.from_json(text))


def _flags(text: str) -> list[Evidence]:
    data, origin = json.loads(text), Origin("dark feature pages")
    on = {level: data.get(level) or [] for level in ("site", "system", "user")}
    anywhere = {key for level in ("site", "system") for key in on[level]}
    off = [key for key in data.get("asked") or () if key not in anywhere]
    return [
        *(Flag(origin=origin, key=key, on=False) for key in off),
        *(Flag(origin=origin, key=k, on=True, level=level) for level in on for k in on[level]),
    ]


def _plan(text: str) -> list[Evidence]:
    plan = json.loads(text)
    items: list[Evidence] = []
    if plan.get("server_key") and plan.get("cloud_key"):
        items.append(
            AppUnderTest(
                origin=Origin("app.yaml"),
                server_key=plan["server_key"],
                cloud_key=plan["cloud_key"],
            )
        )
    if plan.get("status"):
        items.append(PlanStatus(origin=Origin("plan's page"), status=plan["status"]))
    return items


def _upm(text: str) -> list[Evidence]:
    app = json.loads(text)
    plugin = Plugin(
        origin=Origin("UPM"),
        key=app["key"],
        enabled=app["enabled"],
        error=app.get("error"),
        installed=app.get("installed"),
    )
    return [plugin]


def _osgi(text: str) -> list[Evidence]:
    data, origin = json.loads(text), Origin("OSGi")
    return [
        OtherLoaders(origin=origin, loaders=tuple(data.get("other_loaders") or ())),
        *(
            Bundle(
                origin=origin,
                name=bundle["name"],
                state=bundle["state"],
                unresolved=tuple(bundle.get("unresolved") or ()),
                services=None if bundle.get("services") is None else tuple(bundle["services"]),
                loaders=tuple(bundle.get("loaders") or ()),
            )
            for bundle in data["bundles"]
        ),
    ]


def _host(text: str) -> list[Evidence]:
    # Only the stand-in tells of these.
    found: list[Evidence] = [OnStandin(origin=Origin("calls into the host"))]
    return found + [
        HostCalled(
            origin=Origin("calls into the host", None, datetime.fromisoformat(call["last"])),
            type=call["type"],
            method=call["method"],
            answered=call["answered"],
            times=call["times"],
        )
        for call in json.loads(text)["calls"]
    ]


def _not_there(text: str) -> list[Evidence]:
    return [
        NotThere(
            origin=Origin("the stand-in", None, datetime.fromisoformat(each["last"])),
            method=each["method"],
            path=each["path"],
            times=each["times"],
        )
        for each in json.loads(text)["asked"]
    ]


def _site(text: str) -> list[Evidence]:
    site, origin = json.loads(text), Origin("site")
    items: list[Evidence] = [
        ConnectApp(
            origin=origin,
            key=app["key"],
            installed=app["installed"],
            webhook=app.get("webhook"),
        )
        for app in site.get("apps") or ()
    ]
    if decision := site.get("decision"):
        items.append(AssessmentDecision(origin=origin, decision=decision))
    if (refused := site.get("refused")) is not None:
        items.append(RefusedDomains(origin=origin, domains=tuple(refused)))
    if site.get("consent") is not None:
        items.append(Consent(origin=origin, given=site["consent"]))
    return items


def _progress(text: str) -> list[Evidence]:
    answer = json.loads(text)
    at = datetime.fromisoformat(answer["server_time"])
    items: list[Evidence] = [
        RestRow(
            origin=Origin("progress REST", None, at),
            status=app["status"],
            percent=app.get("completionPercent"),
        )
        for migration in answer["migrations"][-1:]
        for app in migration["apps"][:1]
    ]
    if page := answer.get("page"):
        looked = Origin("page", None, datetime.fromisoformat(page["server_time"]))
        beside = RowBesideRest(origin=looked, status=page["status"], percent=page["percent"])
        items.append(beside)
    return items


_READERS: dict[str, Callable[[str], list[Evidence]]] = {
    FLAGS: _flags,
    PLAN: _plan,
    SERVER_LOG: _server_log,
    JOURNAL: _journal,
    RECORDING: _recording,
    TAP: _recording,
    PROBE: _probe,
    UPM: _upm,
    OSGI: _osgi,
    HOST: _host,
    NOT_THERE: _not_there,
    SITE: _site,
    PROGRESS: _progress,
}
