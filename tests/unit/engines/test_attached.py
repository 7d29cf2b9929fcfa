"""Services of another command are looked at and never ended."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from harness.engines.attached import AttachedProcess
from harness.errors import DriverError


def test_a_command_runs_in_the_services_environment(tmp_path: Path) -> None:
    code = "import sys; print(flush=True); sys.stdin.read()"
    faked = {"FAKETIME": "+0 x200", "LD_PRELOAD": ""}
    environment = {**os.environ, **faked, "TZ": "Asia/Tokyo"}
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        # Until its program runs, a process has no environment to read.
        process.stdout.readline()
        service = AttachedProcess("confluence", psutil.Process(process.pid), {}, tmp_path)
        said = service.execute(["sh", "-c", 'echo "$TZ ${FAKETIME-real} ${LD_PRELOAD-plain}"'])
        process.communicate()
    # With libfaketime loaded, the command would leave files under /dev/shm.
    assert said == (0, "Asia/Tokyo real plain\n")
    with pytest.raises(DriverError, match="running sh beside the confluence"):
        service.execute(["sh", "-c", "true"])
