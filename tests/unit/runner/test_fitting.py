"""An app.yaml that does not fit its jar is refused, with its line, before anything is started."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.cases import app as apps
from harness.cases.app import overrides_of
from harness.errors import BadInput
from harness.plugin_jar.classfile import Constant
from harness.plugin_jar.read import JarListener, read_plugin
from harness.runner import fitting
from harness.settings import Settings

APP = "name: Charts\nserver:\n  key: {server}\n  jar: {jar}\ncloud:\n  key: {cloud}\n"
URL = "kind: url\n  url: http://localhost:3000"
LISTENER = JarListener(
    name="org.example.Listener",
    interfaces=(),
    generation="",
    server_key=Constant("x-server"),
    cloud_key=Constant("x-cloud"),
    exported_by=(),
)


@pytest.fixture
def app(
    tmp_path: Path, make_jar: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> "type[Written]":
    jar = make_jar()
    Written.folder, Written.jar = tmp_path, jar
    plain = read_plugin(jar)
    monkeypatch.setattr(
        fitting, "read_plugin", lambda _: replace(plain, listeners=Written.listeners)
    )
    Written.listeners = (LISTENER,)
    return Written


class Written:
    """Writes an app.yaml beside the jar, and checks it."""

    folder: Path
    jar: Path
    listeners: tuple[JarListener, ...]

    @classmethod
    def check(cls, server: str = "x-server", cloud: str = "x-cloud", **more: str) -> list[str]:
        text = APP.format(server=server, cloud=cloud, jar=more.pop("jar", cls.jar.name))
        (cls.folder / "app.yaml").write_text(text + more.pop("tail", ""))
        told: list[str] = []
        described = apps.load(cls.folder)
        fitting.check_keys(cls.folder, described, apps.find_jar(cls.folder, described), told.append)
        return told


def test_keys_that_agree_say_nothing(app: type[Written]) -> None:
    assert app.check() == []


def test_a_server_key_that_no_listener_returns_is_refused_with_both(app: type[Written]) -> None:
    with pytest.raises(BadInput) as caught:
        app.check(server="x.server")
    assert str(caught.value).endswith(
        "app.yaml:3: server.key: charts.jar has 'x-server' (getServerAppKey), app.yaml says "
        "'x.server'"
    )


def test_a_cloud_key_that_differs_is_told_and_may_be_meant(app: type[Written]) -> None:
    (told,) = app.check(cloud="x.cloud")
    assert "app.yaml:6: cloud.key: charts.jar has 'x-cloud' (getCloudAppKey)" in told


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("no-such-program app.py", "'no-such-program' on PATH"),
        ("./start.sh --port 1", "'./start.sh' in "),
        ("[./plain.txt]", "'./plain.txt' in "),
    ],
)
def test_a_command_that_is_no_program_here_is_refused_with_its_line(
    app: type[Written], command: str, told: str
) -> None:
    (app.folder / "plain.txt").write_text("no program")
    assert app.check(tail=f"  kind: command\n  command: {command}\n") == []
    for engine in ("auto", "local"):
        with pytest.raises(BadInput) as caught:
            fitting.fitted_engine(Settings(engine=engine), [app.folder], {}, pytest.fail)
        assert f"app.yaml:8: cloud.command: there is no program {told}" in str(caught.value)
    # Where none is started, none is needed.
    for settings in (Settings(replay=Path("x")), Settings(confluence="https://c.example.org")):
        assert fitting.fitted_engine(settings, [app.folder], {}, pytest.fail) == settings


def test_a_command_is_found_on_the_path_that_it_gets_or_beside_the_app(app: type[Written]) -> None:
    for folder in (app.folder, app.folder / "bin"):
        folder.mkdir(exist_ok=True)
        (folder / "start.sh").touch(0o755)

    def fitted(command: str, env: str = "") -> None:
        app.check(tail=f"  kind: command\n  command: {command}\n{env}")
        fitting.fitted_engine(Settings(engine="local"), [app.folder], {}, pytest.fail)

    fitted("./start.sh")
    fitted("start.sh 1", f"  env: {{PATH: {app.folder / 'bin'}}}\n")
    fitted("start.sh 1", "  env: {PATH: '/nowhere:bin'}\n")  # of the folder that it runs in
    with pytest.raises(BadInput, match=r"no program 'start\.sh' on PATH"):
        fitted("start.sh 1")


@pytest.mark.parametrize("half", ["kind: command\n  command: python3 app.py", URL])
def test_a_cloud_app_on_this_machine_decides_what_auto_is(app: type[Written], half: str) -> None:
    app.check(tail=f"  {half}\n")
    told: list[str] = []
    fitted = fitting.fitted_engine(Settings(), [app.folder, app.folder], {}, told.append)
    assert fitted == Settings(engine="local")
    assert told == [
        "--engine auto is local here: the cloud app is on this machine, where a container does "
        "not reach it (Charts)"
    ]


@pytest.mark.parametrize(
    "settings", [{"engine": "docker"}, {"confluence": "atlassian/confluence:9.2"}]
)
def test_a_cloud_app_that_no_container_reaches_is_refused_with_its_line(
    app: type[Written], settings: dict[str, Any]
) -> None:
    app.check(tail=f"  {URL}\n")
    with pytest.raises(BadInput, match=r"app\.yaml:7: cloud\.kind: url: .*: use --engine local"):
        fitting.fitted_engine(Settings(**settings), [app.folder], {}, pytest.fail)


@pytest.mark.parametrize(
    ("half", "settings"),
    [
        (URL, {"engine": "local"}),
        (URL, {"replay": Path("somewhere"), "engine": "docker"}),
        (URL, {"confluence": "https://confluence.example.org"}),
        ("behaviour: seed", {}),
        ("behaviour: seed", {"engine": "docker"}),
        ("kind: command\n  command: python3 app.py", {"engine": "local"}),
    ],
)
def test_any_other_engine_stays_as_it_was_chosen(
    app: type[Written], half: str, settings: dict[str, Any]
) -> None:
    app.check(tail=f"  {half}\n")
    given = Settings(**settings)
    assert fitting.fitted_engine(given, [app.folder], {}, pytest.fail) == given


def test_what_the_jar_does_not_show_is_not_judged(app: type[Written]) -> None:
    app.listeners = (replace(LISTENER, server_key=None, cloud_key=None),)
    assert app.check(server="other", cloud="other") == []
    app.listeners = ()
    assert app.check(server="other", cloud="other") == []


def test_a_glob_has_to_match_one_file(app: type[Written]) -> None:
    assert app.check(jar='"ch*.jar"') == []
    (app.folder / "charts-sources.jar").write_bytes(app.jar.read_bytes())
    with pytest.raises(BadInput, match=r":4: .* matches 2 files: charts-sources\.jar, charts\.jar"):
        app.check(jar='"ch*.jar"')
    with pytest.raises(BadInput, match=r"no file matches target/\*\.jar: is the plugin built"):
        app.check(jar='"target/*.jar"')


def test_a_jar_that_is_not_there_is_told_with_the_nearest(app: type[Written]) -> None:
    with pytest.raises(BadInput, match=r"there is no chart\.jar; did you mean 'charts\.jar'"):
        app.check(jar="chart.jar")


def test_the_descriptor_beside_the_app_has_the_same_key(app: type[Written]) -> None:
    half = app.folder / "cloud"
    half.mkdir()
    for name in ("package.json", "package-lock.json", "start.js"):
        (half / name).write_text("{}")
    tail = "  kind: ace\n  source: cloud\n"
    (half / "atlassian-connect.json").write_text('{"key": "x-cloud"}')
    assert app.check(tail=tail) == []
    (half / "atlassian-connect.json").write_text('{"key": "x.cloud"}')
    with pytest.raises(BadInput, match=r"atlassian-connect\.json has 'x\.cloud', app\.yaml says"):
        app.check(tail=tail)


def test_the_command_line_goes_before_the_file(app: type[Written], tmp_path: Path) -> None:
    app.check()
    said = overrides_of(tmp_path / "other.jar", ["cloud.key=mine", "name=Other"])
    changed = apps.load(app.folder, said)
    assert (changed.cloud.key, changed.name) == ("mine", "Other")
    assert changed.server.jar == tmp_path / "other.jar"
    with pytest.raises(BadInput, match="unknown key 'kye'; did you mean 'key'"):
        apps.load(app.folder, overrides_of(None, ["cloud.kye=mine"]))
    with pytest.raises(BadInput, match="write NAME=VALUE"):
        overrides_of(None, ["cloud.key"])
