"""Thirty mistakes that a vendor makes, and what the terminal says of each without a file opened.

Usage: python -m benchmarks.mistakes [--only TEXT] [--engine local]

Each is made in a folder as a vendor has one, and met by the command as a vendor runs it. Printed
are the exit status, whether the right words stood on the terminal, and the line with them.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.planted_apps import write_app
from harness.engines.builds import server_app
from harness.support import assets

HARNESS = Path(sys.executable).with_name("harness")
CASES = """name: {name}
app: {app}
axes:
  feature: {{dark_feature: migration-assistant.app-migration.feature, values: [on]}}
expectations:
  - rows: [COMPLETE 100]
    source: The cloud app posts SUCCESS 100.
"""
_WITHIN = 300.0


@dataclass(frozen=True)
class Vendor:
    """A vendor's folder, and the command in it."""

    folder: Path
    jar: Path

    options = ("--engine", "local", "--time-scale", "400")

    def write(self, app: str, change: Callable[[str], str] = lambda text: text) -> list[str]:
        """Writes the app and its cases; the words that run them."""
        place = self.folder / app
        if not place.exists():
            shutil.copytree(assets.sample_app("charts-python"), place)
        shutil.copy(self.jar, place / "charts.jar")
        text = (assets.sample_app("charts-python") / "app.yaml").read_text()
        text = text.replace("source: ../charts/server", "jar: charts.jar")
        (place / "app.yaml").write_text(change(text))
        (self.folder / f"{app}.yaml").write_text(CASES.format(name=app, app=app))
        return ["run", f"{app}.yaml", *self.options]

    def planted(self, name: str) -> list[str]:
        """A server app with a listener of its own; the file of its case."""
        folder = write_app(self.folder, name)
        (self.folder / f"{name}.yaml").write_text(CASES.format(name=name, app=folder))
        return [f"{name}.yaml"]

    def fixture(self, name: str) -> list[str]:
        """One of the project's broken sample apps; the file of its case."""
        (self.folder / f"{name}.yaml").write_text(
            CASES.format(name=name, app=assets.sample_app(name))
        )
        return [f"{name}.yaml"]

    def run(self, words: Sequence[str]) -> tuple[int, str]:
        """Runs the command; its exit status and all that it said."""
        done = subprocess.run(
            [HARNESS, *words],
            cwd=self.folder,
            env=os.environ | {"HARNESS_STATE": str(self.folder / "state"), "COLUMNS": "200"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_WITHIN,
        )
        return done.returncode, done.stdout


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    Args:
        name: what the vendor did.
        make: makes it; the words of the command that meets it.
        status: the exit status that is right.
        says: a pattern of the words that are right.
        shared: whether it can be met on a stack with others, in one run of the command.
    """

    name: str
    make: Callable[[Vendor], Sequence[str]]
    status: int
    says: str
    shared: bool = False


def _yaml(name: str, right: str, wrong: str, status: int, says: str) -> Mistake:
    def make(vendor: Vendor) -> Sequence[str]:
        return vendor.write("mine", lambda text: text.replace(right, wrong, 1))

    return Mistake(name, make, status, says)


def _cloud(name: str, mistake: str, status: int, says: str) -> Mistake:
    def make(vendor: Vendor) -> Sequence[str]:
        return [*vendor.write("mine"), "--set", f"cloud.env.MISTAKE={mistake}"]

    return Mistake(name, make, status, says)


def _planted(name: str, app: str, says: str) -> Mistake:
    return Mistake(name, lambda vendor: vendor.planted(app), 1, says, shared=True)


def _fixture(name: str, app: str, says: str, status: int = 1) -> Mistake:
    return Mistake(name, lambda vendor: vendor.fixture(app), status, says, shared=True)


def _jar(name: str, change: Callable[[Path], object], says: str, status: int = 1) -> Mistake:
    def make(vendor: Vendor) -> Sequence[str]:
        jar = vendor.folder / "changed.jar"
        shutil.copy(vendor.jar, jar)
        change(jar)
        return ["check", "changed.jar"]

    return Mistake(name, make, status, says)


def _newer(jar: Path) -> None:
    """Marks its classes as of Java 25."""
    _rewritten(
        jar, lambda name, raw: raw[:7] + b"\x45" + raw[8:] if name.endswith(".class") else raw
    )


def _bigger(jar: Path) -> None:
    with zipfile.ZipFile(jar, "a", zipfile.ZIP_DEFLATED) as out:
        out.writestr("data.bin", b"\0" * (32 << 20))


def _without(part: str) -> Callable[[Path], None]:
    return lambda jar: _rewritten(jar, lambda name, raw: None if part in name else raw)


def _rewritten(jar: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    with zipfile.ZipFile(jar) as old:
        parts = {each: old.read(each) for each in old.namelist() if not each.endswith("/")}
    with zipfile.ZipFile(jar, "w", zipfile.ZIP_DEFLATED) as new:
        for name, raw in parts.items():
            if (changed := change(name, raw)) is not None:
                new.writestr(name, changed)


MISTAKES: Sequence[Mistake] = (
    # A key is wrong in one of its five places.
    _yaml(
        "app.yaml: server key",
        "charts-plugin",
        "charts.plugin",
        3,
        r"server\.key: .*'charts-plugin'.*app\.yaml says 'charts\.plugin'",
    ),
    _yaml(
        "app.yaml: cloud key",
        "charts-for-confluence",
        "charts.confluence",
        3,
        r"has 'charts-for-confluence', app\.yaml says 'charts\.confluence'",
    ),
    _planted("getCloudAppKey() returns another key", "other-key", r"warning: .*getCloudAppKey"),
    _cloud(
        "descriptor: another key",
        "descriptor-key",
        3,
        r"has 'charts\.for\.confluence', app\.yaml says 'charts-for-confluence'",
    ),
    _cloud("token: another issuer", "token-key", 1, r"progress-not-authorised"),
    # The listener.
    _fixture("listener not exported", "hidden-listener", r"listener-not-exported"),
    _planted("listener throws", "throws-first", r"listener-threw.*\n.*no chart could be read"),
    _planted("listener hangs", "waits-first", r"listener-still-running"),
    _planted(
        "listener works in its own thread, which dies", "own-thread-dies", r"nothing-uploaded"
    ),
    _planted("listener's key is null", "null-key", r"cloud-key-null"),
    # The data.
    _planted("nothing uploaded", "uploads-nothing", r"nothing-uploaded"),
    _planted("upload never closed", "leaves-open", r"upload-not-closed"),
    _cloud("data never fetched", "no-fetch", 0, r"remark: .*never fetched"),
    # The webhook.
    _cloud("webhook: 404", "webhook-path", 1, r"webhook-never-acknowledged.*\n.*404"),
    _cloud("webhook: 500", "webhook-500", 1, r"webhook-never-acknowledged.*\n.*500"),
    _cloud(
        "webhook: slow",
        "webhook-slow",
        1,
        r"webhook-never-acknowledged.*\n.*no answer within 5 s",
    ),
    _cloud("webhook: unreachable (wrong port)", "port", 2, r"127\.0\.0\.1:9\b"),
    _cloud("webhook: none in the descriptor", "no-webhook", 1, r"webhook-not-registered"),
    # The calls.
    _cloud("signed with an old secret", "secret", 1, r"progress-not-authorised"),
    _cloud("hash over another path", "hash", 0, r"remark: production would refuse"),
    _cloud(
        "base URL wrong",
        "base-url",
        2,
        r"base-url-wrong",
    ),
    _cloud("does not trust the CA", "ca", 1, r"cloud-app-never-posted|certificate"),
    # The reports.
    _cloud("unknown status", "status", 1, r"unknown-status"),
    _cloud("percent over 100", "percent", 1, r"report-malformed"),
    _cloud("keys of an older API", "keys", 1, r"outdated-keys"),
    # The cloud app ends.
    _cloud(
        "cloud app crashes at its start",
        "crash-before",
        2,
        r"cloud-app exited with code 1.*\n(?:.*\n)*.*charts_database",
    ),
    _cloud(
        "cloud app crashes during a migration",
        "crash-during",
        2,
        r"cloud-app exited with code 7.*\n(?:.*\n)*.*MemoryError",
    ),
    _cloud(
        "cloud app crashes after it",
        "crash-after",
        2,
        r"cloud-app exited with code 8.*\n(?:.*\n)*.*the queue is full",
    ),
    # The jar.
    _jar("jar for a newer Java", _newer, r"Java 25; Confluence 9\.x runs on 17", 0),
    _jar("jar that unpacks to far more", _bigger, r"data\.bin", 3),
    _jar(
        "jar without a class of its own",
        _without("ChartsMigration"),
        r"not in the jar|no class implements",
    ),
    _yaml(
        "jar that is not there",
        "charts.jar",
        "target/charts.jar",
        3,
        r"there is no target/charts\.jar",
    ),
    _yaml(
        "behaviour that is not known",
        "  kind: command",
        "  kind: comand",
        3,
        r"app\.yaml:6: cloud\.kind",
    ),
    _yaml(
        "key that is not known",
        "  health:",
        "  healthy:",
        3,
        r"app\.yaml:9: unknown key 'healthy'; did you mean 'health'",
    ),
)


def main() -> int:
    """Makes each mistake, and prints the table; 1 where the right words were missing."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="mistakes whose name has this text")
    given = options.parse_args()
    chosen = [each for each in MISTAKES if given.only in each.name]
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "harness.toml").touch()
        vendor = Vendor(folder, server_app(assets.sample_app("charts"), lambda _: None))
        for each in (each for each in chosen if not each.shared):
            begun = time.monotonic()
            wrong += not _judged(each, *vendor.run(each.make(vendor)), time.monotonic() - begun)
        wrong += _shared(vendor, [each for each in chosen if each.shared])
    print(f"{len(chosen) - wrong} of {len(chosen)} in the right words")
    return 1 if wrong else 0


