"""Which packages are Confluence's: the reader and the stand-in agree."""

import re
from pathlib import Path

import pytest

from harness.plugin_jar.host import HOST, NOT_HOST, host_packages, is_exported, is_host

ROOT = Path(__file__).parents[3]
JAVA = (
    ROOT / "docker/confluence-standin/src/org/migrationharness/standin/host/HostPackages.java"
).read_text()


def test_the_stand_in_has_the_same_list() -> None:
    prefixes, exceptions = re.findall(r"List\.of\((.*?)\);", JAVA, re.DOTALL)[:2]
    assert tuple(re.findall(r'"([^"]+)"', prefixes)) == HOST
    assert tuple(re.findall(r'"([^"]+)"', exceptions)) == NOT_HOST


@pytest.mark.parametrize(
    ("package", "host", "exported"),
    [
        ("com.atlassian.sal.api", True, False),
        ("com.atlassian.migration.app.listener", False, True),
        ("org.slf4j", True, False),
        ("org.slf4jx", False, False),
        ("javax.xml.parsers", False, True),
        ("javax.xml.bind", True, False),
        ("org.osgi.framework", False, True),
        ("com.example", False, False),
    ],
)
def test_who_exports_a_package(package: str, host: bool, exported: bool) -> None:
    assert (is_host(package), is_exported(package)) == (host, exported)


def test_a_given_jar_goes_before_what_is_known_or_made_up() -> None:
    names = ["com.atlassian.sal.api", "com.atlassian.bandana", "com.atlassian.x", "com.example"]
    found = host_packages(names, {"com.atlassian.sal.api": "sal.jar", "com.example": "own.jar"})
    assert [(each.name, each.source) for each in found] == [
        ("com.atlassian.bandana", "known"),
        ("com.atlassian.sal.api", "provided"),
        ("com.atlassian.x", "made up"),
        ("com.example", "provided"),
    ]
