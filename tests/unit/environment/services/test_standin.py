"""Services as they are described for each engine; nothing is started."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from placements import AUTHORITY, InDocker, OnLoopback

from harness.cases import app as sample_apps
from harness.drivers.confluence.session import Account
from harness.engines.service import Placement, Service
from harness.engines.toolchain import Toolchain
from harness.environment.services import standin as services
from harness.environment.services.cloud import cloud
from harness.environment.services.cloud_app import ace_app, cloud_app, forge_app
from harness.support import assets

FORGE = sample_apps.load(assets.sample_app("forge-backend")).cloud


def standin(scale: float = 300, toolchain: Toolchain | None = None) -> Service:
    return services.standin(
        "image",
        ccma="3.1.7",
        site="demo",
        authority=AUTHORITY,
        scale=scale,
        platform_url="https://api.atlassian.com",
        account=Account("admin", "word"),
        fixed_ports={},
        toolchain=toolchain,
        jars="/jars" if toolchain else None,
    )


def test_the_container_keeps_the_ports_home_and_debugger_flag_of_the_real_image() -> None:
    service = standin()
    assert service.ports == {"http": 8090, "synchrony": 8091, "jdwp": 5005}
    assert service.folders == {"home": "/var/atlassian/application-data/confluence"}
    arguments = service.env(InDocker())["JVM_SUPPORT_RECOMMENDED_ARGS"]
    # The star matters: from Java 9 on a bare port listens on the container's loopback only.
    assert "server=y,suspend=n,address=*:5005" in arguments
    assert service.argv(InDocker()) == []


def test_the_standin_is_told_by_which_name_it_is_called() -> None:
    assert standin().env(InDocker())["STANDIN_HOSTS"] == "docker.example"
    assert standin().env(OnLoopback())["STANDIN_HOSTS"] == "docker.example"


def test_server_time_is_there_from_the_jvms_start() -> None:
    env = standin(scale=300).env(InDocker())
    assert (env["FAKETIME"], env["STANDIN_TIME_SCALE"]) == ("+0 x300", "300")
    # The container starts as root and drops: only its entrypoint may preload the library.
    assert "LD_PRELOAD" not in env


def test_real_time_needs_no_library() -> None:
    assert not {"FAKETIME", "LD_PRELOAD"} & set(standin(scale=1).env(InDocker()))


def test_locally_every_port_is_chosen_by_the_service_on_loopback() -> None:
    toolchain = Toolchain(Path("/java"), Path("/javac"), Path("/faketime.so"))
    service = standin(toolchain=toolchain)
    env, argv = service.env(OnLoopback()), service.argv(OnLoopback())
    assert env["STANDIN_HTTP_PORT"] == env["STANDIN_SYNCHRONY_PORT"] == "0"
    assert env["STANDIN_BIND"] == "127.0.0.1"
    # The shell before the JVM must not load libfaketime: it is an argument, no variable.
    assert "LD_PRELOAD" not in env
    assert argv[:2] == ["/bin/sh", "-c"]
    assert argv[3:5] == ["/faketime.so", "/java"]
    assert argv[-2:] == ["-jar", "/jars/standin.jar"]
    assert any(word.endswith("address=127.0.0.1:0") for word in argv)


def test_locally_the_jvm_is_started_without_a_shell_where_time_is_real() -> None:
    toolchain = Toolchain(Path("/java"), Path("/javac"), Path("/faketime.so"))
    assert standin(scale=1, toolchain=toolchain).argv(OnLoopback())[0] == "/java"


@pytest.mark.parametrize("place", [InDocker(), OnLoopback()])
def test_no_password_stands_in_a_command_line(place: Placement) -> None:
    toolchain = Toolchain(Path("/java"), Path("/javac"), Path("/faketime.so"))
    account = Account("someone", "sentinel-41c9")
    service = services.standin(
        "image",
        ccma="3.9.6",
        site="demo",
        authority=AUTHORITY,
        scale=1,
        platform_url="https://api.atlassian.com",
        account=account,
        fixed_ports={},
        toolchain=toolchain,
        jars="/jars",
    )
    assert not any("sentinel-41c9" in word for word in service.argv(place))


def test_the_cloud_answers_for_the_real_hosts_and_the_site() -> None:
    service = cloud("image", "acme", AUTHORITY, 300)
    assert "api.atlassian.com" in service.aliases
    assert "connect-install-keys.atlassian.com" in service.aliases
    assert "acme.atlassian.net" in service.aliases


def test_the_cas_private_key_is_given_to_nobody() -> None:
    for service in (
        cloud("image", "acme", AUTHORITY, 300),
        cloud_app("image", "charts-for-confluence", AUTHORITY, 300),
        ace_app("image", AUTHORITY, "acme", None),
        forge_app("image", FORGE, AUTHORITY, "https://api", "https://site"),
        standin(),
    ):
        keys = [name for name, content in service.files.items() if b"PRIVATE KEY" in content]
        assert keys in ([], ["tls.key"])


def test_a_real_connect_app_is_told_no_more_than_in_production() -> None:
    service = ace_app("image", AUTHORITY, "acme", None)
    env = service.env(InDocker())
    assert service.argv(InDocker()) == []
    assert env["AC_LOCAL_BASE_URL"] == "https://cloud-app"
    assert env["AC_HOST_WHITELIST"] == "acme.atlassian.net"
    # Any other mode prints the shared secret of an install.
    assert env["NODE_ENV"] == "production"
    assert "CONNECT_KEYS_CDN_URL" not in env
    assert "PORTS_FILE" not in env


def test_on_loopback_a_connect_app_fetches_keys_where_it_is_told() -> None:
    service = ace_app("/made", AUTHORITY, "acme", "https://127.0.0.1:1")
    env = service.env(OnLoopback())
    assert service.argv(OnLoopback()) == ["node", "/made/start.js"]
    assert env["CONNECT_KEYS_CDN_URL"] == "https://127.0.0.1:1"
    assert (env["PORT"], env["PORTS_FILE"]) == ("0", "/run/ports.json")
    assert env["AC_HOST_WHITELIST"] == "127.0.0.1"


def test_a_forge_apps_functions_are_run_by_our_runtime_on_either_engine() -> None:
    service = forge_app("/made", FORGE, AUTHORITY, "https://api.example", "https://site.example")
    assert service.argv(InDocker()) == []
    node, runtime, app = service.argv(OnLoopback())
    assert (node, Path(runtime).name, app) == ("node", "runtime.js", "/made")
    assert Path(runtime).is_file()
    env = service.env(InDocker())
    assert (env["PLATFORM"], env["SITE"]) == ("https://api.example", "https://site.example")
    assert "PORTS_FILE" not in env
    modules = json.loads(service.files["modules.json"])
    assert modules["functions"]["take-data"] == "migration.takeData"


def test_the_site_has_content_where_there_is_some() -> None:
    empty = cloud("image", "acme", AUTHORITY, 300)
    full = cloud("image", "acme", AUTHORITY, 300, b"spaces: []")
    assert "--site-file" not in empty.argv(InDocker())
    assert "/files/site.yaml" in full.argv(InDocker())
    assert full.files["site.yaml"] == b"spaces: []"


def entrypoint() -> Any:
    """The image's own program, as a module."""
    path = assets.docker_context("confluence-standin") / "entrypoint.py"
    spec = importlib.util.spec_from_file_location("entrypoint", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("variables", "heap"),
    [({}, ["-Xms32m", "-Xmx256m"]), ({"JVM_MAXIMUM_MEMORY": "1g"}, ["-Xms32m", "-Xmx1g"])],
)
def test_the_stand_ins_heap_is_small_unless_the_images_variables_say_otherwise(
    variables: dict[str, str], heap: list[str]
) -> None:
    words = entrypoint().java_command(variables)
    assert [word for word in words if word.startswith("-Xm")] == heap


def test_the_images_variables_become_the_jvms_words() -> None:
    variables = {
        "JVM_RESERVED_CODE_CACHE_SIZE": "383m",
        "JVM_SUPPORT_RECOMMENDED_ARGS": "-Da=1 -Db='two words'",
    }
    words = entrypoint().java_command(variables)
    assert words[0] == "java"
    assert "-XX:ReservedCodeCacheSize=383m" in words
    assert words[-4:] == ["-Da=1", "-Db=two words", "-jar", "/opt/standin/standin.jar"]


def test_the_server_begins_with_its_wizard_and_has_a_clock_of_its_own() -> None:
    module = entrypoint()
    assert module.java_environment({}) == {"STANDIN_SETUP": "wizard"}
    given = {"STANDIN_SETUP": "complete", "FAKETIME": "+0 x200", "FAKETIME_SHARED": "/sem /shm"}
    assert module.java_environment(given) == {
        "STANDIN_SETUP": "complete",
        "FAKETIME": "+0 x200",
        "LD_PRELOAD": module.FAKETIME,
    }
