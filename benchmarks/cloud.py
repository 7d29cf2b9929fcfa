"""The cloud's requests per second beside an empty route, WireMock and Prism, in one run.

Usage: python -m benchmarks.cloud [--requests N] [--no-peers] [--million] [--transfers] [--large]

One worker each: every server has one core to itself and the load comes from another, since a
JVM's one worker would otherwise be all the cores; WireMock has a second line with them all. 32
connections, one request under way on each. The rate from the start on counts every request that a
server was ever sent, as a stub in a test is used (cold); the best round favours what must warm up.
The answers' times are those of the best round, and then of a round at half its rate: at its limit a
server's answers take as long as 32 requests do, whatever the server. Peers come from npm into a
temporary folder; where they cannot be had their lines say so.
"""

import argparse
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import httpx
import psutil

# Run as a script, Python finds neither this package nor the tests' helpers.
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from cloud_processes import CloudDriver, ConnectApp, running

from benchmarks.load import Load, request, run

CONNECTIONS = 32
ROUNDS = 8
ALL_CORES = os.sched_getaffinity(0)
ONE_CORE = {min(ALL_CORES)}
CLIENT_CORES = ALL_CORES - ONE_CORE or ALL_CORES

Line = tuple[str, Callable[[int], Iterator[bytes]]]
"""A server's address, and each connection's requests."""

