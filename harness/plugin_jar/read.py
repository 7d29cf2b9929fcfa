"""Reads from a plugin's jar what matters to a migration, before anything runs.

The jar is untrusted: `check_jar` refuses dangerous ones first, then each class is read into
memory alone, bounded, and never run.
"""

import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from harness.errors import BadInput
from harness.plugin_jar.classfile import ClassFile, Constant, NoClassFile, parse
from harness.plugin_jar.container import EXPORTS_INDEX, Container, read_container
from harness.plugin_jar.entries import (
    BROKEN,
    LARGEST,
    class_files,
    content,
    inner_class_files,
    inner_jar,
)
from harness.plugin_jar.host import HostPackage, host_packages, is_exported, is_host
from harness.plugin_jar.missing import MissingClass, missing_classes
from harness.plugin_jar.validate import (
    MANIFEST,
    MAX_UNPACKED,
    JarFacts,
    check_jar,
    parse_manifest,
)
from harness.vocabulary.listener import LISTENER_SERVICE

__all__ = ["EXPORTS_INDEX", "JarListener", "PluginJar", "read_plugin"]

_LIBRARY = "com.atlassian.migration.app"
_NAME = "Bundle-SymbolicName"
_BUNDLE_CONTEXT = "org.osgi.framework.BundleContext"
_ACCESSOR = f"{_LIBRARY}.tracker.CloudMigrationAccessor"
_JAVA_CONFIG = "com.atlassian.plugins.osgi.javaconfig.OsgiServices"
_EXPORT_ANNOTATION = "com.atlassian.plugin.spring.scanner.annotation.export.ExportAsService"
_CONFIGURATION = "org.springframework.context.annotation.Configuration"
_SCANNER_RUNTIME = "com.atlassian.plugin.spring.scanner.runtime."
_TELLING = tuple(
    name.replace(".", "/").encode()
    for name in (_LIBRARY, _BUNDLE_CONTEXT, _EXPORT_ANNOTATION, _CONFIGURATION)
)
"""A class file without any of these says nothing of the migration, so it is not parsed."""

_NAMES_IN_CLASS = re.compile(rb"[\w$/]{4,}")
Files = Callable[[list[str]], Iterable[tuple[str, bytes]]]
"""Reads all class files: entry, content; takes a list for what cannot be read."""

_MOST_PARENTS = 30
"""Generations of classes within the jar between a listener and the library's interface."""
_MOST_BASES = 500
_MOST_LISTENERS = 200

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
        has_component: whether the descriptor has a public <component>.
        container: how its beans are made.
        host: the packages of Confluence that it uses.
        unknown_imports: mandatory imports that neither the stand-in nor a Confluence exports.
        dependencies: names of the other jars in an .obr.
        missing: classes of the app's own that its classes name and the jar does not have.
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
    container: Container
    host: tuple[HostPackage, ...]
    unknown_imports: tuple[str, ...]
    dependencies: tuple[str, ...]
    missing: tuple[MissingClass, ...]
    problems: tuple[str, ...]


def read_plugin(path: Path, provided: Mapping[str, str] | None = None) -> PluginJar:
    """Read a plugin's jar, or the one in an .obr.

    Args:
        path: the jar or .obr.
        provided: package of the host -> the jar that was given for it.

    Raises:
        BadInput: it is not a plugin, is broken, or is dangerous.
    """
    facts = check_jar(path)
    if facts.key is None:
        return _in_obr(path, provided)
    with zipfile.ZipFile(path) as jar:
        return _read(jar, path, facts, provided, ())


