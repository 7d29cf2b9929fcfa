"""How many planted secrets are found in what the harness keeps, and how many harmless words go.

Usage: python -m benchmarks.secrets [--seed N] [--lines N]

Each form of `secrets_corpus` is written by each of twelve writers, with a secret from the seed, and
so is what is known to be secret, in each of its spellings. Targets: at most 1 % of the forms found
afterwards, none of what is known, at most 0.1 % of harmless words removed.
"""

import argparse
import contextlib
import io
import json
import re
import secrets
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.secrets_corpus import ENCODINGS, Planted, forms, harmless
from harness.cloud import redact, upstream
from harness.drivers.browser.trace_secrets import remove_secrets
from harness.redaction import REMOVED, cleaned, remember, without_secrets
from harness.report import junit, markdown
from harness.report.html import shown
from harness.store import results
from harness.store.results import CaseResult, ConfluenceResult, Results, RowResult
from harness.support.console import to_stderr

MOST_FOUND, MOST_REMOVED = 0.01, 0.001

_SHORT_CORE = 5

Writer = Callable[[Sequence[str]], Sequence[str]]
"""Writes texts one by one; gives each as it can be read afterwards."""


def _one_by_one(write: Callable[[str], str]) -> Writer:
    return lambda texts: [write(text) for text in texts]


def _terminal(text: str) -> str:
    with contextlib.redirect_stderr(io.StringIO()) as said:
        to_stderr(text)
    return said.getvalue()


def _results_of(texts: Sequence[str]) -> Results:
    cases = tuple(
        CaseResult(
            id=f"case {number}",
            dark_features={},
            axes={},
            ccma="3.1.7",
            expected=RowResult(status="COMPLETE", percent=100),
            verdict="error",
            reason=text,
        )
        for number, text in enumerate(texts)
    )
    return Results(
        schema=1,
        run="run",
        engine="local",
        confluence=ConfluenceResult(image="standin", ccma="3.1.7"),
        time_scale=1,
        started=datetime.now(UTC),
        seconds=1,
        cases=cases,
    )


def _results_json(texts: Sequence[str]) -> Sequence[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.json"
        results.write(_results_of(texts), path)
        return [case["reason"] for case in json.loads(path.read_text())["cases"]]


def _junit(texts: Sequence[str]) -> Sequence[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "junit.xml"
        junit.write(_results_of(texts), path)
        tree = ElementTree.parse(path)  # noqa: S314 - our own file
        return [each.get("message", "") for each in tree.iter("error")]


def _trace(name: str, made: Callable[[str], str]) -> Writer:
    def write(texts: Sequence[str]) -> Sequence[str]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trace.zip"
            with zipfile.ZipFile(path, "w") as trace:
                for number, text in enumerate(texts):
                    trace.writestr(name.format(number), made(text))
            remove_secrets(path)
            with zipfile.ZipFile(path) as trace:
                return [trace.read(each).decode() for each in trace.namelist()]

    return write


def _snapshot(text: str) -> str:
    """A line of a trace's network log, which has the form of a HAR entry."""
    posted = {"mimeType": "text/plain", "text": text}
    return json.dumps({"type": "resource-snapshot", "snapshot": {"request": {"postData": posted}}})


WRITERS: dict[str, Writer] = {
    "server log": _one_by_one(without_secrets),
    "cloud's journal: body": _one_by_one(lambda text: json.dumps(redact.body({"message": text}))),
    "cloud's journal: reason": _one_by_one(redact.text),
    "evidence of a case": _one_by_one(lambda text: json.dumps(cleaned({"log": [text]}))),
    "results.json": _results_json,
    "JUnit": _junit,
    "Markdown": _one_by_one(markdown.text),
    "page, alternative texts": _one_by_one(shown),
    "trace: steps": _trace("{}.trace", lambda text: json.dumps({"params": {"value": text}})),
    "trace: network (HAR)": _trace("{}.network", _snapshot),
    "trace: resources": _trace("resources/{}.dat", str),
    "recording": _one_by_one(lambda text: upstream.without_secrets(text.encode()).decode()),
    "terminal": _one_by_one(_terminal),
}


def found(planted: Sequence[Planted], written: Sequence[str]) -> list[Planted]:
    """Those of whose secret something can be read in what was written."""
    return [
        each
        for each, text in zip(planted, written, strict=True)
        if each.secret in text or _core(each.secret) in text
    ]


def _core(secret: str) -> str:
    """The part of a secret that looks the same however the text around it was escaped."""
    longest = max(re.findall("[A-Za-z0-9]+", secret), key=len)
    return longest if len(longest) > _SHORT_CORE else secret


def removed(lines: Sequence[str]) -> tuple[int, int]:
    """How many words were removed from harmless lines, and how many they have."""
    gone = sum(without_secrets(line).count(REMOVED) - line.count(REMOVED) for line in lines)
    return gone, sum(len(line.split()) for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lines", type=int, default=20_000)
    given = parser.parse_args()
    planted = [*forms(given.seed)]
    secret = f"{secrets.token_urlsafe(9)}&\"'<{secrets.token_urlsafe(9)} =+/"
    remember(secret)
    spelled = [Planted(name, f"x {way(secret)} y", way(secret)) for name, way in ENCODINGS.items()]
    bad = False
    print(f"{len(planted)} forms, {len(spelled)} spellings of what is known")
    for name, write in WRITERS.items():
        left = found(planted, write([each.text for each in planted]))
        of_known = found(spelled, write([each.text for each in spelled]))
        bad |= len(left) > MOST_FOUND * len(planted) or bool(of_known)
        print(f"{name:26}{len(left):5} found {len(left) / len(planted):7.2%}", end="")
        print(f"{len(of_known):5} known ", *Counter(each.form for each in left), sep="  ")
    lines = [*harmless(given.seed, given.lines)]
    gone, words = removed(lines)
    print(f"{gone} of {words} harmless words removed, {gone / words:.3%}")
    whole = "\n".join(lines)
    begun = time.process_time()
    without_secrets(whole)
    print(f"{len(whole) / 1e6 / (time.process_time() - begun):.1f} MB/s on harmless lines")
    return int(bad or gone > MOST_REMOVED * words)


if __name__ == "__main__":
    raise SystemExit(main())