def _shared(vendor: Vendor, mistakes: Sequence[Mistake]) -> int:
    """Meets mistakes in one run; how many were not told in the right words."""
    if not mistakes:
        return 0
    files = [file for each in mistakes for file in each.make(vendor)]
    begun = time.monotonic()
    _, said = vendor.run(["run", *files, *vendor.options])
    seconds = (time.monotonic() - begun) / len(mistakes)
    wrong = 0
    for each, file in zip(mistakes, files, strict=True):
        block = _block(said, file.removesuffix(".yaml"))
        status = 1 if "failed" in block.partition("\n")[0] else 2
        wrong += not _judged(each, status, block, seconds)
    return wrong


def _block(said: str, case: str) -> str:
    """What a run said before it began and below one case's verdict."""
    warned = [line for line in said.splitlines() if line.startswith("warning:") and case in line]
    found = re.search(rf"^ *[a-z-]+  {re.escape(case)}\[.*\n(?:           .*\n)*", said, re.M)
    return "\n".join([found[0] if found else said[-2000:], *warned])


def _judged(mistake: Mistake, status: int, said: str, seconds: float) -> bool:
    """Prints a line of the table; whether it is right."""
    found = re.search(mistake.says, said)
    right = found is not None and status == mistake.status
    line = _line(said, found) if right and found else _tail(said)
    print(f"{'ok   ' if right else 'WRONG'} {status} {seconds:5.1f} s  {mistake.name}")
    print(f"             {line}", flush=True)
    return right


def _line(said: str, found: "re.Match[str]") -> str:
    begin = said.rfind("\n", 0, found.start()) + 1
    text: Mapping[str, str] = {"line": said[begin : said.find("\n", found.end())].strip()}
    return " / ".join(part.strip() for part in text["line"].splitlines())[:230]


def _tail(said: str) -> str:
    return " / ".join(part.strip() for part in said.strip().splitlines()[-12:])[:900]


if __name__ == "__main__":
    sys.exit(main())
