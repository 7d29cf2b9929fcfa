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
    code = "import sys; sys.stdin.read()"
    environment = {**os.environ, "TZ": "Asia/Tokyo"}
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdin=subprocess.PIPE
    ) as process:
        service = AttachedProcess("confluence", psutil.Process(process.pid), {}, tmp_path)
        said = service.execute(["sh", "-c", 'echo "$TZ"'])
        process.communicate()
    assert said == (0, "Asia/Tokyo\n")
    with pytest.raises(DriverError, match="running sh beside the confluence"):
        service.execute(["sh", "-c", "true"])
