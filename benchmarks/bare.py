"""The seed's cases as a bare script: the same steps and parts, and no harness.

What a careful engineer would write by hand in an afternoon: start the programs, poll until they
answer, call the REST APIs, click with Playwright. It is the peer of `benchmarks.seed`.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PKCS12Certificate,
    serialize_java_truststore,
)
from playwright.sync_api import Page, sync_playwright

FEATURE = "migration-assistant.app-migration.feature"
DEV_MODE = "migration-assistant.app-migration.dev-mode"
ADMIN = ("admin", "admin")
SCALE = 200
HOSTS = ("api.atlassian.com", "demo.atlassian.net", "connect-install-keys.atlassian.com")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


@dataclass
class Parts:
    """What the script runs from: built beforehand, as images and jars are for the harness."""

    engine: str
    standin: str
    cloud_image: str
    plugin: Path
    faketime: str
    browser: Path


@dataclass
class Addresses:
    confluence: str = ""
    cloud: str = ""
    cloud_app: str = ""
    app_base: str = ""
    ended: list[Callable[[], object]] = field(default_factory=list)


StackOf = Callable[[Parts, str], AbstractContextManager[Addresses]]
"""Brings up a stack of a CCMA version."""


def until(look: Callable[[], object]) -> object:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        # ValueError: an answer or file that is not JSON yet.
        with suppress(httpx.TransportError, FileNotFoundError, KeyError, IndexError, ValueError):
            if found := look():
                return found
        time.sleep(0.05)
    raise TimeoutError("60 s were not enough")


def write_tls(folder: Path) -> None:
    ca = trustme.CA()
    leaf = ca.issue_cert(*HOSTS, "cloud-app", "localhost", "127.0.0.1")
    (folder / "ca.pem").write_bytes(ca.cert_pem.bytes())
    (folder / "tls.crt").write_bytes(b"".join(part.bytes() for part in leaf.cert_chain_pems))
    (folder / "tls.key").write_bytes(leaf.private_key_pem.bytes())
    trusted = PKCS12Certificate(x509.load_pem_x509_certificate(ca.cert_pem.bytes()), b"ca")
    store = serialize_java_truststore([trusted], BestAvailableEncryption(b"changeit"))
    (folder / "trust.p12").write_bytes(store)


def jvm(folder: str, jdwp: str) -> list[str]:
    return [
        f"-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address={jdwp}",
        f"-Djavax.net.ssl.trustStore={folder}/trust.p12",
        "-Djavax.net.ssl.trustStorePassword=changeit",
        "-Dupm.plugin.upload.enabled=true",
        "-Datlassian.upm.signature.check.disabled=true",
        "-Dpassword.confirmation.disabled=true",
    ]


def standin_variables(ccma: str, platform: str) -> dict[str, str]:
    return {
        "CCMA_VERSION": ccma,
        "CCMA_PLATFORM_URL": platform,
        "STANDIN_SETUP": "complete",
        # What a script reads that waits for nothing; the harness reads those drawn by script.
        "STANDIN_PAGES": "server",
        "STANDIN_TIME_SCALE": str(SCALE),
        "FAKETIME": f"+0 x{SCALE}",
    }


@contextmanager
def local_stack(parts: Parts, ccma: str) -> Iterator[Addresses]:
    with tempfile.TemporaryDirectory() as name:
        folder, started = Path(name), []
        write_tls(folder)
        tls = ["--tls-cert", f"{name}/tls.crt", "--tls-key", f"{name}/tls.key"]

        def start(what: str, argv: list[str], **env: str) -> dict[str, int]:
            ports = folder / f"{what}.json"
            environment = {**os.environ, "SSL_CERT_FILE": f"{name}/ca.pem", **env}
            with (folder / f"{what}.log").open("wb") as log:
                argv = [word.replace("@ports@", str(ports)) for word in argv]
                environment |= {"STANDIN_PORTS_FILE": str(ports)}
                started.append(subprocess.Popen(argv, env=environment, stdout=log, stderr=log))
            return until(lambda: ports.exists() and json.loads(ports.read_text()))  # type: ignore[return-value]  # JSON

        try:
            common = ["--host", "127.0.0.1", *tls, "--ports-file", "@ports@"]
            cloud = start(
                "cloud",
                [sys.executable, "-m", "harness.cloud", "--port", "0", "--tls-port", "0"]
                + ["--data", f"{name}/data", "--public-url", "https://127.0.0.1:0"]
                + ["--time-scale", str(SCALE), *common],
            )
            app = start(
                "app",
                [sys.executable, "-m", "harness.cloud_app", "--port", "0", "--control-port", "0"]
                + ["--key", "charts-for-confluence", "--base-url", "https://127.0.0.1:0", *common],
            )
            java = ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
            confluence = start(
                "confluence",
                [*java, *jvm(name, "127.0.0.1:0"), "-jar", f"{parts.standin}/standin.jar"],
                **standin_variables(ccma, f"https://127.0.0.1:{cloud['https']}"),
                CONFLUENCE_HOME=f"{name}/home",
                STANDIN_BIND="127.0.0.1",
                STANDIN_HTTP_PORT="0",
                STANDIN_SYNCHRONY_PORT="0",
                LD_PRELOAD=parts.faketime,
            )
            yield Addresses(
                f"http://127.0.0.1:{confluence['http']}",
                f"http://127.0.0.1:{cloud['http']}",
                f"http://127.0.0.1:{app['control']}",
                f"https://127.0.0.1:{app['https']}",
            )
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait()


@contextmanager
def docker_stack(parts: Parts, ccma: str) -> Iterator[Addresses]:
    mark = f"bare-{uuid.uuid4().hex[:8]}"

    def docker(*words: str) -> str:
        done = subprocess.run(["docker", *words], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def run(what: str, *words: str) -> None:
        docker("run", "-d", "--name", f"{mark}-{what}", "--network", mark, *words)

    def port(what: str, inside: int) -> str:
        return "127.0.0.1:" + docker("port", f"{mark}-{what}", str(inside)).split(":")[-1]

    with tempfile.TemporaryDirectory() as name:
        write_tls(Path(name))
        Path(name).chmod(0o755)
        files = ["-v", f"{name}:/files:ro", "-e", "SSL_CERT_FILE=/files/ca.pem"]
        tls = ["--tls-cert", "/files/tls.crt", "--tls-key", "/files/tls.key", "--host", "0.0.0.0"]
        docker("network", "create", mark)
        try:
            aliases = [word for host in HOSTS for word in ("--network-alias", host)]
            cloud = ["python3", "-m", "harness.cloud", "--port", "8080", "--tls-port", "443"]
            cloud += ["--data", "/var/lib/harness-cloud", "--time-scale", str(SCALE), *tls]
            published = ["-p", "127.0.0.1::8080", *files]
            run("cloud", *aliases, *published, parts.cloud_image, *cloud)
            app = ["python3", "-m", "harness.cloud_app", "--port", "443", "--control-port", "8080"]
            app += ["--key", "charts-for-confluence", "--base-url", "https://cloud-app", *tls]
            alias = ["--network-alias", "cloud-app"]
            run("app", *alias, *published, parts.cloud_image, *app)
            variables = standin_variables(ccma, "https://api.atlassian.com")
            variables["JVM_SUPPORT_RECOMMENDED_ARGS"] = " ".join(jvm("/files", "*:5005"))
            variables["LD_PRELOAD"] = "/opt/faketime/libfaketimeMT.so.1"
            words = [word for pair in variables.items() for word in ("-e", "=".join(pair))]
            published = [
                word for each in (8090, 8091, 5005) for word in ("-p", f"127.0.0.1::{each}")
            ]
            run("confluence", *published, "-v", f"{name}:/files:ro", *words, parts.standin)
            yield Addresses(
                f"http://{port('confluence', 8090)}",
                f"http://{port('cloud', 8080)}",
                f"http://{port('app', 8080)}",
                "https://cloud-app",
            )
        finally:
            docker("rm", "-f", "-v", *(f"{mark}-{what}" for what in ("cloud", "app", "confluence")))
            docker("network", "rm", mark)


def prepare(at: Addresses, parts: Parts, rest: httpx.Client) -> None:
    until(lambda: httpx.get(f"{at.cloud}/_harness/health").is_success)
    until(lambda: httpx.get(f"{at.cloud_app}/_app/events").is_success)
    url = f"{at.cloud}/_harness/apps"
    httpx.post(url, json={"baseUrl": at.app_base}, timeout=30).raise_for_status()
    until(lambda: rest.get("/status").json()["state"] == "RUNNING")
    until(lambda: rest.get("/rest/api/user/current").is_success)
    token = rest.get("/rest/plugins/1.0/").headers["upm-token"]
    upload = {"plugin": (parts.plugin.name, parts.plugin.read_bytes(), "application/java-archive")}
    answer = rest.post(f"/rest/plugins/1.0/?token={token}", files=upload)
    found = re.search(r"<textarea>(.*)</textarea>", answer.text, re.DOTALL)
    task = json.loads(found[1] if found else answer.text)["links"]["self"]

    def done() -> bool:
        answer = rest.get(task)
        return answer.status_code == 303 or bool(answer.json().get("status", {}).get("done", True))

    until(done)


def log_in(page: Page, base: str) -> None:
    page.goto(f"{base}/login.action")
    page.fill("#os_username", ADMIN[0])
    page.fill("#os_password", ADMIN[1])
    page.click("#loginButton")
    page.wait_for_load_state()


def start_migration(page: Page, at: Addresses, rest: httpx.Client, flags: dict[str, bool]) -> None:
    httpx.post(f"{at.cloud}/_harness/reset").raise_for_status()
    for key, on in flags.items():
        rest.request("PUT" if on else "DELETE", f"/rest/feature/1/site/{key}")
    page.goto(f"{at.confluence}/plugins/servlet/ial/migration/home")
    page.get_by_role("link", name="Create new migration").click()
    onward = re.compile("^(next|continue|confirm|check for errors|review migration|review)$", re.I)
    save = page.get_by_role("button", name=re.compile("^save", re.I))
    while "planId" not in page.url:
        name = page.get_by_role("textbox", name="Migration name")
        if name.count():
            name.fill(f"bare {uuid.uuid4().hex[:6]}")
        for box in page.get_by_role("checkbox", name=re.compile("allow|apps", re.I)).all():
            box.check()
        (save if save.count() else page.get_by_role("button", name=onward)).first.click()
        page.wait_for_load_state()
    page.get_by_role("button", name="Run").click()
    page.wait_for_load_state()


def row(page: Page) -> str:
    page.reload(wait_until="domcontentloaded")
    if not page.get_by_role("heading", name="App migration progress").count():
        return "ABSENT"
    texts = page.locator("tr[data-server-app-key] td").all_inner_texts()
    return " ".join(texts).upper()


def settled_and_polled(at: Addresses) -> int:
    entries = httpx.get(f"{at.cloud}/_harness/journal").json()["entries"]
    effects = [entry["effect"] for entry in entries]
    last_reset = len(effects) - 1 - effects[::-1].index("reset")
    effects = effects[last_reset:]
    return effects[effects.index("settled") :].count("polled") if "settled" in effects else 0


def run_case(
    page: Page, at: Addresses, rest: httpx.Client, feature: bool, dev: bool, ccma: str
) -> str:
    start_migration(page, at, rest, {FEATURE: feature, DEV_MODE: dev})
    if not feature:
        time.sleep(600 / SCALE)
        return row(page)
    stuck = dev and ccma == "3.1.7"
    ended = (lambda: settled_and_polled(at) >= 3) if stuck else (lambda: "COMPLETE" in row(page))
    until(ended)
    return row(page)


@contextmanager
def stack_and_page(
    parts: Parts, ccma: str, on_docker: StackOf = docker_stack
) -> Iterator[tuple[Addresses, httpx.Client, Page]]:
    stack = local_stack if parts.engine == "local" else on_docker
    headers = {"X-Atlassian-Token": "no-check"}
    with (
        stack(parts, ccma) as at,
        httpx.Client(base_url=at.confluence, auth=ADMIN, headers=headers, timeout=30) as rest,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=parts.browser, args=FLAGS) as browser,
    ):
        prepare(at, parts, rest)
        page = browser.new_page()
        log_in(page, at.confluence)
        yield at, rest, page


def first_row(parts: Parts) -> float:
    """Wall seconds from nothing to the first row read."""
    begun = time.monotonic()
    with stack_and_page(parts, "3.9.6") as (at, rest, page):
        start_migration(page, at, rest, {FEATURE: True, DEV_MODE: False})
        shown = row(page)
        seconds = time.monotonic() - begun
    if not shown:
        raise AssertionError("no row")
    return seconds


def eight_cases(parts: Parts) -> float:
    """Wall seconds for the seed's eight cases, one stack for each CCMA version."""
    begun = time.monotonic()
    wanted = {"3.1.7": "READY", "3.9.6": "COMPLETE"}
    for ccma in ("3.1.7", "3.9.6"):
        with stack_and_page(parts, ccma) as (at, rest, page):
            for feature in (False, True):
                for dev in (False, True):
                    seen = run_case(page, at, rest, feature, dev, ccma)
                    right = "ABSENT" if not feature else wanted[ccma] if dev else "COMPLETE"
                    if right not in seen:
                        raise AssertionError(f"{ccma} feature={feature} dev={dev}: {seen}")
    return time.monotonic() - begun
