"""A finished run as the report needs it: its results, and what of its artefacts can be read.

Every artefact is optional. What is missing or broken becomes a sentence among the problems; the
rest is read all the same, because a report matters most when a run went wrong.
"""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.evidence import Evidence, HostCalled, NotThere
from harness.diagnosis.findings_text import to_json
from harness.diagnosis.readers.run_folder import read_case
from harness.report.safe_text import bounded, shown
from harness.store import results as stored_results
from harness.store.layout import JOURNAL, SCREENSHOT, SERVER_LOG, TRACE, results_in
from harness.store.results import CaseResult, Results

KEPT = (SCREENSHOT, TRACE, SERVER_LOG, JOURNAL)
"""Artefacts that each case is expected to have."""

_LOG_BYTES = 256 << 10
_LOG_LINES, _LINE_CHARACTERS = 40, 400
_JOURNAL_ENTRIES, _BODY_CHARACTERS = 60, 300
_IMAGES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True)
class Artifact:
    """A file that a case kept; `size` in bytes, None when it is not there."""

    name: str
    path: str
    size: int | None


@dataclass(frozen=True)
class Excerpt:
    """The end of a text file; `left_out` lines before it are not shown."""

    text: str = ""
    left_out: int = 0


@dataclass(frozen=True)
class JournalLine:
    """One request, as the cloud's journal has it."""

    seq: str
    at: str
    caller: str
    what: str
    status: str
    effect: str
    body: str


@dataclass(frozen=True)
class ReportedCase:
    """One case.

    Attributes:
        result: its part of results.json.
        evidence: every fact that could be read.
        diagnosis: the causes and links in the shape of `harness explain --json`; None when
            diagnosing failed.
        artifacts: the files it names.
        problems: what is missing or could not be read, one sentence each.
        log: the end of the server's log.
        journal: the last entries of the cloud's journal.
        journal_left_out: how many entries come before those.
    """

    result: CaseResult
    evidence: tuple[Evidence, ...] = ()
    diagnosis: Mapping[str, Any] | None = None
    artifacts: tuple[Artifact, ...] = ()
    problems: tuple[str, ...] = ()
    log: Excerpt = field(default_factory=Excerpt)
    journal: tuple[JournalLine, ...] = ()
    journal_left_out: int = 0

    @property
    def host_calls(self) -> list[str]:
        """What the app called of the classes that stand for Confluence's own, and how often."""
        return [each.says for each in self.evidence if isinstance(each, HostCalled)]

    @property
    def not_there(self) -> list[str]:
        """What was asked of the stand-in that it does not have, and how often."""
        return [each.says for each in self.evidence if isinstance(each, NotThere)]

    def artifact(self, name: str) -> Artifact | None:
        """The artefact of that name, if its file is there."""
        found = (each for each in self.artifacts if each.name == name and each.size is not None)
        return next(found, None)


@dataclass(frozen=True)
class ReportedRun:
    """A whole run, and the folder it lies in."""

    folder: Path
    results: Results
    cases: tuple[ReportedCase, ...]


def read_run(run: Path) -> ReportedRun:
    """Reads a run.

    Args:
        run: its folder, or its results.json.

    Raises:
        BadInput: there are no results, or they have another schema.
    """
    path = results_in(run)
    results = stored_results.read(path)
    folder = path.parent
    return ReportedRun(folder, results, tuple(_case(folder, case) for case in results.cases))


def image(folder: Path, artifact: Artifact, most: int) -> tuple[str, bytes] | None:
    """A screenshot's media type and bytes; None when it is none, or larger than `most` bytes."""
    if artifact.size is None or artifact.size > most:
        return None
    try:
        content = (folder / artifact.path).read_bytes()
    except OSError:
        return None
    for magic, media_type in _IMAGES.items():
        if content.startswith(magic):
            return media_type, content
    return None


