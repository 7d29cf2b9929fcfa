"""Jars of the host that a vendor gives: where they are found, and which are refused."""

import zipfile
from pathlib import Path

import pytest

from harness.cases.app import load
from harness.errors import BadInput
from harness.plugin_jar.provided import find_jars, packages_by_jar


def jar(path: Path, *classes: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as out:
        for name in classes:
            out.writestr(f"{name}.class", b"")
    return path


def test_a_path_and_a_glob_begin_at_the_apps_folder(tmp_path: Path) -> None:
    one, two = jar(tmp_path / "lib/a.jar", "x/A"), jar(tmp_path / "lib/b.jar", "y/B")
    assert find_jars(tmp_path, "lib/a.jar") == [one]
    assert find_jars(tmp_path, "lib/*.jar") == [one, two]
    assert find_jars(tmp_path / "other", str(one)) == [one]


def test_coordinates_are_found_in_the_local_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    place = tmp_path / ".m2/repository/com/atlassian/sal/sal-api/4.4.2/sal-api-4.4.2.jar"
    jar(place, "com/atlassian/sal/api/ApplicationProperties")
    assert find_jars(tmp_path, "com.atlassian.sal:sal-api:4.4.2") == [place]
    with pytest.raises(BadInput, match=r"mvn dependency:get -Dartifact=com.x:y:1"):
        find_jars(tmp_path, "com.x:y:1")


def test_two_versions_of_one_package_are_refused(tmp_path: Path) -> None:
    old, new = jar(tmp_path / "api-1.jar", "x/A"), jar(tmp_path / "api-2.jar", "x/B")
    packages_by_jar([old, old])
    with pytest.raises(BadInput, match=r"two jars have the package x: api-1.jar and api-2.jar"):
        packages_by_jar([old, new])


def test_what_is_no_jar_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jar").write_text("no jar")
    with pytest.raises(BadInput, match=r"a.jar is not a jar"):
        packages_by_jar([tmp_path / "a.jar"])


APP = """name: Charts
server:
  key: charts
  jar: charts.jar
  provided:
    - {given}
cloud: {{key: charts}}
host: {{{host}}}
"""


def written(folder: Path, given: str, host: str = "") -> Path:
    (folder / "app.yaml").write_text(APP.format(given=given, host=host))
    return folder


def test_an_app_names_its_jars_and_answers(tmp_path: Path) -> None:
    one = jar(tmp_path / "api.jar", "x/A")
    app = load(written(tmp_path, "api.jar", "com.example.Store.all: [a]"))
    assert app.server.provided == (str(one),)
    assert app.host == {"com.example.Store.all": ["a"]}


@pytest.mark.parametrize(
    ("given", "host", "says"),
    [
        ("none.jar", "", r"app.yaml:6: server.provided: there is no none.jar"),
        ("a:b:1", "", r"app.yaml:6: server.provided: a:b:1 is not in the local Maven repository"),
        ("api.jar", "all: 1", r"app.yaml:8: host: 'all' is not package.Type.method"),
        ("api.jar", "x.Y.all: [{key: A}]", r"app.yaml:8: host: an object in the list of x.Y.all"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(
    tmp_path: Path, given: str, host: str, says: str
) -> None:
    jar(tmp_path / "api.jar", "x/A")
    with pytest.raises(BadInput, match=says):
        load(written(tmp_path, given, host))
