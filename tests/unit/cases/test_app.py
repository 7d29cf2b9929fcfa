"""What `app.yaml` says, and what is refused with its line."""

from pathlib import Path

import pytest

from harness.cases import app as apps
from harness.engines import app_builds, builds
from harness.engines.app_builds import server_jar
from harness.errors import BadInput
from harness.support import assets

SERVER = "name: Charts\nserver:\n  key: charts-plugin\n  source: server\n"


def described(folder: Path, text: str) -> Path:
    (folder / "app.yaml").write_text(SERVER + text)
    return folder


def connect_app(folder: Path) -> Path:
    folder.mkdir()
    for name in ("package.json", "package-lock.json", "start.js"):
        (folder / name).write_text("{}")
    return folder


def test_the_cloud_half_is_scripted_where_nothing_is_said(tmp_path: Path) -> None:
    cloud = apps.load(described(tmp_path, "cloud:\n  key: c\n")).cloud
    assert (cloud.kind, cloud.behaviour, cloud.source) == ("scripted", "seed", None)


def test_the_paths_of_a_connect_app_are_resolved(tmp_path: Path) -> None:
    source = connect_app(tmp_path / "cloud-ace")
    (tmp_path / "site.yaml").write_text("")
    text = "cloud:\n  kind: ace\n  key: c\n  source: cloud-ace\nsite: site.yaml\n"
    app = apps.load(described(tmp_path, text))
    assert (app.cloud.source, app.site) == (source, tmp_path / "site.yaml")


def test_an_address_of_the_plugins_own_is_a_path(tmp_path: Path) -> None:
    text = SERVER + "  address: {}\ncloud:\n  key: c\n"
    (tmp_path / "app.yaml").write_text(text.format("/rest/charts/1/health"))
    assert apps.load(tmp_path).server.address == "/rest/charts/1/health"
    (tmp_path / "app.yaml").write_text(text.format("rest/charts/1/health"))
    with pytest.raises(BadInput, match=r"app\.yaml:5"):
        apps.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "cloud:\n  key: c\n  kind: php\n",
            r"app.yaml:7: cloud.kind: .*'scripted', 'ace', 'forge', 'command' or 'url'",
        ),
        ("cloud:\n  key: c\n  kind: forge\n", r":5: cloud: .*`source` folder go together"),
        ("cloud:\n  kind: forge\n  key: c\n  source: .\n", r":8: cloud.source: .*package.json"),
        ("cloud:\n  key: c\n  environment: staging\n", r":5: cloud: `environment` is for"),
        ("cloud:\n  key: c\n  kind: ace\n", r":5: cloud: .*`source` folder go together"),
        ("cloud:\n  key: c\n  source: .\n", r":5: cloud: `kind: ace` or"),
        (
            "cloud:\n  key: c\n  kind: ace\n  source: made\n  behaviour: seed\n",
            r":5: cloud: `behaviour` is for `kind: scripted`",
        ),
        ("cloud:\n  kind: ace\n  key: c\n  source: .\n", r":8: cloud.source: .*package.json in \."),
        ("cloud:\n  key: c\n  behaviour: sead\n", r":7: cloud.behaviour: .*did you mean 'seed'"),
        (
            "cloud:\n  key: c\n  behaviour:\n    steps:\n      - {wait: x}\n",
            r":9: cloud.behaviour.*: a step is a mapping with one of",
        ),
        ("cloud:\n  key: c\nsite: none.yaml\n", r":7: site: there is no none.yaml"),
        ("cloud:\n  key: c\n  behavior: seed\n", r":7: .*'behavior'; did you mean"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        apps.load(described(tmp_path, text))


def test_server_sources_may_lie_in_another_apps_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Path] = []

    def server_app(source: Path, _progress: object) -> Path:
        built.append(source)
        return tmp_path / "app.jar"

    monkeypatch.setattr(builds, "server_app", server_app)
    monkeypatch.setattr(app_builds, "check_jar", lambda _jar: None)
    folder = assets.sample_app("charts-ace")
    server_jar(folder, apps.load(folder), lambda _line: None)
    assert built == [assets.sample_app("charts")]


