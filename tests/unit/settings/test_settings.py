from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.settings import DECLARED, IMAGES_OWN, kept_by_a_run, project_root, resolve


def test_each_value_knows_where_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "harness.toml").write_text('engine = "docker"\nworkers = 2\nsite = "acme"\n')
    environ = {"HARNESS_ENGINE": "local", "HARNESS_WORKERS": "3"}
    resolved = resolve({"engine": "auto", "ccma": None}, environ, tmp_path)
    settings, sources = resolved.settings, resolved.sources
    assert (settings.engine, settings.workers, settings.site) == ("auto", 3, "acme")
    assert (sources["engine"], sources["workers"], sources["site"], sources["ccma"]) == (
        "flag",
        "variable",
        "file",
        "default",
    )


def test_the_file_counts_in_its_whole_project_and_paths_in_it_are_beside_it(tmp_path: Path) -> None:
    below = tmp_path / "migration" / "cases"
    below.mkdir(parents=True)
    assert project_root(below) == below
    (tmp_path / ".git").mkdir()
    assert project_root(below) == tmp_path
    file = tmp_path / "migration" / "harness.toml"
    file.write_text('workers = 3\nresults = "runs"\ndocker_socket = "/run/docker.sock"\n')
    assert project_root(below) == file.parent
    settings = resolve({}, {}, below).settings
    assert (settings.workers, settings.results) == (3, file.parent / "runs")
    assert settings.docker_socket == Path("/run/docker.sock")
    file.write_text("worker = 3\n")
    with pytest.raises(BadInput, match=rf"^{file}: no setting is called 'worker'"):
        resolve({}, {}, below)


def test_the_table_in_pyproject_serves_as_well_and_only_one_file_does(tmp_path: Path) -> None:
    below = tmp_path / "tests"
    below.mkdir()
    shared = tmp_path / "pyproject.toml"
    shared.write_text('[project]\nname = "x"\n# harness, tool\n')
    assert (project_root(below), resolve({}, {}, below).file) == (below, None)
    shared.write_text('[tool.harness]\nworkers = 3\nresults = "runs"\n')
    resolved = resolve({}, {}, below)
    assert (resolved.settings.workers, resolved.sources["workers"]) == (3, "file")
    assert (resolved.settings.results, resolved.file) == (tmp_path / "runs", shared)
    shared.write_text("[tool.harness]\nworker = 3\n")
    with pytest.raises(BadInput, match=rf"^{shared}: no setting is called 'worker'; did you mean"):
        resolve({}, {}, below)
    own = tmp_path / "harness.toml"
    own.touch()
    with pytest.raises(BadInput, match=rf"^{own}: the settings stand there and in .tool.harness."):
        resolve({}, {}, below)


@pytest.mark.parametrize(
    ("flags", "environ", "told"),
    [
        ({"engine": "podman"}, {}, r"^setting engine \(--engine\): "),
        ({}, {"HARNESS_WORKERS": "many"}, r"^setting workers \(HARNESS_WORKERS\): "),
        ({"ccma": "3.2"}, {}, r"no CCMA version '3\.2' is modelled; there are 3\.1\.7, 3\.3\.7"),
        ({"time_scale": 0.0}, {}, r"^setting time_scale \(--time-scale\): "),
        ({"http_port": 70000}, {}, r"^setting http_port \(--http-port\): "),
    ],
)
def test_a_wrong_value_names_its_place(
    flags: dict[str, object], environ: dict[str, str], told: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=told):
        resolve(flags, environ, tmp_path)


def test_an_unknown_name_in_the_file_gets_the_nearest_word(tmp_path: Path) -> None:
    (tmp_path / "harness.toml").write_text("worker = 2\n")
    with pytest.raises(BadInput, match=r"no setting is called 'worker'; did you mean 'workers'\?"):
        resolve({}, {}, tmp_path)


def test_server_time_is_quick_on_the_stand_in_and_true_on_a_real_image(tmp_path: Path) -> None:
    assert resolve({}, {}, tmp_path).settings.scale > 1
    real = resolve({"confluence": "atlassian/confluence:9.2"}, {}, tmp_path).settings
    assert real.scale == 1
    assert resolve({"time_scale": 60.0}, {}, tmp_path).settings.scale == 60


