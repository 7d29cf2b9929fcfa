"""The cloud's requests per second beside an empty route, WireMock and Prism, in one run.

Usage: python benchmarks/cloud.py [--requests N] [--no-peers] [--million] [--transfers] [--large]

One worker each, 32 connections, one request under way on each. Peers come from npm into a
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
from pathlib import Path

import httpx
import psutil
from load import Load, request, run

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "contract" / "cloud"))
from cloud_processes import CloudDriver, ConnectApp, running

CONNECTIONS = 32
ROUNDS = 3

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
    parser.add_argument("--requests", type=int, default=20_000, help="for each line and round")
    parser.add_argument("--no-peers", action="store_true", help="without WireMock and Prism")
    parser.add_argument("--million", action="store_true", help="memory after a million requests")
    parser.add_argument("--transfers", action="store_true", help="1,000 transfers, 100 posts each")
    parser.add_argument("--large", action="store_true", help="5 GB up and down; needs the disk")
    given = parser.parse_args()
    with ExitStack() as at_end:
        folder = Path(at_end.enter_context(tempfile.TemporaryDirectory()))
        measured = _measure(at_end, folder, given)
    base = measured["an empty route"].per_second
    print(f"\n{'':34}{'req/s':>9}{'of empty':>10}{'p50 ms':>9}{'p99 ms':>9}{'wrong':>7}")
    for name, load in measured.items():
        share = load.per_second / base
        print(
            f"{name:34}{load.per_second:9.0f}{share:10.0%}"
            f"{load.p50_ms:9.2f}{load.p99_ms:9.2f}{load.wrong:7}"
        )
    return 0


def _measure(at_end: ExitStack, folder: Path, given: argparse.Namespace) -> dict[str, Load]:
    each = given.requests // CONNECTIONS
    lines: dict[str, tuple[str, Callable[[int], Iterator[bytes]]]] = {}
    empty = at_end.enter_context(_empty(folder))
    lines["an empty route"] = (empty, _same(request("GET", "/", {}), each))

    begun = time.perf_counter()
    data = folder / "data"
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
        for name, start in (("WireMock", _wiremock), ("Prism", _prism)):
            try:
                peer = at_end.enter_context(start(folder))
            except (OSError, subprocess.SubprocessError, TimeoutError) as error:
                print(f"{name}: cannot be had here: {error}")
            else:
                lines[f"{name}: fixed answer"] = (peer, _same(request("GET", "/fixed", {}), each))
    best: dict[str, Load] = {}
    for number, (name, (place, requests)) in itertools.product(range(ROUNDS), lines.items()):
        load = run(place, requests, CONNECTIONS)
        if number and (name not in best or load.per_second > best[name].per_second):
            best[name] = load  # the first round warms up
    process = psutil.Process(cloud.popen.pid)
    print(f"memory of the cloud: {process.memory_info().rss / 2**20:.0f} MiB")
    if given.million:
        run(url, _same(poll, 1_000_000 // CONNECTIONS), CONNECTIONS)
        print(f"after a million polls more: {process.memory_info().rss / 2**20:.0f} MiB")
    if given.transfers:
        _transfers(driver, app, url, process, folder)
    if given.large:
        _large(driver, app, process)
    return best


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
def _wiremock(folder: Path) -> Iterator[str]:
    port, root = _free_port(), folder / "wiremock"
    (root / "mappings").mkdir(parents=True)
    mapping = {
        "request": {"method": "GET", "url": "/fixed"},
        "response": {"status": 200, "jsonBody": {"transfers": []}},
    }
    (root / "mappings" / "fixed.json").write_text(json.dumps(mapping))
    binary = _npm(folder, "wiremock")
    command = [binary, "--port", str(port), "--root-dir", str(root), "--disable-banner"]
    with _server(command, f"http://127.0.0.1:{port}/fixed") as url:
        yield url


@contextmanager
def _prism(folder: Path) -> Iterator[str]:
    port = _free_port()
    answer = {"content": {"application/json": {"example": {"transfers": []}}}}
    paths = {"/fixed": {"get": {"responses": {"200": {"description": "fixed"} | answer}}}}
    document = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}
    (folder / "openapi.json").write_text(json.dumps(document))
    binary = _npm(folder, "@stoplight/prism-cli", "prism")
    command = [binary, "mock", "-p", str(port), "-v", "error", str(folder / "openapi.json")]
    with _server(command, f"http://127.0.0.1:{port}/fixed") as url:
        yield url


def _npm(folder: Path, package: str, binary: str | None = None) -> str:
    if not shutil.which("npm"):
        raise OSError("npm is not on the PATH")
    print(f"installing {package} from npm")
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), package],
        check=True,
        capture_output=True,
    )
    return str(folder / "node_modules" / ".bin" / (binary or package))


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
