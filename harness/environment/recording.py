"""A stack's recording proxy: what it runs from, and where its recording is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.cassette import files
from harness.drivers.recorder import RecorderControl
from harness.engines.ready import Ready
from harness.engines.recorder_program import RecorderProgram, make_ready
from harness.engines.service import Engine, Running
from harness.environment.services.jvm import Proxy
from harness.environment.services.names import LOOPBACK, PLATFORM_HOSTS, RECORDER
from harness.environment.services.recorder import recorder, written_in
from harness.environment.tls import Authority
from harness.settings import Settings
from harness.support.console import Progress


@dataclass(frozen=True)
class RecordingPlan:
    """What a stack records, or is answered from.

    Attributes:
        program: what the proxy runs from.
        played: file -> content of the recording that answers; None where one is made.
        folder: where the one that is made is kept.
    """

    program: RecorderProgram
    played: Mapping[str, bytes] | None
    folder: Path | None


def plan_recording(settings: Settings, ready: Ready, progress: Progress) -> RecordingPlan | None:
    """What the settings ask for; None where that is nothing.

    Raises:
        BadInput: the recording cannot be read, or the proxy's packages cannot be had.
    """
    if settings.record is None and settings.replay is None:
        return None
    played = None
    if settings.replay:
        files.read_folder(settings.replay)
        paths = settings.replay.glob(f"*{files.SUFFIX}")
        played = {path.name: path.read_bytes() for path in paths}
    return RecordingPlan(make_ready(ready.client, progress), played, settings.record)


def start_recorder(
    engine: Engine,
    plan: RecordingPlan,
    settings: Settings,
    authority: Authority,
    token: str,
    ccma: str,
    stub: Running | None,
) -> tuple[Running, Proxy]:
    """Starts the proxy.

    Returns:
        The service, and where Confluence's JVM reaches it.
    """
    instead = {}
    if engine.name == "local" and stub is not None:
        # No names point here on loopback; a recording has the cloud's own all the same.
        names = (*PLATFORM_HOSTS, f"{settings.site}.atlassian.net")
        instead = dict.fromkeys(names, f"{LOOPBACK}:{stub.port('https')}")
    service = recorder(
        plan.program,
        authority=authority,
        scale=settings.scale,
        token=token,
        of={"confluence": settings.confluence, "ccma": ccma},
        recording=plan.played,
        trusts_authority=stub is not None,
        instead=instead,
    )
    running = engine.start(service)
    if engine.name == "local":
        return running, (LOOPBACK, running.port("proxy"))
    return running, (RECORDER, service.ports["proxy"])


def control_of(running: Running, token: str) -> RecorderControl:
    """The control of a proxy that was started."""
    return RecorderControl(f"http://{running.host}:{running.port('proxy')}", running, token)


def keep(running: Running, folder: Path, name: str) -> None:
    """Keeps what was recorded so far, for its owner only.

    Args:
        running: the proxy.
        folder: where recordings are kept; made where it is missing.
        name: the stack's.
    """
    files.write(folder / f"{name}{files.SUFFIX}", running.read(*written_in()))
