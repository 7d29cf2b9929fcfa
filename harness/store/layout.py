"""How a run's folder is laid out: every name in it, once.

    RUN/results.json      the record of the run, from which the rest is derived
    RUN/events.jsonl      what happened, as it happened
    RUN/request.json      what the run was asked to do
    RUN/report.html       made by `harness report`; repro.html by `harness repro`
    RUN/CASE/...          a case's artefacts
    RUN/extra-N/CASE/...  those of cases that ran beside the run's own, while one was narrowed down

`results.json` names each artefact of a case and its file, relative to RUN; readers take the file
from there, so a run whose files have other names is read as well.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

RESULTS = "results.json"
LAST = "last"
"""What a user writes for the newest run that has results."""
EVENTS = "events.jsonl"
REQUEST = "request.json"
OLD_REQUEST = "asked.json"
"""The name of `REQUEST` in runs of earlier versions."""
REPORT = "report.html"
REPRO = "repro.html"
EXTRA = "extra"

SCREENSHOT, TRACE = "screenshot", "trace"
SERVER_LOG, JOURNAL, PROBE = "server_log", "journal", "probe"
CLOUD_APP_LOG = "cloud_app_log"
RECORDING, TAP = "recording", "tap"
FLAGS, PLAN, PROGRESS = "flags", "plan", "progress"
VIDEO = "video"
UPM, OSGI, SITE, HOST = "upm", "osgi", "site", "host"
NOT_THERE = "not_there"
PROBLEMS = "problems"

FILES: Mapping[str, str] = {
    SCREENSHOT: "page.png",
    TRACE: "trace.zip",
    SERVER_LOG: "server.log",
    CLOUD_APP_LOG: "cloud-app.log",
    JOURNAL: "journal.jsonl",
    VIDEO: "video.webm",
    RECORDING: "recording.jsonl",
    TAP: "tap.jsonl",
    **{
        name: f"{name}.json"
        for name in (PROBE, FLAGS, PLAN, PROGRESS, UPM, OSGI, SITE, HOST, NOT_THERE, PROBLEMS)
    },
}
"""Artefact of a case -> its file in the case's folder."""


def make_folder(folder: Path) -> None:
    """Makes a run's folder, for its owner alone: logs and traces are in it.

    One that is there stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def case_folder(run_folder: Path, case_id: str) -> Path:
    """Where a case's artefacts go; no two cases of a run share a folder.

    An id that is long, or has characters that a folder's name has better not, is told apart from
    those that look like it by a checksum.
    """
    name = re.sub(r"[^A-Za-z0-9.=_-]+", "_", case_id).strip("_")
    if len(name) > _LONGEST_NAME or not _PLAIN_ID.fullmatch(case_id):
        name = f"{name[:_LONGEST_NAME]}-{hashlib.sha256(case_id.encode()).hexdigest()[:12]}"
    return run_folder / name


_LONGEST_NAME = 150
_PLAIN_ID = re.compile(r"[A-Za-z0-9.=_\-\[\],]+")


def results_in(run: Path) -> Path:
    """The results of a run.

    Args:
        run: the run's folder, or the file itself.
    """
    return run if run.is_file() else run / RESULTS
