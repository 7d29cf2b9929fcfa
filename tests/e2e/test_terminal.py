"""A run at a terminal: a key there, or its closing, reaches every process in the foreground.

`python -m benchmarks.interrupts` does the same at random moments, and many times.
"""

import signal
from collections.abc import Sequence

import pytest
from harness_command import HARNESS, SEED, Command
from terminal import CTRL_C, Terminal

CASE = (str(HARNESS), "run", str(SEED), "-k", "feature=on,dev-mode=on,ccma=3.1.7")
BRINGING_UP, UP, WAITING = "bringing up stack-1", "stack-1 (CCMA 3.1.7): ", "wait"
NOISE = ("Traceback", "Error", "ignored in", "never retrieved")


def at_terminal(command: Command, words: Sequence[str]) -> Terminal:
    """Starts words at a terminal of their own."""
    return Terminal.start(words, command.folder, command.environment)


@pytest.mark.parametrize("moment", [BRINGING_UP, UP, WAITING])
def test_ctrl_c_ends_a_run_in_order(command: Command, moment: str) -> None:
    with at_terminal(command, CASE) as run:
        assert run.read(until=moment, within=90), run.text
        run.press(CTRL_C)
        assert run.read(within=30), run.text
    assert run.status == 128 + signal.SIGINT, run.text
    assert not [word for word in NOISE if word in run.text], run.text
    assert "harness run --resume " in run.screen[-1]
    assert command.debris() == []


def test_a_second_ctrl_c_does_not_cut_the_clean_up_short(command: Command) -> None:
    with at_terminal(command, CASE) as run:
        assert run.read(until=UP, within=90), run.text
        run.press(CTRL_C)
        assert run.read(until="removing", within=10), run.text
        run.press(CTRL_C)
        assert run.read(within=30), run.text
    assert run.status == 128 + signal.SIGINT, run.text
    assert command.debris() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_signals_to_the_group_do_the_same(command: Command, number: signal.Signals) -> None:
    with at_terminal(command, CASE) as run:
        assert run.read(until=UP, within=90), run.text
        run.signal_group(number)
        assert run.read(within=30), run.text
    assert run.status == 128 + number, run.text
    assert not [word for word in NOISE if word in run.text], run.text
    assert "harness run --resume " in run.screen[-1]
    assert command.debris() == []


def test_a_terminal_that_is_closed_ends_the_run_in_order(command: Command) -> None:
    with at_terminal(command, CASE) as run:
        assert run.read(until=UP, within=90), run.text
        run.close()
        assert run.read(within=30)
    assert run.status == 128 + signal.SIGHUP
    assert command.debris() == []


def test_the_line_about_resuming_can_be_typed(command: Command) -> None:
    with at_terminal(command, CASE) as run:
        assert run.read(until=UP, within=90), run.text
        run.press(CTRL_C)
        assert run.read(within=30), run.text
    words = run.screen[-1].split("harness ")[1].split()
    done = command.run(*words)
    assert done.returncode == 0, done.stderr


TEST = """
from datetime import timedelta

import pytest
from harness import FEATURE

@pytest.mark.dark_features({FEATURE: True})
def test_it(migration, progress_row):
    print("the test has begun", flush=True)
    WAITING
"""
ON_A_PAGE = 'migration.page.get_by_text("it never comes").wait_for(timeout=60_000)'
FOR_A_ROW = 'progress_row.becomes("FAILED", within=timedelta(days=60))'


@pytest.mark.parametrize(
    ("moment", "waiting"),
    [
        ("bringing up stack-1", ON_A_PAGE),
        ("the test has begun", ON_A_PAGE),
        ("the test has begun", FOR_A_ROW),
    ],
    ids=["as a stack comes up", "on a page", "for a row"],
)
def test_ctrl_c_ends_a_test_session_in_order(command: Command, moment: str, waiting: str) -> None:
    (command.folder / "test_it.py").write_text(TEST.replace("WAITING", waiting))
    python = HARNESS.with_name("python")
    words = (str(python), "-m", "pytest", "-p", "no:cacheprovider", "-s", "test_it.py")
    with at_terminal(command, words) as run:
        assert run.read(until=moment, within=90), run.text
        run.press(CTRL_C)
        assert run.read(within=30), run.text
    assert run.status == pytest.ExitCode.INTERRUPTED, run.text
    assert "KeyboardInterrupt" in run.text
    assert not [word for word in ("ExceptionGroup", "never awaited") if word in run.text], run.text
    assert command.debris() == []
