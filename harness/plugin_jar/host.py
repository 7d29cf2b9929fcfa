"""Which of Confluence's packages a plugin uses, and how the stand-in provides each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Source = Literal["provided", "known", "made up"]

HOST = (
    "com.atlassian",
    "io.atlassian",
    "org.springframework",
    "org.eclipse.gemini.blueprint",
    "org.slf4j",
    "org.apache.log4j",
    "org.apache.logging.log4j",
    "org.apache.commons",
    "org.apache.velocity",
    "org.apache.struts2",
    "org.apache.lucene",
    "org.apache.http",
    "javax.inject",
    "javax.annotation",
    "javax.servlet",
    "javax.ws.rs",
    "javax.xml.bind",
    "javax.mail",
    "javax.activation",
    "javax.persistence",
    "jakarta",
    "com.google.common",
    "com.fasterxml.jackson",
    "org.codehaus.jackson",
    "org.joda.time",
    "org.dom4j",
    "org.jdom",
    "com.opensymphony",
    "bucket",
    "net.sf.hibernate",
    "org.hibernate",
    "com.sun.mail",
    "com.thoughtworks.xstream",
    "net.java.ao",
    "org.aopalliance",
    "org.json",
    "com.querydsl",
)
"""What public plugins import from Confluence; the stand-in's HostPackages has the same list."""

NOT_HOST = ("com.atlassian.migration.app", "com.atlassian.migration.agent")

LIBRARY = (
    "com.atlassian.migration.app",
    "com.atlassian.migration.app.check",
    "com.atlassian.migration.app.confluence",
    "com.atlassian.migration.app.gateway",
    "com.atlassian.migration.app.listener",
    "com.atlassian.migration.app.tracker",
)
"""What the stand-in's assistant exports."""

KNOWN = {
    "com.atlassian.sal.api": "the base URL",
    "com.atlassian.sal.api.pluginsettings": "plugin settings, kept",
    "com.atlassian.sal.api.transaction": "transactions, run",
    "com.atlassian.sal.api.user": "the site's users",
    "com.atlassian.confluence.user": "the site's users",
    "com.atlassian.confluence.spaces": "the site's spaces",
    "com.atlassian.confluence.setup.settings": "the base URL",
    "com.atlassian.plugin": "the plugin's key and version",
    "com.atlassian.event.api": "the event publisher",
    "com.atlassian.bandana": "Bandana, kept",
    "com.atlassian.plugins.osgi.javaconfig": "the container",
    "org.springframework.context": "the container",
    "org.springframework.beans.factory": "the container",
    "org.slf4j": "the server's log",
    "org.apache.log4j": "the server's log",
    "org.apache.commons.logging": "the server's log",
}
"""Packages whose services give real answers -> what they know."""

_JDK = (
    "java",
    "javax.accessibility",
    "javax.crypto",
    "javax.imageio",
    "javax.lang",
    "javax.management",
    "javax.naming",
    "javax.net",
    "javax.print",
    "javax.rmi",
    "javax.script",
    "javax.security",
    "javax.sound",
    "javax.sql",
    "javax.swing",
    "javax.tools",
    "javax.transaction.xa",
    "javax.xml",
    "org.ietf.jgss",
    "org.osgi",
    "org.w3c.dom",
    "org.xml.sax",
    "sun",
)


@dataclass(frozen=True, slots=True)
class HostPackage:
    """A package of the host that a plugin needs, and where the stand-in gets it from."""

    name: str
    source: Source
    knows: str = ""


def is_host(package: str) -> bool:
    """Whether Confluence is the one to export a package."""
    return _begins(package, HOST) and not _begins(package, NOT_HOST)


def is_exported(package: str) -> bool:
    """Whether the JDK, the framework or the assistant exports a package on the stand-in."""
    return package in LIBRARY or (_begins(package, _JDK) and not is_host(package))


def host_packages(
    names: Iterable[str], provided: Mapping[str, str] | None = None
) -> tuple[HostPackage, ...]:
    """How the stand-in provides the packages that a plugin needs; only Confluence's are included.

    Args:
        names: the packages.
        provided: package -> the jar that was given for it.
    """
    found = []
    for name in sorted(set(names)):
        if provided and name in provided:
            found.append(HostPackage(name, "provided", provided[name]))
        elif is_host(name):
            known = KNOWN.get(name, "")
            found.append(HostPackage(name, "known" if known else "made up", known))
    return tuple(found)


def _begins(package: str, prefixes: Iterable[str]) -> bool:
    whole = f"{package}."
    return any(whole.startswith(f"{prefix}.") for prefix in prefixes)
