"""Describes a real Confluence image and the PostgreSQL beside it.

Pure: nothing is started here. Variables, flags and budgets are the recommended defaults of
reference/confluence-container.md sections 1.4, 1.6, 2.8 and 8; docs/real-image.md says which of
them were tried on a live image.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.drivers.confluence.licence import Licence
from harness.drivers.confluence.setup_steps import Database
from harness.engines.service import Placement, Service
from harness.environment.services.jvm import Proxy, confluence_jvm_arguments
from harness.environment.services.names import CONFLUENCE, HOME
from harness.environment.tls import Authority

DATABASE = "database"

POSTGRES = "postgres:15.18-alpine"
"""Used with 9.2 and 10.2 by others; a minor version is pinned, since images move under tags."""

OLDER_POSTGRES = "postgres:14.18-alpine"
"""For Confluence 7, which is said not to take PostgreSQL 15."""

MEMORY = "3500m"
"""The heap of 2 GiB and what the JVM takes beside it, 0.7 to 1 GB, with some room."""

_HEAP = ("1024m", "2048m")
_FAKETIME, _JAVA = "libfaketimeMT.so.1", "java"
_DUMP = "/docker-entrypoint-initdb.d/golden.sql.gz"
_DATA = "/var/lib/postgresql/data"

ACCESS = Database(
    url=f"jdbc:postgresql://{DATABASE}:5432/confluence",
    user="confluence",
    # It is the same for every stack, since a kept home holds it; the port is not published.
    password="confluence",  # noqa: S106 - only the stack's own network reaches this database
)


def postgres_for(confluence: str) -> str:
    """The PostgreSQL image that suits a Confluence image."""
    tag = confluence.rsplit("/", 1)[-1].partition(":")[2]
    major = re.match(r"\d+", tag)
    return OLDER_POSTGRES if major and int(major[0]) < 8 else POSTGRES


def database(image: str, dump: Path | None = None) -> Service:
    """The PostgreSQL of a stack; its data lives in memory and dies with it.

    Args:
        image: an image with the contract of the official one.
        dump: SQL, gzipped, that it begins with: the image runs it at its first start.
    """
    return Service(
        name=DATABASE,
        image=image,
        # Nothing is to survive a crash; a pool of 100 connections needs more than the default.
        argv=lambda _: ["postgres", "-c", "fsync=off", "-c", "max_connections=200"],
        env=lambda _: {
            "POSTGRES_DB": "confluence",
            "POSTGRES_USER": ACCESS.user,
            "POSTGRES_PASSWORD": ACCESS.password,
        },
        ports={},
        copies={_DUMP: dump} if dump else {},
        tmpfs={_DATA: "rw,size=1g"},
        memory="1536m",
    )


READY = ("pg_isready", "-h", "127.0.0.1", "-U", ACCESS.user, "-d", "confluence")
"""Asks over TCP: while the image sets itself up, a temporary server answers on the socket only."""


def confluence(
    image: str,
    *,
    authority: Authority | None,
    scale: float,
    licence: Licence | None,
    fixed_ports: Mapping[str, int],
    faketime: bytes | None,
    memory: str | None = None,
    home: Path | None = None,
    system_features: Sequence[str] = (),
    proxy: Proxy | None = None,
) -> Service:
    """A real Confluence, beside its database.

    Args:
        image: such as `atlassian/confluence:9.2`.
        authority: the only CA it trusts: no request is to leave the stack's network. None leaves
            it its own trust store, as the real cloud needs.
        scale: server seconds per wall second; 1 leaves the clock alone.
        licence: goes into its environment, which the image clears before it starts Java.
        fixed_ports: name -> host port, where the user chose one.
        faketime: libfaketime for the image's processor; needed where `scale` is not 1.
        memory: limit of its container.
        home: tar of a kept home to begin with.
        system_features: dark features that the JVM is started with.
        proxy: where its calls to the cloud go through.
    """

    def env(place: Placement) -> dict[str, str]:
        variables = {
            "JVM_MINIMUM_MEMORY": _HEAP[0],
            "JVM_MAXIMUM_MEMORY": _HEAP[1],
            "JVM_SUPPORT_RECOMMENDED_ARGS": " ".join(
                [
                    *confluence_jvm_arguments(
                        place, system_features, proxy, own_trust=authority is None
                    ),
                    *_QUIET_FLAGS,
                ]
            ),
            "ATL_DB_TYPE": "postgresql",
            "ATL_JDBC_URL": ACCESS.url,
            "ATL_JDBC_USER": ACCESS.user,
            "ATL_JDBC_PASSWORD": ACCESS.password,
        }
        if licence is not None:
            variables["ATL_LICENSE_KEY"] = licence.reveal()
        if scale != 1:
            variables |= {"FAKETIME": f"+0 x{scale:g}", "_RUNJAVA": place.file(_JAVA)}
        return variables

    files = {"trust.p12": authority.java_trust_store()} if authority else {}
    scripts: dict[str, bytes] = {}
    if scale != 1:
        if faketime is None:
            raise ValueError("server time needs libfaketime")
        files[_FAKETIME] = faketime
        scripts[_JAVA] = _JAVA_UNDER_FAKETIME
    return Service(
        name=CONFLUENCE,
        image=image,
        argv=lambda _: [],
        env=env,
        ports={"http": 8090, "synchrony": 8091, "jdwp": 5005},
        fixed_ports=fixed_ports,
        files=files,
        scripts=scripts,
        folders={"home": HOME},
        archives={"home": home} if home else {},
        memory=memory or MEMORY,
        own_init=True,
    )


_QUIET_FLAGS = (
    # 10.2 closes Basic by default.
    "-Dcom.atlassian.plugins.authentication.basic.auth.filter.force.allow=true",
    "-Dupm.pac.disable=true",
    "-Dconfluence.disable.mailpolling=true",
)

_JAVA_UNDER_FAKETIME = b"""\
#!/bin/sh
# Tomcat starts what _RUNJAVA names, as the user that the image has dropped to. Preloaded any
# earlier, libfaketime would make its semaphore as root, and this user could not open it.
LD_PRELOAD=/run/harness/libfaketimeMT.so.1
export LD_PRELOAD
home=${JRE_HOME:-${JAVA_HOME:-}}
exec "${home:+$home/bin/}java" "$@"
"""
