"""What `harness init` writes: it loads, it collects, it overwrites nothing."""

import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from harness import cases
from harness.cases import app
from harness.cli import init
from harness.errors import BadInput
from harness.plugin_jar.classfile import Constant
from harness.plugin_jar.read import JarListener, read_plugin

DESCRIPTOR = '<atlassian-plugin key="{key}" plugins-version="2"/>'


def jar(folder: Path, key: str = "acme.charts", name: str = 'Acme "Charts" \\ 漢') -> Path:
    path = folder / "acme.jar"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", f"Manifest-Version: 1.0\nBundle-Name: {name}\n")
        archive.writestr("atlassian-plugin.xml", DESCRIPTOR.format(key=key))
    return path


def test_the_example_loads(tmp_path: Path) -> None:
    written = init.write(tmp_path / "repo", jar=jar(tmp_path), cloud_key="acme-cloud")
    assert [path.relative_to(tmp_path / "repo").as_posix() for path in written] == list(
        init.FILES.values()
    )
    folder = tmp_path / "repo" / "migration"
    described = app.load(folder)
    assert described.name == 'Acme "Charts" \\ 漢'
    assert (described.server.key, described.cloud.key) == ("acme.charts", "acme-cloud")
    assert described.server.jar is not None
    assert (folder / described.server.jar).resolve() == tmp_path / "acme.jar"
    assert [case.id for case in cases.load(folder / "cases.yaml")] == [
        "acme-charts[feature=on,dev-mode=off,ccma=3.9.6]",
        "acme-charts[feature=on,dev-mode=on,ccma=3.9.6]",
    ]


def test_the_example_without_a_jar_loads_too(tmp_path: Path) -> None:
    init.write(tmp_path)
    assert len(cases.load(tmp_path / "migration" / "cases.yaml")) == 2
    assert app.load(tmp_path / "migration").server.key == "my-app"


def test_the_test_collects(tmp_path: Path) -> None:
    init.write(tmp_path, jar=jar(tmp_path))
    words = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*words, "migration"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "3 tests collected" in done.stdout


def test_the_ci_file_is_yaml_and_runs_the_cases(tmp_path: Path) -> None:
    init.write(tmp_path)
    workflow = yaml.safe_load((tmp_path / ".github" / "workflows" / "migration.yml").read_text())
    steps = [step.get("run", "") for step in workflow["jobs"]["migration"]["steps"]]
    assert any("harness run migration/cases.yaml" in step for step in steps)


@pytest.mark.parametrize("place", init.FILES.values())
def test_what_is_there_is_left_and_what_is_missing_is_written(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text("mine")
    written = init.write(tmp_path)
    assert (tmp_path / place).read_text() == "mine"
    assert {path.relative_to(tmp_path).as_posix() for path in written} == {
        each for each in init.FILES.values() if each != place
    }
    assert init.write(tmp_path) == []


def test_a_jar_that_is_none_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "no.jar").write_text("no")
    with pytest.raises(BadInput, match=r"no\.jar"):
        init.write(tmp_path / "repo", jar=tmp_path / "no.jar")
    assert not (tmp_path / "repo").exists()


def test_a_key_that_the_listener_does_not_return_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = JarListener("x.L", (), "", Constant("acme.charts"), Constant("acme-cloud"), ())
    plugin = replace(read_plugin(jar(tmp_path)), listeners=(listener,))
    monkeypatch.setattr(init, "read_plugin", lambda _: plugin)
    with pytest.raises(BadInput, match=r"--cloud-key acme: .* returns acme-cloud, .* leave"):
        init.write(tmp_path / "repo", jar=tmp_path / "acme.jar", cloud_key="acme")
    assert not (tmp_path / "repo").exists()
    init.write(tmp_path / "repo", jar=tmp_path / "acme.jar", cloud_key="acme-cloud")


def test_a_folder_that_is_a_file_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "repo").write_text("a file")
    with pytest.raises(BadInput, match="cannot be written there"):
        init.write(tmp_path / "repo")


@pytest.mark.parametrize("key", ["1st.app", "My_App.X", "--", "a\nb"])
def test_any_key_makes_a_valid_example(tmp_path: Path, key: str) -> None:
    init.write(tmp_path, server_key=key)
    assert cases.load(tmp_path / "migration" / "cases.yaml")
    assert app.load(tmp_path / "migration").server.key == key
    compile((tmp_path / "migration" / "test_migration.py").read_text(), "test", "exec")
