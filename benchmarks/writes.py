"""Kills the stub of the cloud and the stand-in while they take writes, and counts what is lost.

    python -m benchmarks.writes --kills 20 --standin-kills 3 --seed 1

Writers send one write after another: marks and migrations to the stub, dark features to the
stand-in. The process is killed (SIGKILL) at a random moment and started again on the same folder;
then each write that was answered with success has to be there. A write without an answer may be
there or not.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

from harness.drivers.confluence import dark_features
from harness.drivers.confluence.session import Account, open_client
from harness.engines.builds import standin as build_standin
from harness.errors import HarnessError
from harness.support import assets
from harness.support.console import to_stderr
from harness.vocabulary.effects import Effect

sys.path.insert(0, str(assets.root() / "tests" / "support"))

from cloud_processes import CloudDriver, Process, eventually, running
from standin_processes import await_running, run_standin

_WRITERS = 4
_NO_PASSWORD = ["password.confirmation.disabled=true"]


def kill_stub(kills: int, chance: random.Random, folder: Path) -> tuple[int, int]:
    """Kills the stub so many times; writes that were acknowledged, and those of them lost."""
    marks: set[str] = set()
    migrations: set[str] = set()
    lost: set[str] = set()
    words = ("--data", str(folder / "data"), "--port", "0")
    token = ""
    for number in range(kills + 1):
        with running("harness.cloud", folder, *words) as stub:
            cloud = CloudDriver(stub.url("http"))
            token = cloud.token = token or cloud.attach()["token"]
            lost |= marks - {each["reason"] for each in cloud.journal(effect=Effect.MARKED)}
            lost |= {each for each in migrations if not _is_there(cloud, each)}
            cloud.close()
            if number < kills:
                _kill_under_load(stub, token, f"{number}", marks, migrations, chance)
    return len(marks) + len(migrations), len(lost)


def _is_there(cloud: CloudDriver, migration: str) -> bool:
    headers = {"authorization": f"Bearer {cloud.token}"}
    path = f"/server/v1/migrations/{migration}/progress"
    return cloud.http.get(path, headers=headers).is_success


def _kill_under_load(
    stub: Process,
    token: str,
    name: str,
    marks: set[str],
    migrations: set[str],
    chance: random.Random,
) -> None:
    names = [f"{name}-{at}" for at in range(_WRITERS)]
    writers = [
        threading.Thread(target=_write, args=(stub, token, each, marks, migrations))
        for each in names
    ]
    for writer in writers:
        writer.start()
    eventually(lambda: f"{names[0]}-1" in marks, within=30)
    time.sleep(chance.uniform(0, 1.5))  # the random moment
    stub.kill()
    for writer in writers:
        writer.join()


def _write(stub: Process, token: str, name: str, marks: set[str], migrations: set[str]) -> None:
    """Writes until the stub is gone."""
    cloud = CloudDriver(stub.url("http"))
    cloud.token, number = token, 0
    try:
        while True:
            number += 1
            text = f"{name}-{number}"
            if number % 5:
                cloud.control("POST", "marks", {"text": text}, expect=204)
                marks.add(text)
            else:
                migrations.add(cloud.migration(text))
    except httpx.HTTPError:
        return
    finally:
        cloud.close()


def kill_standin(kills: int, chance: random.Random, home: Path) -> tuple[int, int]:
    """Kills the stand-in so many times; writes that were acknowledged, and those of them lost."""
    built, acknowledged, lost = build_standin(to_stderr), 0, 0
    known: dict[str, bool] = {}
    open_write = ""
    for number in range(kills + 1):
        with run_standin(built, home, {}, _NO_PASSWORD) as standin:
            await_running(standin.url)
            with open_client(standin.url, Account("admin", "admin")) as client:
                client.headers["X-Atlassian-Token"] = "no-check"
                there = dark_features.site(client)
                wrong = [key for key, on in known.items() if (key in there) is not on]
                lost += sum(key != open_write for key in wrong)
                known.pop(open_write, None)
                if number == kills:
                    break
                killer = threading.Timer(chance.uniform(0.3, 2.5), standin.process.kill)
                killer.start()
                while standin.process.poll() is None:
                    open_write = f"chaos.feature-{chance.randrange(12)}"
                    on = not known.get(open_write, open_write in there)
                    try:
                        dark_features.set_site(client, {open_write: on})
                    except (HarnessError, httpx.HTTPError):
                        break
                    known[open_write] = on
                    acknowledged += 1
                    open_write = ""
                standin.process.wait()
                killer.join()
    return acknowledged, lost


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20, help="of the stub")
    parser.add_argument("--standin-kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    chance = random.Random(words.seed)  # noqa: S311 - it guards nothing
    all_lost = 0
    for name, kills, kill in (
        ("stub", words.kills, kill_stub),
        ("stand-in", words.standin_kills, kill_standin),
    ):
        with tempfile.TemporaryDirectory() as folder:
            acknowledged, lost = kill(kills, chance, Path(folder))
        print(f"{name}: {kills} kills, {acknowledged} acknowledged writes, {lost} lost", flush=True)
        all_lost += lost
    return 1 if all_lost else 0


if __name__ == "__main__":
    sys.exit(main())