def _in_obr(path: Path, provided: Mapping[str, str] | None) -> PluginJar:
    with zipfile.ZipFile(path) as obr:
        jars = [each for each in obr.infolist() if each.filename.endswith(".jar")]
        inside = [each for each in jars if "/" not in each.filename]
        if len(inside) != 1:
            count = "no" if not inside else f"{len(inside)}"
            raise BadInput(f"an .obr has one plugin at its root; this one has {count}", path=path)
        if inside[0].file_size > MAX_UNPACKED:
            raise BadInput(f"{inside[0].filename} in it is too large", path=path)
        others = [each for each in jars if each is not inside[0]]
        dependencies = tuple(each.filename for each in others)
        served = {package: each for each in dependencies for package in _exported(obr, each)}
        with tempfile.TemporaryDirectory(prefix="obr-") as folder:
            place = Path(folder) / "plugin.jar"
            try:
                place.write_bytes(content(obr, inside[0].filename, MAX_UNPACKED))
                facts = check_jar(place)
            except BROKEN as error:
                raise BadInput(f"{inside[0].filename} in it: {error}", path=path) from None
            except BadInput as error:
                raise BadInput(f"{inside[0].filename} in it: {error.what}", path=path) from None
            with zipfile.ZipFile(place) as jar:
                return _read(jar, place, facts, served | dict(provided or {}), dependencies)


def _exported(obr: zipfile.ZipFile, name: str) -> list[str]:
    """The packages that a bundle in an .obr exports; none where it cannot be read."""
    jar = inner_jar(obr, name)
    if jar is None:
        return []
    with jar:
        exported = parse_manifest(_text(jar, MANIFEST)).get("Export-Package", "")
    return list(_imports(exported))


def _read(
    jar: zipfile.ZipFile,
    path: Path,
    facts: JarFacts,
    provided: Mapping[str, str] | None,
    dependencies: tuple[str, ...],
) -> PluginJar:
    problems: list[str] = []
    is_bundle = _NAME in facts.manifest
    manifest = dict(facts.manifest)
    inner = _inner_jars(jar, manifest)

    def files(told: list[str]) -> Iterator[tuple[str, bytes]]:
        yield from class_files(path, jar.infolist(), told)
        yield from inner_class_files(jar, inner, told)

    classes, newest, mentioned = _classes(files, problems, every_reference=not is_bundle)
    class_names = [name for name in _names(jar, inner) if name.endswith(".class")]
    names = [name[:-6] for name in class_names]
    own = {name.rpartition("/")[0].replace("/", ".") for name in names}
    imports = _imports(manifest.get("Import-Package", ""))
    used = _library_packages(
        name for each in classes.values() for name in each.references | each.descriptors
    )
    container = read_container(jar, manifest, lambda name: _text(jar, name), class_names)
    if any(_CONFIGURATION in each.descriptors for each in classes.values()):
        container = _with_style(container, "a @Configuration class")
    listeners = tuple(islice(_listeners(classes, container), _MOST_LISTENERS))
    needed = (set(imports) if is_bundle else mentioned) - own
    return PluginJar(
        facts=facts,
        listeners=listeners,
        java=max(newest - 44, 0),
        used_packages=used,
        own_packages=_library_packages(name.replace("/", ".") for name in names),
        imports=imports,
        dynamic_imports=tuple(_clauses(manifest.get("DynamicImport-Package", ""))),
        annotated=tuple(
            sorted(each.name for each in classes.values() if _EXPORT_ANNOTATION in each.descriptors)
        ),
        exports_index=container.index,
        scans_indexes=container.scans_indexes,
        brings_scanner=any(name.replace("/", ".").startswith(_SCANNER_RUNTIME) for name in names),
        has_component=any(
            "<component>" in how for all_ in container.exported.values() for how in all_
        ),
        container=container,
        host=host_packages(needed, provided),
        unknown_imports=tuple(
            name
            for name, optional in imports.items()
            if not optional
            and name not in own
            and not is_exported(name)
            and not is_host(name)
            and name not in (provided or {})
        ),
        dependencies=dependencies,
        missing=missing_classes(files([]), set(names), (each.name for each in listeners), imports),
        problems=tuple(problems),
    )


def _inner_jars(jar: zipfile.ZipFile, manifest: Mapping[str, str]) -> list[str]:
    """The jars inside a jar that are on its class path.

    A jar without OSGi headers gets those below META-INF/lib onto it, by the server.
    """
    there = dict.fromkeys(jar.namelist())
    if _NAME in manifest:
        path = dict.fromkeys(_clauses(manifest.get("Bundle-ClassPath", "")))
        return [each for each in path if each in there and each.endswith(".jar")]
    return [each for each in there if each.startswith("META-INF/lib/") and each.endswith(".jar")]


