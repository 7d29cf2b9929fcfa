"""What the stand-in costs, each line beside its limit; exit status 1 when one is missed.

Usage: python -m benchmarks.standin [docker|local ...]
The peer of an upload is bare httpx that sends the same requests and asks without a pause: what is
left beyond it is the driver's own.
"""

import json
import re
import statistics
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import repeat
from pathlib import Path

import httpx
import psutil
from playwright.sync_api import Page

from benchmarks import load
from harness.cases import app as apps
from harness.cases.app import AppDescription
from harness.drivers.browser import dashboard, migration_assistant
from harness.drivers.browser.launch import browser_session
from harness.drivers.browser.login import log_in
from harness.drivers.confluence import apps as plugins
from harness.drivers.confluence import dark_features
from harness.drivers.confluence.session import Account
from harness.engines.app_builds import server_jar
from harness.engines.docker import DockerService
from harness.engines.docker_host import engine_answers
from harness.engines.ready import Ready, prepare
from harness.engines.service import Running
from harness.environment.bring_up import StackPlan, bring_up
from harness.environment.services import standin
from harness.environment.services.names import CONFLUENCE
from harness.environment.stack import Stack
from harness.environment.tls import Authority
from harness.lifecycle import runs
from harness.lifecycle.runs import Run
from harness.settings import Settings
from harness.support import assets
from harness.vocabulary.features import DEV_MODE, FEATURE

ROUNDS = 5
CLIENTS, READS = 20, 300
CHARTS = assets.sample_app("charts")


def main(engines: list[str]) -> int:
    print(f"{'engine':8} {'what':42} {'measured':>14} {'limit':>14}")
    held = True
    with browser_session() as browser:
        for engine in engines:
            app = apps.load(CHARTS)
            jar = server_jar(CHARTS, app, lambda _: None)
            ready = prepare("docker" if engine == "docker" else "local", lambda _: None)
            with runs.open_run() as run, browser.new_context() as context:
                tell = Lines(engine)
                boots = [boot(ready, run, number) for number in range(ROUNDS)]
                tell.most("start to RUNNING, the slowest of 5", max(boots), 3.0, "s")
                with standing(ready, run, app) as stack:
                    page = context.new_page()
                    log_in(page, stack.confluence_url, stack.account)
                    measure(stack, page, jar, tell)
                held &= tell.held
    return 0 if held else 1


class Lines:
    """Prints measurements of one engine; remembers whether each kept to its limit."""

    def __init__(self, engine: str) -> None:
        self.engine, self.held = engine, True

    def most(self, what: str, value: float, limit: float, unit: str) -> None:
        self._tell(what, value, f"<= {limit:g} {unit}", unit, value <= limit)

    def least(self, what: str, value: float, limit: float, unit: str) -> None:
        self._tell(what, value, f">= {limit:g} {unit}", unit, value >= limit)

    def plain(self, what: str, value: float, unit: str) -> None:
        self._tell(what, value, "", unit, True)

    def _tell(self, what: str, value: float, limit: str, unit: str, held: bool) -> None:
        self.held &= held
        missed = "" if held else "  MISSED"
        print(f"{self.engine:8} {what:42} {value:8.2f} {unit:5} {limit:>14}{missed}", flush=True)


def boot(ready: Ready, run: Run, number: int) -> float:
    """Wall seconds from asking the engine for a stand-in to its `RUNNING`."""
    engine = ready.open(run, f"boot-{number}")
    service = standin.standin(
        ready.images.get("standin", ""),
        ccma="3.9.6",
        site="demo",
        authority=Authority(),
        scale=1,
        platform_url="https://127.0.0.1:9",
        account=Account("admin", "admin"),
        fixed_ports={},
        toolchain=ready.toolchain,
        jars=str(ready.jars) if ready.jars else None,
    )
    try:
        begun = time.monotonic()
        running = engine.start(service)
        url = f"http://{running.host}:{running.port('http')}/status"
        with httpx.Client(trust_env=False, timeout=5) as client:
            until(lambda: client.get(url).json()["state"] == "RUNNING")
        return time.monotonic() - begun
    finally:
        engine.close()


@contextmanager
def standing(ready: Ready, run: Run, app: AppDescription) -> Iterator[Stack]:
    # Each page with its row in it: a page drawn by script is the same few bytes for every plan.
    settings = Settings(engine=ready.engine, time_scale=1, standin_pages="server")
    stack = bring_up(settings, ready, run, StackPlan(app, "3.9.6"), progress=lambda _: None)
    try:
        yield stack
    finally:
        stack.close()


def measure(stack: Stack, page: Page, jar: Path, tell: Lines) -> None:
    tell.most("memory after its start", memory(stack.running[CONFLUENCE]), 512, "MiB")
    with ExitStack() as at_end:
        client = at_end.enter_context(stack.client())
        bare = at_end.enter_context(
            httpx.Client(
                base_url=stack.confluence_url,
                auth=(stack.account.user, stack.account.password),
                headers={"X-Atlassian-Token": "no-check"},
                trust_env=False,
                timeout=30,
            )
        )
        uploads(client, bare, jar, tell)
        resets(stack, client, page, jar, tell)
        reads(stack, client, page, jar, tell)
    tell.most("memory after all that", memory(stack.running[CONFLUENCE]), 512, "MiB")


