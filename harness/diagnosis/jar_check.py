"""What a plugin's jar already tells about its migration, in the catalogue's words."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from harness.diagnosis.causes import BY_ID
from harness.diagnosis.finding import Confidence
from harness.errors import EXIT_FAILED
from harness.plugin_jar.read import EXPORTS_INDEX, JarListener, PluginJar

CONFLUENCE_JAVA = 17
"""Java release of Confluence 9.x; 10.x plugins are built with 21 (confluence-container.md 1.1)."""

STANDIN_JAVA = 17
"""Java release that the stand-in is documented to run on."""

_FLAT_PACKAGE = "com.atlassian.migration.app"
_FIELD_REPORT = "seen in the field on Confluence 9.5.4 with CCMA 3.13.8"


@dataclass(frozen=True, slots=True)
class JarFinding:
    """One remark. `cause` is of the catalogue; None for a plain remark."""

    confidence: Confidence
    text: str
    cause: str | None = None


def check(jar: PluginJar) -> list[JarFinding]:
    """All remarks on a jar, the gravest first."""
    found = [
        *_listeners(jar),
        *_exports(jar),
        *_container(jar),
        *_wiring(jar),
        *_java(jar),
        *_missing(jar),
    ]
    order = ("proved", "likely", "unknown", "excluded")
    return sorted(found, key=lambda each: order.index(each.confidence))


def as_text(jar: PluginJar) -> str:
    """One screen: what the jar is, its listeners, and the remarks."""
    facts = jar.facts
    lines = [f"{facts.key} {facts.version or ''}, Java {jar.java or 'unknown'}".rstrip()]
    for each in jar.listeners:
        lines += [
            f"  listener {each.name}: {each.generation}",
            f"    server key {_shown(each, 'server_key')}, cloud key {_shown(each, 'cloud_key')}",
            f"    exported by {', '.join(each.exported_by) or 'nothing that the jar shows'}",
        ]
    lines += _container_lines(jar)
    for finding in check(jar):
        word = finding.confidence.upper() if finding.cause else "NOTE"
        lines.append(f"{word}{f' {finding.cause}' if finding.cause else ''}: {finding.text}")
        if finding.cause and finding.confidence in ("proved", "likely"):
            cause = BY_ID[finding.cause]
            lines += [f"  > {cause.advice}", f"    {cause.source}"]
    lines += [f"Not read: {problem}" for problem in jar.problems]
    lines.append(verdict(jar))
    return "\n".join(lines) + "\n"


def verdict(jar: PluginJar) -> str:
    """One line: whether the stand-in will run it, and what to do where not."""
    reasons = list(jar.container.problems)
    reasons += [f"nobody exports {name}, which it must import" for name in jar.unknown_imports]
    if jar.java > STANDIN_JAVA:
        reasons.append(f"its classes need Java {jar.java}, and the stand-in runs on {STANDIN_JAVA}")
    if not jar.listeners:
        reasons.append("it has no migration listener")
    if not reasons:
        made_up = [each.name for each in jar.host if each.source == "made up"]
        hint = ""
        if made_up:
            hint = (
                f"; made up for it: {len(made_up)} of its packages of Confluence. Where "
                "their content matters, give jars under `server.provided` or answers under `host:` "
                "in app.yaml"
            )
        return f"The stand-in will run it{hint}."
    return f"The stand-in will not run it: {'; '.join(reasons)}."


def _container_lines(jar: PluginJar) -> list[str]:
    lines = [f"  container: {', '.join(jar.container.styles) or 'none: it has no beans'}"]
    if "Bundle-SymbolicName" not in jar.facts.manifest:
        lines.append("    its manifest has no OSGi headers: the server makes them")
    for source in ("provided", "known", "made up"):
        named = [each for each in jar.host if each.source == source]
        if named:
            shown = ", ".join(
                each.name + (f" ({each.knows})" if each.knows else "") for each in named
            )
            lines.append(f"  host packages, {source}: {shown}")
    if jar.container.not_run:
        lines.append(
            f"  modules that the stand-in does not run: {', '.join(jar.container.not_run)}"
        )
    if jar.dependencies:
        lines.append(f"  installed with it: {', '.join(jar.dependencies)}")
    return lines


def to_json(jar: PluginJar) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "key": jar.facts.key,
        "version": jar.facts.version,
        "java": jar.java,
        "listeners": [
            {
                "class": each.name,
                "generation": each.generation,
                "server_key": each.server_key.value if each.server_key else None,
                "cloud_key": each.cloud_key.value if each.cloud_key else None,
                "exported_by": list(each.exported_by),
            }
            for each in jar.listeners
        ],
        "findings": [
            {"cause": each.cause, "confidence": each.confidence, "text": each.text}
            for each in check(jar)
        ],
        "container": list(jar.container.styles),
        "host_packages": [
            {"name": each.name, "source": each.source, "knows": each.knows} for each in jar.host
        ],
        "modules_not_run": list(jar.container.not_run),
        "dependencies": list(jar.dependencies),
        "verdict": verdict(jar),
        "problems": list(jar.problems),
    }


def _listeners(jar: PluginJar) -> Iterator[JarFinding]:
    if not jar.listeners:
        yield JarFinding(
            "likely",
            "no class implements a listener interface of com.atlassian.migration.app",
            "listener-never-called",
        )
    for each in jar.listeners:
        if each.cloud_key and each.cloud_key.value is None:
            yield JarFinding("proved", f"{each.name} always returns null", "cloud-key-null")
        if each.server_key and each.cloud_key and each.server_key.value != each.cloud_key.value:
            yield JarFinding(
                "unknown",
                "the keys differ: that works only for a pair that the Marketplace lists",
                "keys-do-not-match",
            )
        if "deprecated" in each.generation:
            yield JarFinding(
                "unknown",
                f"{each.name} is of the {each.generation} generation: since 2023 its calls are "
                "not guaranteed. Take it over to DiscoverableListener",
            )
    keys = [each.server_key.value for each in jar.listeners if each.server_key]
    if len(keys) != len(set(keys)):
        names = ", ".join(each.name for each in jar.listeners)
        yield JarFinding(
            "likely", f"more than one listener for one server key: {names}", "two-listeners"
        )


def _exports(jar: PluginJar) -> Iterator[JarFinding]:
    for each in jar.listeners:
        yield _export(jar, each)
    if jar.has_component and "Atlassian-Plugin-Key" in jar.facts.manifest:
        yield JarFinding(
            "unknown",
            "a <component> in atlassian-plugin.xml is refused when the manifest has "
            f"Atlassian-Plugin-Key ({_FIELD_REPORT})",
        )
    if jar.brings_scanner:
        yield JarFinding(
            "likely",
            f"the Spring scanner's runtime is inside, which breaks the start ({_FIELD_REPORT})",
            "bundle-not-active",
        )


def _container(jar: PluginJar) -> Iterator[JarFinding]:
    for problem in jar.container.problems:
        yield JarFinding("likely", problem, "context-not-started")
    for name in jar.unknown_imports:
        yield JarFinding(
            "likely", f"{name} is a mandatory import that nobody exports", "package-not-wired"
        )


def _export(jar: PluginJar, listener: JarListener) -> JarFinding:
    cause, indexed = "listener-not-exported", jar.exports_index is not None
    by_index_only = listener.exported_by and all(
        each == EXPORTS_INDEX for each in listener.exported_by
    )
    if by_index_only and not jar.scans_indexes:
        return JarFinding(
            "likely",
            "the Spring scanner's index names it, but no context under META-INF/spring has "
            "<atlassian-scanner:scan-indexes/>",
            cause,
        )
    if listener.exported_by:
        return JarFinding("excluded", f"{listener.name}: {', '.join(listener.exported_by)}", cause)
    if listener.name in jar.annotated and not indexed:
        return JarFinding(
            "likely",
            f"{listener.name} has @ExportAsService, but the Spring scanner did not run in the "
            "build: there is no index in META-INF/plugin-components",
            cause,
        )
    others = [each.name for each in jar.listeners if each.exported_by]
    if others:
        # It may be what the other one extends.
        text = f"nothing in the jar exports {listener.name}; {', '.join(others)} is exported"
        return JarFinding("unknown", text, cause)
    return JarFinding("likely", f"nothing in the jar exports {listener.name}", cause)


def _wiring(jar: PluginJar) -> Iterator[JarFinding]:
    made_by_server = "Bundle-SymbolicName" not in jar.facts.manifest
    mandatory: list[str] = []
    for package in jar.used_packages:
        if package in jar.own_packages or made_by_server:
            continue
        if package not in jar.imports and not _matches(package, jar.dynamic_imports):
            yield JarFinding(
                "likely",
                f"its classes use {package}, which is neither imported nor inside",
                "package-not-wired",
            )
        elif package != _FLAT_PACKAGE and jar.imports.get(package) is False:
            mandatory.append(package)
    if mandatory:
        yield JarFinding(
            "unknown",
            f"mandatory imports of {', '.join(mandatory)}: only the flat {_FLAT_PACKAGE} was "
            f"exported by the assistant ({_FIELD_REPORT}). A case with `ccma` 3.13.8 shows what "
            "comes of that; a DiscoverableListener whose library is inside the jar, and not "
            "imported, is found either way",
            "package-not-wired",
        )


def _java(jar: PluginJar) -> Iterator[JarFinding]:
    if jar.java > CONFLUENCE_JAVA:
        yield JarFinding(
            "unknown",
            f"its classes need Java {jar.java}; Confluence 9.x runs on {CONFLUENCE_JAVA}",
            "bundle-not-active",
        )


_MOST_MISSING = 5


def _missing(jar: PluginJar) -> Iterator[JarFinding]:
    for each in jar.missing[:_MOST_MISSING]:
        yield JarFinding(
            "likely",
            f"{each.used_by} uses {each.name}, which is not in the jar: NoClassDefFoundError",
            "listener-ended-by-error",
        )
    if more := jar.missing[_MOST_MISSING:]:
        yield JarFinding("unknown", f"{len(more)} more of its own classes are missing")


def exit_status(jar: PluginJar) -> int:
    """1 where a cause is likely or proved, else 0."""
    named = [each for each in check(jar) if each.confidence in ("proved", "likely")]
    return EXIT_FAILED if named else 0


def _matches(package: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(package, pattern) for pattern in patterns)


def _shown(listener: JarListener, name: str) -> str:
    constant = listener.server_key if name == "server_key" else listener.cloud_key
    if constant is None:
        return "not constant"
    return "null" if constant.value is None else constant.value
