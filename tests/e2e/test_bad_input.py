"""Bad input is one clear line, exit status 3, and nothing is started or left behind."""

import shutil
import socket
import zipfile
from pathlib import Path

import pytest
from harness_command import SEED, Command


def case_file(folder: Path, right: str, wrong: str) -> Path:
    text = SEED.read_text()
    assert right in text
    app = folder / "apps" / "charts"
    shutil.copytree(SEED.parent.parent / "apps" / "charts", app, dirs_exist_ok=True)
    (folder / "cases").mkdir(exist_ok=True)
    path = folder / "cases" / "seed.yaml"
    path.write_text(text.replace(right, wrong, 1))
    return path


def assert_refused(command: Command, words: list[str], told: str, **extra: str) -> None:
    done = command.run(*words, **extra)
    assert done.returncode == 3, done.stderr
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("harness: ")
    assert told in line
    assert "Traceback" not in done.stderr
    assert command.debris() == []


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("known_bugs:", "known_bug:", "seed.yaml:31: unknown key 'known_bug'; did you mean"),
        ("COMPLETE 100]", "COMPLETED 100]", "'COMPLETED 100' is not a row: write a status (ABSENT"),
        ("app: ../apps/charts", "app: ../apps/chart", "seed.yaml:6: app: there is no"),
    ],
)
def test_a_case_file_with_a_mistake(command: Command, right: str, wrong: str, told: str) -> None:
    path = case_file(command.folder, right, wrong)
    assert_refused(command, ["run", str(path)], told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "missing.yaml"], "missing.yaml: no such file"),
        (["run", str(SEED), "-k", "nothing"], "-k 'nothing' matches no case"),
        (["run", str(SEED), "--ccma", "9.9"], "no CCMA version '9.9' is modelled"),
        (["run", str(SEED), "--engine", "podman"], "setting engine (--engine)"),
        (["run", str(SEED), "--time-scale", "-1"], "setting time_scale (--time-scale)"),
        (["run", str(SEED), "--workers", "many"], "--workers"),
        (["run"], "name a case file"),
        (["down", "no-such-run"], "no stack of run 'no-such-run' is running here"),
    ],
)
def test_a_command_line_with_a_mistake(command: Command, words: list[str], told: str) -> None:
    assert_refused(command, words, told)


def test_a_jar_that_is_no_jar(command: Command) -> None:
    path = case_file(command.folder, "name: seed", "name: seed")
    app = command.folder / "apps" / "charts"
    (app / "broken.jar").write_bytes(b"this is no jar")
    description = (app / "app.yaml").read_text()
    (app / "app.yaml").write_text(description.replace("source: server", "jar: broken.jar"))
    assert_refused(command, ["run", str(path)], "broken.jar: not a jar")


def test_a_jar_that_is_no_plugin(command: Command) -> None:
    path = case_file(command.folder, "name: seed", "name: seed")
    app = command.folder / "apps" / "charts"
    with zipfile.ZipFile(app / "plain.jar", "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
    description = (app / "app.yaml").read_text()
    (app / "app.yaml").write_text(description.replace("source: server", "jar: plain.jar"))
    assert_refused(command, ["run", str(path)], "atlassian-plugin.xml")


def test_sources_that_do_not_compile(command: Command) -> None:
    path = case_file(command.folder, "name: seed", "name: seed")
    source = next((command.folder / "apps" / "charts" / "server").rglob("*.java"))
    source.write_text("class {")
    done = command.run("run", str(path))
    assert done.returncode == 3, done.stderr
    assert "building the server app" in done.stderr
    assert source.name in done.stderr
    assert command.debris() == []


def test_a_port_that_is_taken(command: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert_refused(command, ["up", "--http-port", port], port)


def test_no_browser(command: Command) -> None:
    assert_refused(
        command,
        ["run", str(SEED)],
        "HARNESS_CHROMIUM is /no/such/browser",
        HARNESS_CHROMIUM="/no/such/browser",
    )
