"""A real image as it would be started: environment, flags, files, mounts. Nothing is started."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from placements import AUTHORITY, InDocker

from harness.drivers.confluence.licence import Licence
from harness.engines.service import Service
from harness.environment.services import real_image
from harness.environment.services.confluence import ConfluenceSide, describe
from harness.environment.services.real_image import postgres_for
from harness.environment.tls import Authority
from harness.settings import Settings

LICENCE = Licence("AAAB-sentinel-77f0")


IMAGE = "atlassian/confluence:9.2"


def confluence(
    scale: float = 1,
    licence: Licence | None = LICENCE,
    authority: Authority | None = AUTHORITY,
) -> Service:
    return real_image.confluence(
        IMAGE,
        authority=authority,
        scale=scale,
        licence=licence,
        fixed_ports={},
        faketime=b"\x7fELF" if scale != 1 else None,
    )


def test_the_environment_is_that_of_the_images_manual() -> None:
    env = dict(confluence().env(InDocker()))
    arguments = env.pop("JVM_SUPPORT_RECOMMENDED_ARGS").split()
    assert env == {
        "ATL_LICENSE_KEY": "AAAB-sentinel-77f0",
        "ATL_DB_TYPE": "postgresql",
        "ATL_JDBC_URL": "jdbc:postgresql://database:5432/confluence",
        "ATL_JDBC_USER": "confluence",
        "ATL_JDBC_PASSWORD": "confluence",
        "JVM_MINIMUM_MEMORY": "1024m",
        "JVM_MAXIMUM_MEMORY": "2048m",
    }
    assert arguments == [
        "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005",
        "-Djavax.net.ssl.trustStore=/files/trust.p12",
        "-Djavax.net.ssl.trustStorePassword=changeit",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
        "-Dupm.plugin.upload.enabled=true",
        "-Datlassian.upm.signature.check.disabled=true",
        "-Dpassword.confirmation.disabled=true",
        "-Dcom.atlassian.plugins.authentication.basic.auth.filter.force.allow=true",
        "-Dupm.pac.disable=true",
        "-Dconfluence.disable.mailpolling=true",
    ]


def test_with_the_real_cloud_it_keeps_its_own_trust_and_nothing_else_differs() -> None:
    usual, own = confluence(), confluence(authority=None)
    with_ours, with_its_own = dict(usual.env(InDocker())), dict(own.env(InDocker()))
    words = with_ours.pop("JVM_SUPPORT_RECOMMENDED_ARGS").split()
    assert with_its_own.pop("JVM_SUPPORT_RECOMMENDED_ARGS").split() == [
        each for each in words if "trustStore" not in each
    ]
    assert with_its_own == with_ours
    assert dict(own.files) == {}
    assert replace(own, env=usual.env, argv=usual.argv, files=usual.files) == usual


def described(cloud: str | None, proxy: tuple[str, int] | None) -> ConfluenceSide:
    ready: Any = SimpleNamespace(images={"confluence": IMAGE, "database": "postgres:15"})
    return describe(
        Settings(confluence=IMAGE, cloud=cloud),
        ready,
        ccma="",
        authority=AUTHORITY,
        platform_url="",
        licence=LICENCE,
        kept=None,
        proxy=proxy,
        progress=lambda _: None,
    )


@pytest.mark.parametrize(
    ("cloud", "proxy", "is_ours"),
    [
        (None, None, True),
        ("real", None, False),
        ("real", ("recorder", 8080), True),  # it signs for each host that is asked
    ],
)
def test_whose_authorities_are_trusted_follows_from_the_cloud(
    cloud: str | None, proxy: tuple[str, int] | None, is_ours: bool
) -> None:
    service = described(cloud, proxy).confluence
    words = service.env(InDocker())["JVM_SUPPORT_RECOMMENDED_ARGS"]
    assert ("trustStore" in words) is is_ours
    assert ("trust.p12" in service.files) is is_ours
    assert ("-Dhttps.proxyHost=recorder" in words) is (proxy is not None)
    assert service.aliases == ()


def test_no_migration_flag_stands_in_the_jvms_arguments() -> None:
    """A system level flag could not be switched off at run time (section 3.3)."""
    assert "darkfeature" not in confluence().env(InDocker())["JVM_SUPPORT_RECOMMENDED_ARGS"]


def test_ports_home_memory_and_first_process_are_the_images() -> None:
    service = confluence()
    assert service.ports == {"http": 8090, "synchrony": 8091, "jdwp": 5005}
    assert service.folders == {"home": "/var/atlassian/application-data/confluence"}
    assert service.argv(InDocker()) == []
    assert (service.memory, service.own_init) == ("3500m", True)
    assert set(service.files) == {"trust.p12"}


def test_a_licence_is_in_the_environment_alone() -> None:
    service = confluence()
    assert "sentinel" not in repr(service)
    for content in (*service.files.values(), *service.scripts.values()):
        assert b"sentinel" not in content
    assert "ATL_LICENSE_KEY" not in confluence(licence=None).env(InDocker())


def test_server_time_is_preloaded_for_the_jvm_alone() -> None:
    service = confluence(scale=60)
    env = service.env(InDocker())
    assert (env["FAKETIME"], env["_RUNJAVA"]) == ("+0 x60", "/files/java")
    # As root it would make a semaphore that the user of the JVM may not open.
    assert "LD_PRELOAD" not in env
    assert set(service.files) == {"trust.p12", "libfaketimeMT.so.1"}
    assert set(service.scripts) == {"java"}


def test_the_javas_wrapper_preloads_and_passes_everything_on(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    fake, wrapper = tmp_path / "bin" / "java", tmp_path / "wrapper"
    fake.write_text('#!/bin/sh\nprintf "%s|" "$LD_PRELOAD" "$@"\n')
    wrapper.write_bytes(confluence(scale=60).scripts["java"])
    for path in (fake, wrapper):
        path.chmod(0o755)
    for variable in ("JRE_HOME", "JAVA_HOME"):
        environment = {"PATH": os.environ["PATH"], variable: str(tmp_path)}
        said = subprocess.run(
            [wrapper, "-Da=b c", "*:5005"], env=environment, capture_output=True, text=True
        )
        # The loader itself complains that the library is not at its place on this machine.
        assert said.stdout == "/run/harness/libfaketimeMT.so.1|-Da=b c|*:5005|", said.stderr


def test_the_database_is_in_memory_and_unpublished() -> None:
    service = real_image.database("postgres:15.18-alpine")
    env = service.env(InDocker())
    assert env["POSTGRES_DB"] == "confluence"
    assert (env["POSTGRES_USER"], env["POSTGRES_PASSWORD"]) == ("confluence", "confluence")
    assert service.tmpfs == {"/var/lib/postgresql/data": "rw,size=1g"}
    assert (service.ports, service.folders, service.copies) == ({}, {}, {})


def test_the_database_is_asked_over_tcp() -> None:
    """Its image's first start answers on the socket alone (section 1.9)."""
    assert real_image.READY[:3] == ("pg_isready", "-h", "127.0.0.1")


def test_a_dump_is_loaded_by_the_images_first_start(tmp_path: Path) -> None:
    dump = tmp_path / "dump.sql.gz"
    service = real_image.database("postgres:15.18-alpine", dump)
    assert service.copies == {"/docker-entrypoint-initdb.d/golden.sql.gz": dump}


@pytest.mark.parametrize(
    ("confluence", "postgres"),
    [
        ("atlassian/confluence:9.2", "postgres:15.18-alpine"),
        ("atlassian/confluence:10.2.14-ubi9", "postgres:15.18-alpine"),
        ("atlassian/confluence:latest", "postgres:15.18-alpine"),
        ("registry.example:5000/confluence", "postgres:15.18-alpine"),
        ("atlassian/confluence@sha256:0123", "postgres:15.18-alpine"),
        ("registry.example:5000/atlassian/confluence:7.19.30", "postgres:14.18-alpine"),
    ],
)
def test_the_database_suits_the_confluence(confluence: str, postgres: str) -> None:
    assert postgres_for(confluence) == postgres
