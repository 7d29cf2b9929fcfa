"""docs/vendors.md, followed as it is written, from an empty folder with a jar in it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from harness_command import Command

from harness.engines import builds
from harness.support import assets
from harness.support.console import to_stderr

TUTORIAL = Path(__file__).parents[2] / "docs" / "vendors.md"
INSTALLING = "1. Install"
"""The tests have installed the package otherwise."""


def steps() -> Iterator[tuple[str, str]]:
    """Each block of commands with its section's title."""
    for section in re.split(r"(?m)^## ", TUTORIAL.read_text())[1:]:
        title, _, text = section.partition("\n")
        for block in re.findall(r"(?ms)^```sh\n(.*?)^```", text):
            yield title, block


def test_each_command_of_the_tutorial_does_what_it_says(command: Command) -> None:
    target = command.folder / "target"
    target.mkdir()
    jar = builds.server_app(assets.sample_app("charts"), to_stderr)
    shutil.copy(jar, target / "my-app.jar")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    summary = command.folder / "summary.md"
    environment = {**command.environment, "PATH": path, "GITHUB_STEP_SUMMARY": str(summary)}
    said: dict[str, str] = {}
    for title, block in steps():
        if title.startswith(INSTALLING):
            continue
        done = subprocess.run(
            ["bash", "-e", "-c", block],
            cwd=command.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{title}\n{block}\n{done.stdout}"
        said[title[0]] = said.get(title[0], "") + done.stdout
    assert "The stand-in will run it" in said["2"]
    assert "2 passed" in said["4"]
    assert "held" in said["5"]
    assert "All 2 cases passed" in next(command.folder.rglob("report.html")).read_text()
    assert re.search(r"\d passed", said["7"])
    assert summary.read_text().startswith("## ")