EMPTY = """
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

async def empty(request):
    return Response()

app = Starlette(routes=[Route("/", empty)])
uvicorn.run(app, port={port}, http="httptools", loop="uvloop", access_log=False,
            log_level="warning", lifespan="off", ws="none", proxy_headers=False,
            server_header=False)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000, help="for each line and round")
    parser.add_argument("--no-peers", action="store_true", help="without WireMock and Prism")
    parser.add_argument("--million", action="store_true", help="memory after a million requests")
    parser.add_argument("--transfers", action="store_true", help="1,000 transfers, 100 posts each")
    parser.add_argument("--large", action="store_true", help="5 GB up and down; needs the disk")
    given = parser.parse_args()
    with ExitStack() as at_end:
        folder = Path(at_end.enter_context(tempfile.TemporaryDirectory()))
        measured, halves = _measure(at_end, folder, given)
    print(f"\n{'':34}{'from start':>11}{'best round':>11}{'of empty':>9}", end="")
    print(f"{'p50 ms':>8}{'p99 ms':>8}{'half: p50':>11}{'p99 ms':>8}{'wrong':>7}")
    best = {name: max(loads, key=lambda load: load.per_second) for name, loads in measured.items()}
    base = best["an empty route"].per_second
    for name, load in best.items():
        rounds = measured[name]
        whole = sum(each.requests for each in rounds) / sum(each.seconds for each in rounds)
        half = halves[name]
        wrong = sum(each.wrong for each in [*rounds, half])
        print(f"{name:34}{whole:11.0f}{load.per_second:11.0f}{load.per_second / base:9.0%}", end="")
        print(f"{load.p50_ms:8.2f}{load.p99_ms:8.2f}", end="")
        print(f"{half.p50_ms:11.2f}{half.p99_ms:8.2f}{wrong:7}")
    return 0


def _measure(
    at_end: ExitStack, folder: Path, given: argparse.Namespace
) -> tuple[dict[str, list[Load]], dict[str, Load]]:
    """The rounds of each line, from a server's first request on, and one at half its best rate."""
    each = given.requests // CONNECTIONS
    lines: dict[str, Line] = {}
    with _on(ONE_CORE):
        empty = at_end.enter_context(_empty(folder))
    lines["an empty route"] = (empty, _same(request("GET", "/", {}), each))

    begun = time.perf_counter()
    data = folder / "data"
    with _on(ONE_CORE):
        cloud = at_end.enter_context(
            running("harness.cloud", folder / "cloud", "--port", "0", "--data", str(data))
        )
    print(f"boot of the cloud: {time.perf_counter() - begun:.2f} s")
    url = cloud.url("http")
    driver = CloudDriver(url)
    app = ConnectApp()
    at_end.callback(app.close)
    driver.install(app.url)
    migration = driver.migration()
    transfer = driver.transfer(migration)
    bearer = {"authorization": f"Bearer {driver.token}"}
    poll = request("GET", f"/server/v1/migrations/{migration}/progress", bearer)
    lines["the cloud: poll"] = (url, _same(poll, each))
    post = _post(app, transfer)
    lines["the cloud: progress post"] = (url, _same(post, each))
    if not given.no_peers:
        lines |= _peers(at_end, folder, each)
    rounds: dict[str, list[Load]] = {name: [] for name in lines}
    for _, (name, (place, requests)) in itertools.product(range(ROUNDS), lines.items()):
        rounds[name].append(run(place, requests, CONNECTIONS))
    halves = {}
    for name, (place, requests) in lines.items():
        rate = max(load.per_second for load in rounds[name]) / 2
        halves[name] = run(place, requests, CONNECTIONS, rate)
    process = psutil.Process(cloud.popen.pid)
    print(f"memory of the cloud: {process.memory_info().rss / 2**20:.0f} MiB")
    if given.million:
        run(url, _same(poll, 1_000_000 // CONNECTIONS), CONNECTIONS)
        print(f"after a million polls more: {process.memory_info().rss / 2**20:.0f} MiB")
    if given.transfers:
        _transfers(driver, app, url, process, folder)
    if given.large:
        _large(driver, app, process)
    return rounds, halves


def _peers(at_end: ExitStack, folder: Path, each: int) -> dict[str, Line]:
    lines: dict[str, Line] = {}
    for name, package, start, cores in (
        ("WireMock", "wiremock", _wiremock, ONE_CORE),
        ("Prism", "@stoplight/prism-cli", _prism, ONE_CORE),
        ("WireMock, all cores", "wiremock", _wiremock, ALL_CORES),
    ):
        root = folder / name
        root.mkdir()
        try:
            programs = _npm(folder, package)
            with _on(cores):
                place = at_end.enter_context(start(root, programs))
        except (OSError, subprocess.SubprocessError, TimeoutError) as error:
            print(f"{name}: cannot be had here: {error}")
        else:
            fixed = request("GET", "/fixed", {})
            lines[f"{name}: fixed answer"] = (place, _same(fixed, each))
    return lines


@contextmanager
def _on(cores: set[int]) -> Iterator[None]:
    """What is started inside has these cores; this process goes on with its own."""
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, CLIENT_CORES)


def _large(driver: CloudDriver, app: ConnectApp, process: psutil.Process) -> None:
    """5 GB up and down again, and the memory that the cloud takes meanwhile."""
    piece, pieces = b"x" * 2**20, 5 * 10**9 // 2**20
    most = before = process.memory_info().rss

    def data() -> Iterator[bytes]:
        nonlocal most
        for number in range(pieces):
            if number % 64 == 0:
                most = max(most, process.memory_info().rss)
            yield piece

    transfer = driver.transfer(driver.migration())
    driver.trigger(transfer)
    driver.http.timeout = httpx.Timeout(60)
    begun = time.perf_counter()
    key = driver.upload(transfer, data())
    uploaded = time.perf_counter()
    link = httpx.URL(app.call(driver, "GET", f"/data/{key}").json()["url"])
    url = f"{driver.url}{link.raw_path.decode()}"  # the site's own name leads nowhere here
    size = 0
    with httpx.stream("GET", url, timeout=60) as answer:
        for number, chunk in enumerate(answer.iter_bytes(2**20)):
            size += len(chunk)
            if number % 64 == 0:
                most = max(most, process.memory_info().rss)
    assert size == pieces * len(piece), size
    print(
        f"{size / 1e9:.2f} GB up in {uploaded - begun:.0f} s, down in "
        f"{time.perf_counter() - uploaded:.0f} s; memory {before / 2**20:.0f} MiB before, "
        f"{most / 2**20:.0f} MiB at most"
    )


def _transfers(
    driver: CloudDriver, app: ConnectApp, url: str, process: psutil.Process, folder: Path
) -> None:
    """1,000 transfers with 100 posts each, while CCMA's poll goes on in a process of its own."""
    migration = driver.migration()
    transfers = [driver.transfer(migration) for _ in range(1000)]
    begun = driver.http.get("/_harness/journal", params={"limit": 1}).json()["next"]

    def posts(number: int) -> Iterator[bytes]:
        for percent in range(100):
            for transfer in transfers[number::CONNECTIONS]:
                yield _post(app, transfer, percent)

    one = driver.migration()
    for _ in range(5):
        driver.transfer(one)
    poll = request(
        "GET", f"/server/v1/migrations/{one}/progress", {"authorization": f"Bearer {driver.token}"}
    )
    stop = folder / "stop"
    child = os.fork()
    if child == 0:
        times: list[float] = []
        while not stop.exists():
            times.append(run(url, lambda _: iter([poll] * 20), 1).p99_ms)
        times.sort()
        (folder / "polls.json").write_text(json.dumps(times[int(len(times) * 0.99)]))
        os._exit(0)
    load = run(url, posts, CONNECTIONS)
    stop.touch()
    os.waitpid(child, 0)
    kept: dict[str, list[int]] = {}
    last = 0
    with (folder / "data" / "journal.jsonl").open() as file:
        for line in file:
            entry = json.loads(line)
            assert entry["seq"] == last + 1
            last = entry["seq"]
            if entry["seq"] >= begun and entry["effect"] == "recorded":
                kept.setdefault(entry["transfer_id"], []).append(entry["detail"]["percent"])
    lost = sum(kept.get(transfer) != list(range(100)) for transfer in transfers)
    print(
        f"1,000 transfers, 100 posts each: {load.per_second:.0f} posts/s, {load.wrong} wrong, "
        f"{lost} transfers with a lost or reordered entry, "
        f"poll p99 {json.loads((folder / 'polls.json').read_text()):.1f} ms, "
        f"memory {process.memory_info().rss / 2**20:.0f} MiB"
    )


def _same(raw: bytes, times: int) -> Callable[[int], Iterator[bytes]]:
    return lambda _: itertools.repeat(raw, times)


def _post(app: ConnectApp, transfer: str, percent: int = 50) -> bytes:
    path = f"/rest/atlassian-connect/1/migration/progress/{transfer}"
    token = app.sign("POST", path)
    body = json.dumps({"status": "IN_PROGRESS", "percent": percent, "message": "Migrating charts"})
    return request("POST", f"/wiki{path}", {"authorization": f"JWT {token}"}, body.encode())


@contextmanager
def _empty(folder: Path) -> Iterator[str]:
    port = _free_port()
    script = folder / "empty.py"
    script.write_text(EMPTY.format(port=port))
    with _server([sys.executable, str(script)], f"http://127.0.0.1:{port}/") as url:
        yield url


@contextmanager
def _wiremock(root: Path, programs: Path) -> Iterator[str]:
    port = _free_port()
    (root / "mappings").mkdir()
    mapping = {
        "request": {"method": "GET", "url": "/fixed"},
        "response": {"status": 200, "jsonBody": {"transfers": []}},
    }
    (root / "mappings" / "fixed.json").write_text(json.dumps(mapping))
    command = [str(programs / "wiremock"), "--port", str(port), "--root-dir", str(root)]
    with _server([*command, "--disable-banner"], f"http://127.0.0.1:{port}/fixed") as url:
        yield url


@contextmanager
def _prism(root: Path, programs: Path) -> Iterator[str]:
    port = _free_port()
    answer = {"content": {"application/json": {"example": {"transfers": []}}}}
    paths = {"/fixed": {"get": {"responses": {"200": {"description": "fixed"} | answer}}}}
    document = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}
    (root / "openapi.json").write_text(json.dumps(document))
    command = [str(programs / "prism"), "mock", "-p", str(port), "-v", "error"]
    with _server([*command, str(root / "openapi.json")], f"http://127.0.0.1:{port}/fixed") as url:
        yield url


@cache
def _npm(folder: Path, package: str) -> Path:
    """The folder of the programs, with those of an npm package in it."""
    if not shutil.which("npm"):
        raise OSError("npm is not on the PATH")
    print(f"installing {package} from npm")
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), package],
        check=True,
        capture_output=True,
    )
    return folder / "node_modules" / ".bin"


@contextmanager
def _server(command: list[str], url: str) -> Iterator[str]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                if httpx.get(url, trust_env=False).is_success:
                    break
            except httpx.TransportError as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise TimeoutError(f"{command[0]} does not answer: {error}") from error
            time.sleep(0.1)
        yield url
    finally:
        os.killpg(process.pid, 15)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