def _names(jar: zipfile.ZipFile, inner: Iterable[str]) -> Iterator[str]:
    """The entries of a jar, and of those inside that are on its class path."""
    yield from jar.namelist()
    for each in inner:
        opened = inner_jar(jar, each)
        if opened is not None:
            with opened:
                yield from opened.namelist()


def _with_style(container: Container, style: str) -> Container:
    return replace(container, styles=(*container.styles, style))


def _classes(
    files: Files,
    problems: list[str],
    *,
    every_reference: bool,
) -> tuple[dict[str, ClassFile], int, set[str]]:
    """The classes that say something of the migration, the newest version, packages mentioned."""
    classes: dict[str, ClassFile] = {}
    newest, mentioned = 0, set[str]()
    for name, raw in files(problems):
        newest = max(newest, int.from_bytes(raw[6:8], "big"))
        if every_reference:
            for run in set(_NAMES_IN_CLASS.findall(raw)):
                if b"/" in run:
                    mentioned.update(_packages(run.decode()))
        if any(each in raw for each in _TELLING):
            _add(classes, name, raw, problems)
    _add_subclasses(classes, files, problems)
    return classes, newest, mentioned


def _add_subclasses(classes: dict[str, ClassFile], files: Files, problems: list[str]) -> None:
    """Adds the classes below listeners, which need not name the library themselves."""
    bases = _listener_bases(classes.values())
    for _ in range(_MOST_PARENTS):
        if not bases:
            return
        if len(bases) > _MOST_BASES:
            problems.append(f"of {len(bases)} listeners the subclasses of {_MOST_BASES} are read")
            bases = bases[:_MOST_BASES]
        added: list[ClassFile] = []
        for name, raw in files([]):
            if any(base in raw for base in bases):
                known = len(classes)
                _add(classes, name, raw, [])
                if len(classes) > known:
                    added.append(list(classes.values())[-1])
        bases = [each.name.replace(".", "/").encode() for each in added]


def _packages(path: str) -> Iterator[str]:
    """The packages of the classes that a run of names names, as `Lorg/a/Bar` does that of Bar."""
    parts = path.split("/")
    begin = 0
    for at, part in enumerate(parts):
        if at > begin and part[:1].isupper() and len(part) > 1:
            first = parts[begin].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ_$0123456789")
            if first:
                yield ".".join([first, *parts[begin + 1 : at]])
        if not part[:1].islower():
            begin = at if at == 0 else at + 1


def _add(classes: dict[str, ClassFile], name: str, raw: bytes, problems: list[str]) -> None:
    try:
        parsed = parse(raw)
        classes[parsed.name] = parsed
    except NoClassFile as error:
        problems.append(f"{name}: {error}")


def _listener_bases(classes: Iterable[ClassFile]) -> list[bytes]:
    return [
        each.name.replace(".", "/").encode()
        for each in classes
        if not each.name.startswith(f"{_LIBRARY}.")
        and any(LISTENER_SERVICE.fullmatch(name) for name in each.interfaces)
    ]


def _text(jar: zipfile.ZipFile, name: str) -> str:
    try:
        return content(jar, name, LARGEST).decode("utf-8", "replace")
    except (KeyError, OSError, *BROKEN):
        return ""


def _listeners(classes: dict[str, ClassFile], container: Container) -> Iterator[JarListener]:
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
            exported_by=tuple(_exports(each, interfaces, classes, container)),
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
    container: Container,
) -> Iterator[str]:
    for each in classes.values():
        names = each.references | each.strings
        registers = (_BUNDLE_CONTEXT, "registerService") in each.calls
        if registers and listener.name in names and names.intersection(interfaces):
            yield f"registerService in {each.name}"
        if (_JAVA_CONFIG, "exportOsgiService") in each.calls and listener.name in names:
            yield f"exportOsgiService in {each.name}"
    if (_ACCESSOR, "registerListener") in listener.calls:
        yield "registerListener of CloudMigrationAccessor, by itself"
    yield from container.exported.get(listener.name, ())


def _library_packages(names: Iterable[str]) -> tuple[str, ...]:
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
