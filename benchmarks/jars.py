"""A large vendor's jar, and what the container costs: `python -m benchmarks.jars`.

Makes a jar of about 60 MB with 10,000 classes, reads it with `harness check`, installs it on a
stand-in; then installs a plugin with an activator and one with the scanner's index in turn.
"""

import random
import statistics
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
BYTES_EACH = 6_000
CHECK_SECONDS, INSTALL_SECONDS, CONTAINER_SECONDS = 2.0, 5.0, 0.5
BOOT_SECONDS, MEMORY_MIB = 3.0, 512
ROUNDS = 5


def large_jar(scanner: Path, to: Path) -> Path:
    """The scanner app with thousands of classes more, each with incompressible constants."""
    rng = random.Random(1)  # noqa: S311
    with zipfile.ZipFile(scanner) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if not name.endswith("/"):
                new.writestr(name, old.read(name))
        for number in range(CLASSES):
            new.writestr(f"org/example/big/C{number}.class", _class(number, rng))
    return to


def _class(number: int, rng: random.Random) -> bytes:
    """A class file without members whose pool holds a long text."""

    def utf8(text: str) -> bytes:
        raw = text.encode()
        return b"\x01" + len(raw).to_bytes(2, "big") + raw

    name, filler = f"org/example/big/C{number}", rng.randbytes(BYTES_EACH * 3 // 4).hex()
    pool = [utf8(name), b"\x07\0\x01", utf8("java/lang/Object"), b"\x07\0\x03", utf8(filler)]
    head = b"\xca\xfe\xba\xbe\0\0\0\x3d" + (len(pool) + 1).to_bytes(2, "big")
    return head + b"".join(pool) + b"\0\x21\0\x02\0\x04" + b"\0" * 8


def timed(work: Callable[[], object]) -> float:
    """Wall seconds of some work."""
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


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
        checked = timed(lambda: jar_check.as_text(read_plugin(large)))
        print(f"check: {time.process_time() - before:.2f} s of CPU")
        found["check, s"] = checked, CHECK_SECONDS
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
                found["install the large jar, s"] = install(large), INSTALL_SECONDS
                print(f"install and removal of the large jar: {cpu(jvm) - before:.2f} s of CPU")
                taken = {name: [install(jar) for _ in range(ROUNDS)] for name, jar in jars.items()}
                extra = statistics.median(taken["scanner"]) - statistics.median(taken["charts"])
                found["container beyond an activator, s"] = extra, CONTAINER_SECONDS
                found["memory, MiB"] = jvm.memory_info().rss / 2**20, MEMORY_MIB
    for what, (value, limit) in found.items():
        print(f"{what:36} {value:8.2f}  (at most {limit:g}) {'' if value <= limit else 'TOO MUCH'}")
    return int(any(value > limit for value, limit in found.values()))


if __name__ == "__main__":
    sys.exit(main())