def _case(folder: Path, case: CaseResult) -> ReportedCase:
    artifacts = tuple(_artifact(folder, *named) for named in case.artifacts.items())
    problems = [
        f"{each.name}: {each.path} is not in the run's folder"
        for each in artifacts
        if each.size is None
    ]
    problems += [f"{name}: none was kept" for name in KEPT if name not in case.artifacts]
    there = {each.name: folder / each.path for each in artifacts if each.size is not None}
    evidence, diagnosis = _diagnosis(folder, case, problems)
    log, entries = Excerpt(), 0
    journal: tuple[JournalLine, ...] = ()
    try:
        log = _log(there[SERVER_LOG]) if SERVER_LOG in there else log
        if JOURNAL in there:
            journal, entries = _journal(there[JOURNAL], problems)
    except OSError as error:
        problems.append(f"log and journal: {error}")
    return ReportedCase(
        case,
        evidence,
        diagnosis,
        artifacts,
        tuple(problems),
        log,
        journal,
        entries - len(journal),
    )


def _artifact(folder: Path, name: str, path: str) -> Artifact:
    try:
        whole = (folder / path).resolve()
        inside = whole.is_relative_to(folder.resolve()) and whole.is_file()
        return Artifact(name, path, whole.stat().st_size if inside else None)
    except (OSError, ValueError):
        return Artifact(name, path, None)


def _diagnosis(
    folder: Path, case: CaseResult, problems: list[str]
) -> tuple[tuple[Evidence, ...], Mapping[str, Any] | None]:
    try:
        stored = read_case(folder, case.model_dump(mode="json"))
        problems += [each for each in stored.problems if each not in problems]
        data = to_json(case.id, stored.facts, diagnose(stored.facts), stored.problems)
    except Exception as error:
        # Whatever it is that a rule stumbles over, the rest of the page is still worth having.
        problems.append(f"causes: this case could not be diagnosed ({error!r})")
        return (), None
    return stored.facts.items, data


def _log(path: Path) -> Excerpt:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _LOG_BYTES))
        text = file.read(_LOG_BYTES).decode("utf-8", "replace")
    # Cleaned whole, because a key or a licence spans lines.
    lines = shown(text).splitlines()
    kept = [bounded(line, _LINE_CHARACTERS) for line in lines[-_LOG_LINES:]]
    return Excerpt("\n".join(kept), max(0, len(lines) - _LOG_LINES))


def _journal(path: Path, problems: list[str]) -> tuple[tuple[JournalLine, ...], int]:
    """The last entries of a journal, and how many it has."""
    last: deque[Mapping[str, Any]] = deque(maxlen=_JOURNAL_ENTRIES)
    entries = broken = 0
    with path.open(errors="replace") as lines:
        for line in lines:
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError):
                entry = None
            if isinstance(entry, dict):
                last.append(entry)
                entries += 1
            else:
                broken += bool(line.strip())
    if broken:
        problems.append(f"journal: {broken} lines of {path.name} are not JSON objects")
    return tuple(map(_journal_line, last)), entries


def _journal_line(entry: Mapping[str, Any]) -> JournalLine:
    route = entry.get("route") or entry.get("path") or ""
    outgoing = entry.get("direction") == "out"
    effect, reason = str(entry.get("effect") or ""), str(entry.get("reason") or "")
    body = entry.get("body")
    return JournalLine(
        seq=bounded(str(entry.get("seq", "")), 12),
        at=_clock(entry.get("platform_time")),
        caller=bounded(str(entry.get("caller") or ""), 80),
        what=bounded(str(route) if outgoing else f"{entry.get('method', '')} {route}", 200),
        status=bounded(str(entry.get("status") or ""), 8),
        effect=bounded(f"{effect}: {reason}" if reason else effect, 200),
        body=""
        if body is None
        else bounded(json.dumps(body, ensure_ascii=False), _BODY_CHARACTERS),
    )


def _clock(value: object) -> str:
    try:
        return f"{datetime.fromisoformat(str(value)):%H:%M:%S}"
    except ValueError:
        return ""