@pytest.mark.parametrize(
    ("flags", "environ", "told"),
    [
        ({"ccma": "3.1.7"}, {}, r"^setting ccma \(--ccma\): .*:9\.2 has the CCMA it has"),
        ({}, {"HARNESS_ENGINE": "local"}, r"^setting engine \(HARNESS_ENGINE\): .*Docker only"),
        ({"memory": "lots"}, {}, r"^setting memory \(--memory\): "),
        ({"golden": "../other"}, {}, r"^setting golden \(--golden\): "),
    ],
)
def test_what_a_real_image_cannot_be_asked_for(
    flags: dict[str, object], environ: dict[str, str], told: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=told):
        resolve({"confluence": "atlassian/confluence:9.2", **flags}, environ, tmp_path)


def test_only_a_stand_in_shows_the_version_that_a_case_names(tmp_path: Path) -> None:
    standin = resolve({"ccma": "3.1.7"}, {}, tmp_path).settings
    assert (standin.ccma_for(), standin.ccma_for("3.9.6")) == ("3.1.7", "3.9.6")
    real = resolve({"confluence": "atlassian/confluence:9.2"}, {}, tmp_path).settings
    assert (real.ccma_for(), real.ccma_for("3.1.7")) == (IMAGES_OWN, IMAGES_OWN)


def test_an_address_has_no_password_in_it(tmp_path: Path) -> None:
    address = "https://wiki.example.com/confluence"
    there = resolve({"confluence": address}, {}, tmp_path).settings
    assert there.is_attached
    assert there.scale == 1
    with pytest.raises(BadInput, match="leave user and password out of the address"):
        resolve({"confluence": "https://admin:secret@wiki.example.com"}, {}, tmp_path)


def test_a_setting_is_spelled_alike_everywhere() -> None:
    each = DECLARED["time_scale"]
    assert (each.flag, each.variable, each.ini) == (
        "--time-scale",
        "HARNESS_TIME_SCALE",
        "harness_time_scale",
    )
    assert (each.type, each.choices, each.kept) == (float, (), True)
    assert DECLARED["engine"].choices == ("auto", "docker", "local")
    assert DECLARED["licence_file"].type is Path
    assert DECLARED["keep"].type is bool
    assert all(each.help for each in DECLARED.values())


def test_pytests_configuration_comes_before_the_file_and_after_the_variable(
    tmp_path: Path,
) -> None:
    (tmp_path / "harness.toml").write_text('engine = "docker"\nccma = "3.9.6"\n')
    ini = {"engine": "local", "time_scale": "fast"}
    environ = {"HARNESS_TIME_SCALE": "60"}
    resolved = resolve({}, environ, tmp_path, ini=ini)
    assert (resolved.settings.engine, resolved.settings.scale) == ("local", 60)
    assert (resolved.sources["engine"], resolved.sources["time_scale"]) == ("ini", "variable")
    with pytest.raises(BadInput, match=r"^setting time_scale \(harness_time_scale\): "):
        resolve({}, {}, tmp_path, ini=ini)


def test_a_resumed_run_keeps_its_values_whatever_the_environment_says(tmp_path: Path) -> None:
    began = resolve({"ccma": None, "golden": "base"}, {}, tmp_path).settings
    kept = kept_by_a_run(began)
    assert kept == {
        "engine": "auto",
        "confluence": "standin",
        **dict.fromkeys(
            ("cloud", "user", "ca", "log", "log_zone", "jdwp", "plan", "app_before"), None
        ),
        "ccma": None,
        "time_scale": 200,
        "isolation": "reset",
        "start": "wizard",
        "golden": "base",
        "standin_platform": None,
        "replay": None,
    }
    resolved = resolve({}, {"HARNESS_CCMA": "3.1.7", "HARNESS_WORKERS": "2"}, tmp_path, run=kept)
    assert (resolved.settings.ccma, resolved.settings.workers) == (None, 2)
    assert (resolved.sources["ccma"], resolved.sources["workers"]) == ("run", "variable")


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ({"record": "a", "replay": "b"}, r"^setting replay \(--replay\): .*leave --record out"),
        ({"replay": "b", "keep": True}, r"^setting keep \(--keep\): "),
    ],
)
def test_recordings_that_could_not_be_are_refused(
    flags: dict[str, object], told: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=told):
        resolve(flags, {}, tmp_path)


def test_a_replay_and_another_platform_have_no_stub(tmp_path: Path) -> None:
    assert resolve({"record": "a"}, {}, tmp_path).settings.has_stub
    for more in (
        {"replay": "b"},
        {"record": "a", "standin_platform": "http://127.0.0.1:1"},
        {"cloud": "real"},
    ):
        assert not resolve(more, {}, tmp_path).settings.has_stub
