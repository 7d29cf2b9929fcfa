"""What a golden home of 1 GB costs to restore, beside setting up the same; exit 1 above a third.

Usage: python -m benchmarks.golden [docker|local ...]
Both are counted beyond the start of a stand-in that comes set up, since either needs a start. To
set up is the wizard over HTTP, an app, a flag, and the content, which is put there as a tar.
"""

import io
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from harness.cases import app as apps
from harness.cases.app import AppDescription
from harness.drivers.confluence import apps as plugins
from harness.drivers.confluence import dark_features
from harness.engines import docker_clones
from harness.engines.app_builds import server_jar
from harness.engines.docker import DockerService
from harness.engines.docker_host import engine_answers
from harness.engines.ready import Ready, prepare
from harness.environment import golden
from harness.environment.bring_up import StackPlan, bring_up
from harness.environment.document import leave_running
from harness.environment.golden_capture import save
from harness.environment.services.names import CONFLUENCE
from harness.environment.stack import Stack
from harness.lifecycle import runs
from harness.settings import Settings
from harness.support import assets
from harness.vocabulary.features import FEATURE

FILES, MEBIBYTE = 1024, 1 << 20
FOLDER, NAME = "attachments", "benchmark"
ROUNDS = 3
LIMIT = 1 / 3
CHARTS = assets.sample_app("charts")

T = TypeVar("T")


def main(engines: list[str]) -> int:
    held = True
    app = apps.load(CHARTS)
    jar = server_jar(CHARTS, app, lambda _: None)
    with tempfile.TemporaryDirectory() as name:
        # Not where the user's own golden homes stand.
        os.environ["HARNESS_STATE"] = f"{name}/state"
        content = Path(name) / "content.tar"
        write_content(content)
        for engine in engines:
            ready = prepare("docker" if engine == "docker" else "local", lambda _: None)
            held &= measure(ready, app, jar, content)
    return 0 if held else 1


def write_content(tar: Path) -> None:
    """Random files, 1 GB of them, of Confluence's user."""
    with tarfile.open(tar, "w:") as archive:
        folder = tarfile.TarInfo(FOLDER)
        folder.type, folder.mode, folder.uid, folder.gid = tarfile.DIRTYPE, 0o755, 2002, 2002
        archive.addfile(folder)
        for number in range(FILES):
            entry = tarfile.TarInfo(f"{FOLDER}/{number}.bin")
            entry.size, entry.uid, entry.gid = MEBIBYTE, 2002, 2002
            archive.addfile(entry, io.BytesIO(os.urandom(MEBIBYTE)))


def measure(ready: Ready, app: AppDescription, jar: Path, content: Path) -> bool:
    def tell(what: str, seconds: float, more: str = "") -> None:
        print(f"{ready.engine:8} {what:46} {seconds:7.2f} s  {more}", flush=True)

    plain, restored = [], []
    with runs.open_run() as run:
        stack, start = timed(lambda: begun(ready, run, app, "set-up", standin_setup="wizard"))
        _, filled = timed(lambda: fill(stack, jar, content))
        leave_running(stack)
        _, kept = timed(lambda: save(NAME, run, lambda _: None, ready.client))
    try:
        with runs.open_run() as run:
            for number in range(ROUNDS):
                stack, seconds = timed(lambda n=number: begun(ready, run, app, f"plain-{n}"))
                stack.close()
                plain.append(seconds)
                stack, seconds = timed(
                    lambda n=number: begun(ready, run, app, f"golden-{n}", golden=NAME)
                )
                check(stack)
                stack.close()
                restored.append(seconds)
    finally:
        golden.remove(NAME)
        if ready.client:
            docker_clones.forget_orphans(ready.client)
    common = statistics.median(plain)
    set_up = start - common + filled
    restore = max(late - early for early, late in zip(plain, restored, strict=True))
    tell("start of a stand-in that comes set up, median", common)
    tell("set up beyond that: wizard, app, flag, 1 GB", set_up, f"{filled:.2f} s of it the content")
    tell("keeping it, once", kept)
    tell("restored beyond that, the slowest of 3", restore)
    share = restore / set_up
    print(
        f"{ready.engine:8} {'restoring, as a share of setting up':46} {share:7.1%}    "
        f"limit {LIMIT:.1%}{'' if share < LIMIT else '  MISSED'}"
    )
    return share < LIMIT


def timed(work: Callable[[], T]) -> tuple[T, float]:
    begun = time.monotonic()
    result = work()
    return result, time.monotonic() - begun


def begun(ready: Ready, run: runs.Run, app: AppDescription, name: str, **settings: str) -> Stack:
    wanted = Settings.model_validate({"engine": ready.engine, "time_scale": 1, **settings})
    return bring_up(wanted, ready, run, StackPlan(app, "3.9.6", name=name), progress=lambda _: None)


def fill(stack: Stack, jar: Path, content: Path) -> None:
    """An app, a flag, and 1 GB that an administrator would have moved in as files."""
    with stack.client() as client:
        plugins.install(client, jar)
        dark_features.set_site(client, {FEATURE: True})
    confluence = stack.running[CONFLUENCE]
    home = confluence.where("home", "")
    if isinstance(confluence, DockerService):
        with content.open("rb") as tar:
            confluence.container.put_archive(confluence.service.folders["home"], tar)
    else:
        subprocess.run(["tar", "-xf", content, "-C", home, "--no-same-owner"], check=True)


def check(stack: Stack) -> None:
    """All is there: the administrator with the app and the flag, and the last of the files."""
    with stack.client() as client:
        found = plugins.user_installed(client), dark_features.site(client)
    last = stack.running[CONFLUENCE].read("home", f"{FOLDER}/{FILES - 1}.bin")
    if not found[0] or FEATURE not in found[1] or len(last) != MEBIBYTE:
        raise SystemExit(f"not what was kept: {found}, {len(last)} bytes")


if __name__ == "__main__":
    chosen = sys.argv[1:] or (["docker", "local"] if engine_answers(None) else ["local"])
    sys.exit(main(chosen))
