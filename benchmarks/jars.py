"""A large vendor's jar, and what the container costs: `python -m benchmarks.jars`.

Makes a jar of 60 MB with 10,000 classes, reads it with `harness check`, installs it on a stand-in;
then installs a plugin with an activator and one with the scanner's index in turn. The best of some
rounds counts; seconds of CPU stand beside, since those do not depend on who else uses the machine.
"""

import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import psutil
from standin_processes import await_running, run_standin

from harness.diagnosis import jar_check
from harness.drivers.confluence import apps
from harness.drivers.confluence.session import Account, open_client
from harness.engines import builds
from harness.plugin_jar.read import read_plugin
from harness.support import assets

CLASSES = 10_000
BYTES = 60_000_000
CHECK_SECONDS, INSTALL_SECONDS, CONTAINER_SECONDS = 2.0, 5.0, 0.5
BOOT_SECONDS, MEMORY_MIB = 3.0, 512
ROUNDS = 5


def large_jar(scanner: Path, to: Path) -> Path:
    """The scanner app with 10,000 classes of the JDK under other names, and images up to 60 MB.

    They are real classes, since what a look over a jar costs is their constant pools.
    """
    rng = random.Random(1)  # noqa: S311
    jdk = _jdk_classes(to.parent / "jdk")
    with zipfile.ZipFile(scanner) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if not name.endswith("/"):
                new.writestr(name, old.read(name))
        for file in rng.sample(jdk, CLASSES):
            inside = file.relative_to(to.parent / "jdk")
            new.write(file, "org/example/big/" + "/".join(inside.parts[1:]))
        image = 0
        while to.stat().st_size < BYTES:
            image += 1
            new.writestr(f"images/{image}.png", rng.randbytes(1_000_000))
    return to


def _jdk_classes(folder: Path) -> list[Path]:
    """All classes of the JDK that compiles the sample apps, from its run-time image."""
    javac = shutil.which("javac")
    if javac is None:
        raise SystemExit("javac is missing: install a JDK 17")
    home = Path(javac).resolve().parents[1]
    command = [home / "bin" / "jimage", "extract", "--include", r"regex:.*\.class"]
    subprocess.run([*command, "--dir", folder, home / "lib" / "modules"], check=True)
    return sorted(file for file in folder.rglob("*.class") if file.stem != "module-info")


def timed(work: Callable[[], object]) -> float:
    """Wall seconds of some work."""
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def best(work: Callable[[], object]) -> float:
    """Wall seconds of the fastest round."""
    return min(timed(work) for _ in range(ROUNDS))


def cpu(process: psutil.Process) -> float:
    """Seconds of CPU that a process has used."""
    times = process.cpu_times()
    return times.user + times.system


def main() -> int:
    """Measures all of it; 1 where something is slower than it may be."""
    built = builds.standin(lambda _: None)
    jars = {
        name: builds.server_app(assets.sample_app(name), lambda _: None)
        for name in ("charts", "scanner")
    }
    found: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        large = large_jar(jars["scanner"], folder / "large.jar")
        size = large.stat().st_size / 1e6
        print(f"{large.name}: {size:.0f} MB, {CLASSES} classes")
        before = time.process_time()
        found["check, s"] = best(lambda: jar_check.as_text(read_plugin(large))), CHECK_SECONDS
        print(f"check: {(time.process_time() - before) / ROUNDS:.2f} s of CPU")
        home = folder / "home"
        home.mkdir()
        begun = time.monotonic()
        with run_standin(built, home, {}) as standin:
            await_running(standin.url)
            found["boot, s"] = time.monotonic() - begun, BOOT_SECONDS
            jvm = psutil.Process(standin.process.pid)
            print(f"boot: {cpu(jvm):.2f} s of CPU")
            with open_client(standin.url, Account("admin", "admin")) as client:

                def install(jar: Path) -> float:
                    seconds = timed(lambda: apps.install(client, jar))
                    for app in apps.user_installed(client):
                        apps.uninstall(client, app.key)
                    return seconds

                before = cpu(jvm)
                seconds = min(install(large) for _ in range(ROUNDS))
                found["install the large jar, s"] = seconds, INSTALL_SECONDS
                used = (cpu(jvm) - before) / ROUNDS
                print(f"install and removal of the large jar: {used:.2f} s of CPU")
                taken = {name: [install(jar) for _ in range(ROUNDS)] for name, jar in jars.items()}
                extra = statistics.median(taken["scanner"]) - statistics.median(taken["charts"])
                found["container beyond an activator, s"] = extra, CONTAINER_SECONDS
                found["memory, MiB"] = jvm.memory_info().rss / 2**20, MEMORY_MIB
    for what, (value, limit) in found.items():
        print(f"{what:36} {value:8.2f}  (at most {limit:g}) {'' if value <= limit else 'TOO MUCH'}")
    return int(any(value > limit for value, limit in found.values()))


if __name__ == "__main__":
    sys.exit(main())
