"""Reads from a plugin's jar what matters to a migration, before anything runs.

The jar is untrusted: `check_jar` refuses dangerous ones first, then each class is read into
memory alone, bounded, and never run.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from harness.plugin_jar.classfile import ClassFile, Constant, NoClassFile, parse
from harness.plugin_jar.validate import DESCRIPTOR, JarFacts, check_jar
from harness.vocabulary.listener import LISTENER_SERVICE

EXPORTS_INDEX = "META-INF/plugin-components/exports"
_SPRING = "META-INF/spring/"
_VERSIONED = "META-INF/versions/"
_LARGEST_ENTRY = 4 << 20
_BUNDLE_CONTEXT = "org.osgi.framework.BundleContext"
_EXPORT_ANNOTATION = "com.atlassian.plugin.spring.scanner.annotation.export.ExportAsService"
_SCANNER_RUNTIME = "com.atlassian.plugin.spring.scanner.runtime."

GENERATIONS = {
    "DiscoverableForgeListener": "discoverable (Forge)",
    "RerunnableDiscoverableListener": "discoverable (Connect)",
    "DiscoverableListener": "discoverable (Connect)",
    "AppCloudMigrationListenerV1": "first (OSGi), deprecated",
    "AppCloudMigrationListener": "first (OSGi), deprecated",
    "CloudMigrationListenerV1": "second (tracker), deprecated",
}
"""Simple name of the listener interface -> generation (app-migration-platform.md 3.1)."""


@dataclass(frozen=True)
class JarListener:
    """A listener class in the jar.

    Args:
        name: the class.
        interfaces: the listener interfaces it implements, inherited ones too.
        generation: which generation of the library that is.
        server_key: what getServerAppKey() returns where it is constant, else None.
        cloud_key: likewise.
        exported_by: how it becomes an OSGi service, as far as the jar shows; empty when it shows
            nothing.
    """

    name: str
    interfaces: tuple[str, ...]
    generation: str
    server_key: Constant | None
    cloud_key: Constant | None
    exported_by: tuple[str, ...]


@dataclass(frozen=True)
class PluginJar:
    """What a plugin's jar says.

    Args:
        facts: key, version and manifest.
        listeners: its listener classes.
        java: the highest Java release among its own classes, 0 without classes.
        used_packages: packages of the listener library that its classes name.
        own_packages: those of them that the jar brings itself.
        imports: package -> whether it is optional, of Import-Package.
        dynamic_imports: patterns of DynamicImport-Package.
        annotated: classes with @ExportAsService.
        exports_index: classes in the Spring scanner's index; None without one.
        scans_indexes: whether a Spring context asks for the indexes.
        brings_scanner: whether the scanner's runtime is inside.
        has_component: whether the descriptor has a <component>.
        problems: entries that could not be read.
    """

    facts: JarFacts
    listeners: tuple[JarListener, ...]
    java: int
    used_packages: tuple[str, ...]
    own_packages: tuple[str, ...]
    imports: dict[str, bool]
    dynamic_imports: tuple[str, ...]
    annotated: tuple[str, ...]
    exports_index: tuple[str, ...] | None
    scans_indexes: bool
    brings_scanner: bool
    has_component: bool
    problems: tuple[str, ...]


def read_plugin(path: Path) -> PluginJar:
    """Read a plugin's jar.

    Raises:
        BadInput: it is not a plugin, is broken, or is dangerous.
    """
    facts = check_jar(path)
    with zipfile.ZipFile(path) as jar:
        return _read(jar, facts)


def _read(jar: zipfile.ZipFile, facts: JarFacts) -> PluginJar:
    classes: dict[str, ClassFile] = {}
    problems: list[str] = []
    for name, raw in _entries(jar, problems):
        try:
            parsed = parse(raw)
            classes[parsed.name] = parsed
        except NoClassFile as error:
            problems.append(f"{name}: {error}")
    imports = _imports(facts.manifest.get("Import-Package", ""))
    used = _library_packages(
        name for each in classes.values() for name in each.references | each.descriptors
    )
    index = _index(jar)
    components = _components(jar)
    return PluginJar(
        facts=facts,
        listeners=tuple(_listeners(classes, index, components)),
        java=max((each.major for each in classes.values()), default=44) - 44,
        used_packages=used,
        own_packages=_library_packages(classes),
        imports=imports,
        dynamic_imports=tuple(_clauses(facts.manifest.get("DynamicImport-Package", ""))),
        annotated=tuple(
            sorted(each.name for each in classes.values() if _EXPORT_ANNOTATION in each.descriptors)
        ),
        exports_index=index,
        scans_indexes=_scans_indexes(jar),
        brings_scanner=any(name.startswith(_SCANNER_RUNTIME) for name in classes),
        has_component=bool(components),
        problems=tuple(problems),
    )


def _entries(jar: zipfile.ZipFile, problems: list[str]) -> Iterator[tuple[str, bytes]]:
    for entry in jar.infolist():
        name = entry.filename
        if not name.endswith(".class") or name.startswith(_VERSIONED) or "-info.class" in name:
            continue
        try:
            raw = _bounded(jar, name)
        except (zipfile.BadZipFile, OSError, EOFError, RuntimeError) as error:
            problems.append(f"{name}: {error}")
            continue
        if raw is None:
            problems.append(f"{name}: larger than {_LARGEST_ENTRY} bytes, not read")
        else:
            yield name, raw


def _bounded(jar: zipfile.ZipFile, name: str) -> bytes | None:
    with jar.open(name) as entry:
        raw = entry.read(_LARGEST_ENTRY + 1)
    return raw if len(raw) <= _LARGEST_ENTRY else None


def _text(jar: zipfile.ZipFile, name: str) -> str:
    return (_bounded(jar, name) or b"").decode("utf-8", "replace")


def _listeners(
    classes: dict[str, ClassFile], index: tuple[str, ...] | None, components: frozenset[str]
) -> Iterator[JarListener]:
    for each in classes.values():
        lineage = _lineage(each, classes)
        interfaces = [name for name in lineage if LISTENER_SERVICE.fullmatch(name)]
        if not each.is_concrete or not interfaces:
            continue
        chain = [classes[name] for name in lineage if name in classes]
        yield JarListener(
            name=each.name,
            interfaces=tuple(interfaces),
            generation=_generation(interfaces),
            server_key=_constant(chain, "getServerAppKey"),
            cloud_key=_constant(chain, "getCloudAppKey"),
            exported_by=tuple(_exports(each, interfaces, classes, index, components)),
        )


def _lineage(start: ClassFile, classes: dict[str, ClassFile]) -> list[str]:
    """The class and all its parents by name, nearest first, as far as the jar has them."""
    found = dict.fromkeys([start.name])
    pending = [start]
    while pending:
        each = pending.pop(0)
        parents = [*([each.superclass] if each.superclass else []), *each.interfaces]
        for parent in parents:
            if parent not in found:
                found[parent] = None
                if parent in classes:
                    pending.append(classes[parent])
    return list(found)


def _generation(interfaces: list[str]) -> str:
    names = {each.rsplit(".", 1)[-1] for each in interfaces}
    return next((text for name, text in GENERATIONS.items() if name in names), "unknown")


def _constant(chain: list[ClassFile], getter: str) -> Constant | None:
    for each in chain:
        if getter in each.methods:
            return each.constants.get(getter)
    return None


def _exports(
    listener: ClassFile,
    interfaces: list[str],
    classes: dict[str, ClassFile],
    index: tuple[str, ...] | None,
    components: frozenset[str],
) -> Iterator[str]:
    for each in classes.values():
        names = each.references | each.strings
        registers = (_BUNDLE_CONTEXT, "registerService") in each.calls
        if registers and listener.name in names and names.intersection(interfaces):
            yield f"registerService in {each.name}"
    if index is not None and listener.name in index:
        yield EXPORTS_INDEX
    if listener.name in components:
        yield f"a public <component> in {DESCRIPTOR}"


def _index(jar: zipfile.ZipFile) -> tuple[str, ...] | None:
    names = [name for name in jar.namelist() if name.startswith(EXPORTS_INDEX)]
    if not names:
        return None
    lines = [line for name in names for line in _text(jar, name).splitlines()]
    return tuple(line.split("#")[0].strip() for line in lines if line.strip())


def _scans_indexes(jar: zipfile.ZipFile) -> bool:
    contexts = [n for n in jar.namelist() if n.startswith(_SPRING) and n.endswith(".xml")]
    return any("scan-indexes" in _text(jar, name) for name in contexts)


def _components(jar: zipfile.ZipFile) -> frozenset[str]:
    """Classes of the descriptor's public components."""
    try:
        root = ElementTree.fromstring(_text(jar, DESCRIPTOR), forbid_dtd=True)
    except (ParseError, DefusedXmlException):
        return frozenset()
    return frozenset(
        str(each.get("class"))
        for each in root.iter("component")
        if each.get("public", "").lower() == "true"
    )


