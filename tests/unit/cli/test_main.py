"""What the command itself says, besides its verbs."""

import errno
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from harness.cli import main
from harness.cli.main import VERBS, app
from harness.settings import flags_of
from harness.support import console
from harness.support.console import Volume

HARNESS = Path(sys.executable).with_name("harness")


def run(*words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [HARNESS, *words],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_version_is_the_packages() -> None:
    shown = CliRunner().invoke(app, ["--version"])

    assert shown.exit_code == 0
    assert shown.output == f"migration-harness {metadata.version('migration-harness')}\n"


def test_alone_it_prints_its_help_with_the_exit_statuses() -> None:
    shown = CliRunner().invoke(app, [])

    assert shown.exit_code == 0
    assert shown.output == CliRunner().invoke(app, ["--help"]).output
    for verb in VERBS:
        assert f"\n  {verb} " in shown.output
    for status in ("0", "1", "2", "3", "130"):
        assert f"\n    {status} " in shown.output


def test_the_help_imports_no_verb() -> None:
    """What the help needs is in the table of verbs: loading them all takes more than a second."""
    program = (
        "import sys\nfrom harness.cli.main import app\n"
        "try:\n app(['--help'])\nexcept SystemExit: pass\n"
        "heavy = ('rich', 'pydantic', 'docker')\n"
        "print([m for m in sys.modules if m.startswith('harness.cli.') or m in heavy])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "['harness.cli.main']", done.stderr


@pytest.mark.parametrize("verb", VERBS)
def test_each_option_of_each_verb_has_help_and_the_table_says_what_the_verb_does(verb: str) -> None:
    command: Any = typer.main.get_command(app)
    found = command.get_command(None, verb)
    commands = [found, *getattr(found, "commands", {}).values()]
    assert found.help.splitlines()[0].startswith(VERBS[verb].does.rstrip("."))
    for each in commands:
        assert [param.name for param in each.params if not param.help] == []


def test_a_setting_s_help_has_its_default_and_its_variable() -> None:
    shown = CliRunner().invoke(app, ["run", "--help"], terminal_width=400).output
    words = " ".join(shown.split())
    for each in flags_of("run"):
        assert f"variable: {each.variable}]" in words
    assert "[default: auto; variable: HARNESS_ENGINE]" in words


@pytest.mark.parametrize(
    ("shell", "variables"),
    [
        ("bash", {"COMP_WORDS": "harness re", "COMP_CWORD": "1"}),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "harness re"}),
        (
            "fish",
            {"_TYPER_COMPLETE_ARGS": "harness re", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
        ),
    ],
)
def test_a_shell_completes_verbs(shell: str, variables: dict[str, str]) -> None:
    done = run(_HARNESS_COMPLETE=f"complete_{shell}", **variables)
    assert "report" in done.stdout
    assert "repro" in done.stdout
    assert "explain" not in done.stdout


def test_a_shell_completes_options() -> None:
    done = run(_HARNESS_COMPLETE="complete_bash", COMP_WORDS="harness check --pro", COMP_CWORD="2")
    assert done.stdout.split() == ["--provided"]


@pytest.fixture
def _normal_volume() -> Any:
    yield
    console.set_volume(Volume.NORMAL)


@pytest.mark.usefixtures("_normal_volume")
@pytest.mark.parametrize("words", [["-q", "report", "--help"], ["report", "-q", "none"]])
def test_quiet_may_stand_before_and_behind_the_verb(words: list[str]) -> None:
    CliRunner().invoke(app, words)
    assert console.volume() is Volume.QUIET


@pytest.mark.usefixtures("_normal_volume")
def test_a_quiet_command_says_nothing_of_what_is_happening(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console.set_volume(Volume.QUIET)
    console.say("bringing up")
    console.to_stderr("an error")
    assert capsys.readouterr().err == "an error\n"


def test_what_a_system_refuses_is_told_with_its_place() -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "/full/runs")
    told = main.surroundings(full)
    assert told == (
        "/full/runs: No space left on device; free some space there, or name another folder"
    )
    assert main.surroundings(OSError(errno.EPIPE, "Broken pipe")) is None


@pytest.mark.parametrize("option", ["--json", "--junit"])
@pytest.mark.parametrize(
    ("file", "says"),
    [
        (".", "this is a folder: name a file in it"),
        ("/dev/null/x", "cannot be written there: Not a directory; name another file"),
        ("/proc/none/x", "cannot be written there: No such file or directory; name another file"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_anything_starts(
    tmp_path: Path, option: str, file: str, says: str
) -> None:
    """Even before the case files are read: hours of work would be lost."""
    done = subprocess.run(
        [HARNESS, "run", "missing.yaml", option, file],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"harness: {file}: {option}: {says}\n"
    assert list(tmp_path.iterdir()) == []
