"""Tests under `pytest -n`: the schedule of `harness run` decides which worker has which of them.

Each of xdist's workers brings up its own stacks, so tests that need the same one belong together.
Only workers know the tests, and only the controller hands them out: the parts of the schedule go
from the ones to the other in a file.
"""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from harness.cases import Case
from harness.cases import app as apps
from harness.errors import BadInput
from harness.planning import requirements, schedule
from harness.planning.requirements import StackRequirements
from harness.pytest_plugin import markers
from harness.settings import Settings

_TEST_SECONDS = 5.0
"""Wall seconds that a test is taken to need where no case tells more."""


def parts(
    items: Sequence[pytest.Item], settings: Settings, app: Path, workers: int
) -> Mapping[str, int]:
    """Which part of the schedule each test is in.

    Args:
        items: tests that need a stack.
        settings: of the session.
        app: folder of the app under test, where a test does not say.
        workers: how many parts.

    Returns:
        A test's node id -> its part, from 0; a test whose markers are wrong needs no stack.
    """
    scheduled = []
    for item in items:
        with suppress(BadInput):  # which says so when the test is set up
            scheduled.append(_needs(item, settings, app))
    plan = schedule.split(scheduled, requirements.SETTINGS, workers)
    return {each.id: number for number, part in enumerate(plan.workers) for each in part}


def write(parts_of_tests: Mapping[str, int], path: Path) -> None:
    """Leaves the parts for the controller; each worker writes the same."""
    scratch = path.with_suffix(f".{os.getpid()}")
    scratch.write_text(json.dumps(parts_of_tests))
    scratch.replace(path)


def _needs(item: pytest.Item, settings: Settings, app: Path) -> schedule.ScheduledCase:
    callspec = getattr(item, "callspec", None)
    for value in (callspec.params if callspec else {}).values():
        if isinstance(value, Case):
            described = apps.load(value.app)
            scale = value.time_scale or settings.scale
            needed = requirements.of_case(value, described, settings.ccma_for(value.ccma), scale)
            known = requirements.to_schedule(value, needed)
            return schedule.ScheduledCase(item.nodeid, known.needs, known.cost)
    folder = markers.app(item) or app
    half = apps.load(folder).cloud_half
    version = settings.ccma_for(markers.ccma(item))
    stack = StackRequirements(version, settings.scale, (), half)
    return schedule.ScheduledCase(item.nodeid, requirements.words(stack, folder), _TEST_SECONDS)