def _library_packages(names: Iterator[str] | dict[str, ClassFile]) -> tuple[str, ...]:
    packages = {name.rpartition(".")[0] for name in names}
    library = "com.atlassian.migration.app"
    return tuple(sorted(p for p in packages if p == library or p.startswith(f"{library}.")))


def _imports(header: str) -> dict[str, bool]:
    """Imported package -> whether optional; what is left out with `!` is not imported."""
    imports: dict[str, bool] = {}
    for clause in _clauses(header, keep_directives=True):
        names, optional = [], False
        for part in clause.split(";"):
            text = part.strip().replace('"', "").replace(" ", "")
            if text == "resolution:=optional":
                optional = True
            elif "=" not in text and text:
                names.append(text)
        imports |= {name: optional for name in names if not name.startswith("!")}
    return imports


def _clauses(header: str, keep_directives: bool = False) -> list[str]:
    """The clauses of an OSGi header; commas inside quotes do not separate."""
    clauses, quoted, current = [], False, ""
    for letter in header:
        quoted ^= letter == '"'
        if letter == "," and not quoted:
            clauses.append(current)
            current = ""
        else:
            current += letter
    found = [each.strip() for each in [*clauses, current] if each.strip()]
    return found if keep_directives else [each.split(";")[0].strip() for each in found]