def test_a_jar_that_is_a_folder(tmp_path: Path) -> None:
    folder = described(tmp_path, "cloud:\n  key: c\n")
    text = (folder / "app.yaml").read_text().replace("source: server", "jar: target")
    (folder / "app.yaml").write_text(text)
    (folder / "target").mkdir()
    with pytest.raises(BadInput, match=r"server\.jar: target is a folder: .*target/\*\.jar"):
        server_jar(folder, apps.load(folder), lambda _line: None)


def test_the_same_sources_in_a_folder_of_another_name_are_another_jar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[Path], _what: str) -> None:
        command[-1].write_bytes(b"a jar")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(builds, "_run", run)
    monkeypatch.setattr(builds, "standin", lambda _progress: tmp_path)
    (tmp_path / builds.API_JAR).touch()
    for name in ("charts", "a copy"):
        (tmp_path / name / "server").mkdir(parents=True)
        (tmp_path / name / "server" / "Charts.java").write_text("class Charts {}")
    jars = [builds.server_app(tmp_path / name, lambda _: None) for name in ("charts", "a copy")]
    assert [jar.name for jar in jars if jar.is_file()] == ["charts.jar", "a copy.jar"]


def test_server_sources_that_are_not_there(tmp_path: Path) -> None:
    folder = described(tmp_path, "cloud:\n  key: c\n")
    with pytest.raises(BadInput, match=r"server\.source: server is not a folder named `server`"):
        server_jar(folder, apps.load(folder), lambda _line: None)


def test_without_npm_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match=r"node is not on the PATH .*apt-get install nodejs npm"):
        builds.node_app(connect_app(tmp_path / "app"), lambda _line: None)


COMMAND = "cloud:\n  kind: command\n  key: c\n"


def test_a_command_may_be_a_line_or_words_and_runs_in_the_apps_folder(tmp_path: Path) -> None:
    (tmp_path / "cloud").mkdir()
    text = COMMAND + "  command: node 'my app.js'\n  env: {A: b}\n  health: /up\n"
    cloud = apps.load(described(tmp_path, text)).cloud
    assert (cloud.command, cloud.source) == (("node", "my app.js"), tmp_path)
    words = COMMAND + "  command: [java, -jar, app.jar]\n  source: cloud\n"
    cloud = apps.load(described(tmp_path, words)).cloud
    assert (cloud.command, cloud.source) == (("java", "-jar", "app.jar"), tmp_path / "cloud")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (COMMAND, "has a `command`"),
        ("cloud:\n  kind: url\n  key: c\n", "has a `url`"),
        ("cloud:\n  kind: url\n  key: c\n  url: localhost:3000\n", "url"),
        ("cloud:\n  key: c\n  command: node\n", "`command` is for `kind: command`"),
        ("cloud:\n  key: c\n  env: {A: b}\n", "`env` is for `kind: command`"),
        ("cloud:\n  key: c\n  health: /up\n", "is for `kind: command` or `kind: url`"),
        (COMMAND + "  command: x\n  behaviour: seed\n", "follows no script"),
        (COMMAND + "  command: x\n  source: none\n", "there is no folder none"),
    ],
)
def test_what_does_not_fit_the_kind_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        apps.load(described(tmp_path, text))


def test_apps_in_other_environments_are_other_cloud_halves(tmp_path: Path) -> None:
    def half(env: str) -> str:
        text = f"{COMMAND}  command: x\n  env: {{{env}}}\n"
        return apps.load(described(tmp_path, text)).cloud_half

    assert half("A: b") == half("A: b") != half("A: c")


def test_an_empty_description_and_a_file_in_place_of_its_folder_are_told_as_such(
    tmp_path: Path,
) -> None:
    (tmp_path / "app.yaml").write_text("")
    with pytest.raises(BadInput, match=r"app\.yaml: the file is empty"):
        apps.load(tmp_path)
    with pytest.raises(BadInput, match=r"app\.yaml: this is a file: name the folder that it is in"):
        apps.load(tmp_path / "app.yaml")
