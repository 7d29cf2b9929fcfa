"""A real JVM for the debugger's contract tests: a small server that loads and calls a listener."""

import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

JAVA = Path(__file__).parent / "java"
ANSWER_SECONDS = 30.0


class JavaServer:
    """The process, obeying one command at a time over its standard input."""

    def __init__(self, java: str, classes: Path, *properties: str) -> None:
        self._process = subprocess.Popen(
            [
                java,
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0",
                "-XX:TieredStopAtLevel=1",
                "-Dfile.encoding=UTF-8",
                *(f"-D{each}" for each in properties),
                "-cp",
                os.pathsep.join([str(classes / "api"), str(classes / "main")]),
                "Server",
                (classes / "app").as_uri() + "/",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._ports: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port = self.next_port()
        assert self._lines.get(timeout=ANSWER_SECONDS) == "ready"

    def next_port(self) -> int:
        """The port the agent listens on now; with `:0` a new one after each debugger."""
        return self._ports.get(timeout=ANSWER_SECONDS)

    def send(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def obey(self, command: str) -> str:
        self.send(command)
        return self.answer()

    def answer(self) -> str:
        return self._lines.get(timeout=ANSWER_SECONDS)

    def wait_ended(self) -> None:
        self._process.wait(ANSWER_SECONDS)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(ANSWER_SECONDS)
        self._reader.join(ANSWER_SECONDS)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("Listening for transport"):
                self._ports.put(int(line.rsplit(None, 1)[-1]))
            else:
                self._lines.put(line.strip())


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is not on the PATH; these tests need a JDK 17 (`make test` gets one)")
    return found


@pytest.fixture(scope="session")
def java_classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The test's Java sources, compiled: api/, app/ and main/."""
    classes = tmp_path_factory.mktemp("classes")
    javac = tool("javac")
    for part in ("api", "app", "main"):
        (classes / part).mkdir()
        sources = [str(each) for each in sorted((JAVA / part).rglob("*.java"))]
        done = subprocess.run(
            [
                javac,
                *("-encoding", "UTF-8", "-Xlint:all", "-Werror", "-g"),
                *("-cp", str(classes / "api"), "-d", str(classes / part)),
                *sources,
            ],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    return classes


@pytest.fixture
def start_server(java_classes: Path) -> Iterator[Callable[..., JavaServer]]:
    """Starts servers; each argument is a system property `name=value`."""
    servers: list[JavaServer] = []

    def start(*properties: str) -> JavaServer:
        servers.append(JavaServer(tool("java"), java_classes, *properties))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def server(start_server: Callable[..., JavaServer]) -> JavaServer:
    return start_server()
