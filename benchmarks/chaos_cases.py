"""Cases whose truth is known: right ones, inverted ones that must fail, known bugs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.support import assets

_FEATURE = "migration-assistant.app-migration.feature"
_DEV_MODE = "migration-assistant.app-migration.dev-mode"


@dataclass(frozen=True)
class Known:
    """A case, and the verdict that is true of it on a healthy stack.

    Attributes:
        name: what the case is called.
        truth: its verdict.
        rows: the rows that it expects, right or wrong.
        lasts: how long the last one has to stay, in a case file's words.
        feature, dev_mode: the dark features.
        behaviour: what the cloud app does.
        bug: the row of a known bug that it names.
        ccma: the versions on which the truth holds.
    """

    name: str
    truth: str
    rows: tuple[str, ...]
    lasts: str = ""
    feature: bool = True
    dev_mode: bool = False
    behaviour: str = "seed"
    bug: str = ""
    ccma: tuple[str, ...] = ("3.1.7", "3.9.6")


CASES = (
    Known("completes", "passed", ("RUNNING 0", "COMPLETE 100")),
    Known("absent", "passed", ("ABSENT",), "10m", feature=False),
    Known("stays-at-50", "passed", ("RUNNING 50",), "20m", behaviour="never-settles"),
    Known("fails-as-said", "passed", ("FAILED 100",), behaviour="fails"),
    Known(
        "stays-ready", "known-bug", ("COMPLETE 100",), dev_mode=True, bug="READY", ccma=("3.1.7",)
    ),
    Known("bug-is-gone", "fixed", ("COMPLETE 100",), bug="READY"),
    Known("inverted-ready", "failed", ("READY",), "30m"),
    Known("inverted-zero", "failed", ("RUNNING 0",), "15m"),
    Known("inverted-absent", "failed", ("ABSENT",), "10m"),
    Known("inverted-complete", "failed", ("COMPLETE 100",), behaviour="fails"),
    Known("inverted-settled", "failed", ("COMPLETE 100",), behaviour="never-settles"),
    Known("inverted-running", "failed", ("RUNNING 0",), "15m", feature=False),
)


def write(known: Known, name: str, ccma: str, folder: Path) -> Path:
    """Writes a case file with one case.

    Args:
        known: the case.
        name: the file's, and what its case is called.
        ccma: the CCMA version.
        folder: where the file goes.
    """
    axes: dict[str, Mapping[str, str]] = {
        "feature": {"dark_feature": _FEATURE, "value": "on" if known.feature else "off"},
        "dev-mode": {"dark_feature": _DEV_MODE, "value": "on" if known.dev_mode else "off"},
        "ccma": {"setting": "ccma", "value": ccma},
        "cloud-app": {"setting": "cloud_app", "value": known.behaviour},
    }
    lines = [f"name: {name}", "about: A case of benchmarks.chaos.", "axes:"]
    for axis, words in axes.items():
        lines.append(f"  {axis}:")
        lines += [f"    {key}: {word}" for key, word in words.items() if key != "value"]
        lines.append(f"    values: [{words['value']}]")
    lines += ["expectations:", f"  - rows: [{', '.join(known.rows)}]"]
    lines += [f"    lasts: {known.lasts}"] if known.lasts else []
    lines += ["    source: Its truth is known."]
    if known.bug:
        lines += ["known_bugs:", "  - id: named-bug", "    statement: The row stays as it is."]
        lines += ["    when: {feature: on}", f"    row: {known.bug}", "    lasts: 30m"]
    path = folder / f"{name}.yaml"
    path.write_text("\n".join([*lines, f"app: {assets.sample_app('charts')}"]) + "\n")
    return path
