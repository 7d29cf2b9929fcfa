"""What is kept of a test's browser, as its options say.

Apart from these options, which every test session of an environment reads.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.pytest_plugin.browser_options import option


@dataclass(frozen=True)
class Kept:
    """What is kept of a test's browser in pytest-playwright's folders.

    Attributes:
        output: the folder for all tests.
        tracing, video, screenshot: as the options of those names.
    """

    output: Path
    tracing: str
    video: str
    screenshot: str

    @property
    def films(self) -> bool:
        """Whether a video is recorded at all."""
        return self.video != "off"

    def wants(self, how: str, *, failed: bool) -> bool:
        """Whether something is kept of a test."""
        return how == "on" or (failed and how in ("retain-on-failure", "only-on-failure"))

    def folder(self, nodeid: str) -> Path:
        """Where a test's files go."""
        return self.output / re.sub(r"[^a-z0-9]+", "-", nodeid.lower()).strip("-")


def kept_of(config: pytest.Config) -> Kept:
    """What the options say."""

    def said(name: str, default: str) -> str:
        return str(option(config, name) or default)

    output = config.invocation_params.dir / said("--output", "test-results")
    how = (said(f"--{name}", "off") for name in ("tracing", "video", "screenshot"))
    return Kept(output, *how)