def memory(confluence: Running) -> float:
    """MiB that the server's process holds; in a container all of its processes and caches."""
    if isinstance(confluence, DockerService):
        found = confluence.container.stats(stream=False)["memory_stats"]
        return max(found["usage"], found.get("max_usage", 0)) / 2**20
    return psutil.Process(int(confluence.id)).memory_info().rss / 2**20


def uploads(client: httpx.Client, bare: httpx.Client, jar: Path, tell: Lines) -> None:
    """Both in turn, so that a server that warms up or a busy machine meets both alike."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        for send, times in ((by_hand, theirs), (by_driver, ours)):
            http = bare if send is by_hand else client
            begun = time.monotonic()
            key = send(http, jar)
            times.append(time.monotonic() - begun)
            plugins.uninstall(client, key)
    tell.plain("upload and enable, bare httpx, median", statistics.median(theirs), "s")
    beyond = statistics.median(ours) - statistics.median(theirs)
    tell.plain("upload and enable, the driver, median", statistics.median(ours), "s")
    tell.most("... beyond the stand-in's own work", beyond, 0.5, "s")


def by_driver(client: httpx.Client, jar: Path) -> str:
    return plugins.install(client, jar).key


def by_hand(client: httpx.Client, jar: Path) -> str:
    """The same upload as few would write it: no pause between looks."""
    token = client.get("/rest/plugins/1.0/").headers["upm-token"]
    files = {"plugin": (jar.name, jar.read_bytes(), "application/java-archive")}
    answer = client.post(f"/rest/plugins/1.0/?token={token}", files=files)
    answer.raise_for_status()
    found = re.search(r"<textarea>(.*)</textarea>", answer.text, re.DOTALL)
    task = json.loads(found[1] if found else answer.text)["links"]["self"]
    until(lambda: client.get(task).status_code == httpx.codes.SEE_OTHER, every=0)
    (key,) = (each.key for each in plugins.user_installed(client))
    until(lambda: client.get(f"/rest/plugins/1.0/{key}-key").json()["enabled"], every=0)
    return key


def resets(stack: Stack, client: httpx.Client, page: Page, jar: Path, tell: Lines) -> None:
    """Flags off, app removed, plan gone, log marked: what one case may leave to the next."""
    times = []
    for number in range(ROUNDS):
        plan = left_by_a_case(stack, client, page, jar, f"plan {number}")
        begun = time.monotonic()
        dark_features.set_site(client, {FEATURE: False, DEV_MODE: False})
        for app in plugins.user_installed(client):
            plugins.uninstall(client, app.key)
        dashboard.delete_plan(page, stack.confluence_url, plan)
        len(stack.server_log())
        times.append(time.monotonic() - begun)
        if dark_features.site(client) or dashboard.plans(page, stack.confluence_url):
            raise SystemExit("the reset left a flag or a plan")
    tell.most("reset between two cases, the slowest of 5", max(times), 0.5, "s")


def left_by_a_case(stack: Stack, client: httpx.Client, page: Page, jar: Path, name: str) -> str:
    dark_features.set_site(client, {FEATURE: True, DEV_MODE: True})
    plugins.install(client, jar)
    return migration_assistant.create_plan(page, stack.confluence_url, name)


def reads(stack: Stack, client: httpx.Client, page: Page, jar: Path, tell: Lines) -> None:
    """A plan's page with its row, as 20 clients read it that keep their connections."""
    plan = left_by_a_case(stack, client, page, jar, "a plan that many read")
    migration_assistant.run_plan(page, plan)
    row = page.locator("tr[data-server-app-key]")
    row.wait_for()
    account = f"{stack.account.user}:{stack.account.password}".encode()
    headers = {"authorization": f"Basic {b64encode(account).decode()}"}
    path = f"/plugins/servlet/ial/migration/plan?planId={plan}"
    request = load.request("GET", path, headers)
    # Playwright has an event loop in this thread.
    with ThreadPoolExecutor(1) as aside:
        done = aside.submit(
            load.run, stack.confluence_url, lambda _: repeat(request, READS), CLIENTS
        ).result()
    tell.least(f"plan pages read, {CLIENTS} clients", done.per_second, 200, "/s")
    tell.plain("... the 99th of 100", done.p99_ms, "ms")
    tell.most(f"... errors in {done.requests}", done.wrong, 0, "")


def until(look: Callable[[], object], every: float = 0.01, within: float = 60) -> None:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if look():
                return
        except (httpx.TransportError, ValueError, KeyError):
            pass
        time.sleep(every)
    raise TimeoutError(f"{within} s were not enough")


if __name__ == "__main__":
    chosen = sys.argv[1:] or (["docker", "local"] if engine_answers(None) else ["local"])
    sys.exit(main(chosen))
