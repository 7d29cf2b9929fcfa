"""A service that is left running goes on, and nobody here holds on to it."""

import gc
import sys
import warnings

import pytest

from harness.engines.ready import Ready
from harness.environment import reaper
from harness.environment.services.cloud import cloud
from harness.environment.tls import Authority
from harness.lifecycle import runs


def test_a_service_that_is_left_goes_on_without_a_word(
    ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda found: lost.append(str(found.exc_value)))
    with runs.open_run() as run, warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        engine = ready.open(run, "stack")
        name = engine.start(cloud(ready.images.get("cloud", ""), "here", Authority(), 1.0)).id
        engine.leave()
        del engine
        gc.collect()
        left = reaper.take_down(run, ready.client)
    assert lost == []
    assert name in str(left)  # it was there until then
