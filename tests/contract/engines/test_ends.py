"""A Confluence that ends while it starts ends the start, at once and with its last words."""

import time
from collections.abc import Mapping
from dataclasses import replace

import pytest

from harness.drivers.confluence.start_up import ServiceWatch, start_up
from harness.engines.ready import Ready
from harness.engines.service import Placement, Running, Service
from harness.environment.services.confluence import ConfluenceSide, describe
from harness.environment.tls import Authority
from harness.errors import ServiceDied
from harness.lifecycle.runs import Run
from harness.settings import Settings

AT_ONCE = 20
"""Wall seconds: a third of the first step's limit; it takes one or two."""


def hungry(service: Service) -> Service:
    """The service with a heap that does not fit into its container and is touched at once."""

    def env(place: Placement) -> Mapping[str, str]:
        variables = dict(service.env(place))
        variables["JVM_SUPPORT_RECOMMENDED_ARGS"] += " -Xms256m -XX:+AlwaysPreTouch"
        return variables

    return replace(service, env=env, memory="64m")


def start(confluence: Running, side: ConfluenceSide, *, kill: bool) -> None:
    # Asking for its port may already find it dead.
    address = f"http://{confluence.host}:{confluence.port('http')}"
    if kill:
        confluence.kill()
    watch = ServiceWatch(confluence.ended, confluence.output_tail)
    start_up(address, side.setup, None, limits=side.limits, watch=watch)


def test_a_confluence_that_is_killed_ends_its_start(ready: Ready, harness_run: Run) -> None:
    side = describe(
        Settings(),
        ready,
        ccma="3.9.6",
        authority=Authority(),
        platform_url="https://127.0.0.1:9",
        licence=None,
        kept=None,
        progress=lambda _: None,
    )
    in_docker = ready.engine == "docker"
    engine = ready.open(harness_run, "ends")
    how = "out of memory" if in_docker else "SIGKILL"
    begun = time.monotonic()
    try:
        confluence = engine.start(hungry(side.confluence) if in_docker else side.confluence)
        with pytest.raises(ServiceDied, match=f"confluence was killed.*{how}") as caught:
            start(confluence, side, kill=not in_docker)
    finally:
        engine.close()
    assert time.monotonic() - begun < AT_ONCE
    assert "Its last log lines:" in str(caught.value)
    assert caught.value.log_tail.strip() or in_docker  # the JVM may have had no time for words
