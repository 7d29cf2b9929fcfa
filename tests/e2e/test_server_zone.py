"""A server far from Greenwich writes its log in its own time; evidence tells all times in one."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from harness_command import Command

from harness.store import results
from harness.store.layout import SERVER_LOG

THREW = Path(__file__).parents[2] / "fixtures" / "cases" / "failures" / "listener-threw.yaml"
ZONE = "Asia/Tokyo"
NEAR = timedelta(minutes=30)
"""Server time: longer than the case takes, and far shorter than the zone's nine hours."""


def proved(explained: str) -> dict[str, dict[str, datetime]]:
    """The proved causes, and when the log and the journal say that it happened."""
    (case,) = json.loads(explained)
    return {
        cause["cause"]: {
            str(each["source"]).split()[0]: datetime.fromisoformat(each["server_time"])
            for each in cause["evidence"]
        }
        for cause in case["causes"]
        if cause["confidence"] == "proved"
    }


@pytest.mark.parametrize("stands", [False, True], ids=["a run", "a stack that stands"])
def test_what_the_log_says_happened_when_the_journal_says_it_did(
    command: Command, stands: bool
) -> None:
    """A local stack inherits this process's zone; an image has its own."""
    stack = json.loads(command.run("up", "--json", TZ=ZONE).stdout)["run"] if stands else None
    where = ("--stack", stack) if stack else ()
    done = command.run("run", str(THREW), *where, "--results", "runs", TZ=ZONE)
    assert done.returncode == 0, done.stderr
    (folder,) = (command.folder / "runs").iterdir()

    ran = results.read(folder / "results.json")
    log = (folder / ran.cases[0].artifacts[SERVER_LOG]).read_text()
    if ran.engine == "local":
        assert log.startswith(f"times are in the server's zone: {ZONE}\n")
    explained = command.run("explain", stack or str(folder), "--json", TZ="America/New_York").stdout
    (times,) = proved(explained).values()
    assert set(proved(explained)) == {"listener-threw"}
    assert abs(times["server"] - times["journal"]) < NEAR
    assert "sentinel" not in explained
