"""A stand-in with a fast clock leaves nothing in this machine's shared memory when it is killed."""

import httpx

from harness.drivers.confluence import startup_checks
from harness.engines import shared_memory
from harness.engines.ready import Ready
from harness.engines.service import Running
from harness.environment.services.confluence import describe
from harness.environment.tls import Authority
from harness.lifecycle.runs import Run
from harness.settings import Settings

SCALE = 200


def left_by(confluence: Running, ready: Ready) -> list[str]:
    # A container has shared memory of its own, which goes with it.
    pids = [int(confluence.id)] if ready.engine == "local" else []
    return [str(path) for pid in pids for path in shared_memory.files_of(pid) if path.exists()]


def test_a_stand_in_that_is_killed_leaves_no_shared_memory(ready: Ready, harness_run: Run) -> None:
    side = describe(
        Settings(time_scale=SCALE),
        ready,
        ccma="3.9.6",
        authority=Authority(),
        platform_url="https://127.0.0.1:9",
        licence=None,
        kept=None,
        progress=lambda _: None,
    )
    engine = ready.open(harness_run, "shared")
    try:
        confluence = engine.start(side.confluence)
        address = f"http://{confluence.host}:{confluence.port('http')}"
        with httpx.Client(base_url=address, trust_env=False) as anyone:
            startup_checks.await_running(anyone, within=60)
            assert left_by(confluence, ready) == []
            # It goes on with what it has opened: its clock is still the fast one.
            startup_checks.check_rate(anyone, SCALE)
        confluence.kill()
        assert left_by(confluence, ready) == []
    finally:
        engine.close()
