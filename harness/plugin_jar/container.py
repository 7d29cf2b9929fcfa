"""How a plugin's beans are made: what its index, its XML and its descriptor say."""

import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from harness.plugin_jar.validate import DESCRIPTOR

INDEX = "META-INF/plugin-components/"
EXPORTS_INDEX = f"{INDEX}exports"
_SPRING = "META-INF/spring/"
_BEANS = ("component", "component-import")
_NO_MODULES = ("plugin-info", "resource", "parameters", "param")

Text = Callable[[str], str]


@dataclass(frozen=True)
class Container:
    """What a jar says of its beans.

    Args:
        styles: how beans are made, in words; empty for a plugin without any.
        exported: class -> what exports it, as far as the jar names it.
        index: the classes in the scanner's index of exports; None without an index.
        scans_indexes: whether a Spring context asks for the index.
        has_component: whether the descriptor has a public <component>.
        problems: what keeps the container from starting, one line each.
        not_run: modules that the stand-in does not run: `type key`.
    """

    styles: tuple[str, ...] = ()
    exported: dict[str, tuple[str, ...]] = field(default_factory=dict)
    index: tuple[str, ...] | None = None
    scans_indexes: bool = False
    has_component: bool = False
    problems: tuple[str, ...] = ()
    not_run: tuple[str, ...] = ()


def read_container(
    jar: zipfile.ZipFile, manifest: dict[str, str], text: Text, classes: Collection[str]
) -> Container:
    """Read what makes a plugin's beans.

    Args:
        jar: the opened jar.
        manifest: its main attributes.
        text: reads an entry, bounded; empty when it is not there.
        classes: the class files on its class path, those of jars inside included.
    """
    names = frozenset(jar.namelist())
    contexts, problems = _contexts(manifest, names)
    parsed = {name: _parsed(text(name)) for name in contexts}
    scans = any("scan-indexes" in text(name) for name in contexts)
    components, exports = _lines(names, text, "component"), _lines(names, text, "exports")
    descriptor = _Descriptor(_parsed(text(DESCRIPTOR)), "Atlassian-Plugin-Key" in manifest)
    has_index = components is not None or exports is not None
    if scans:
        problems += _not_in_jar(components or (), frozenset(classes))
    styles = {
        "a Bundle-Activator": bool(manifest.get("Bundle-Activator")),
        "Spring Scanner's index": has_index,
        "META-INF/spring/*.xml": any(_beans(each) for each in parsed.values() if each is not None),
        f"<component> in {DESCRIPTOR}": descriptor.makes_beans,
    }
    exported: dict[str, tuple[str, ...]] = {}
    pairs = [(name, EXPORTS_INDEX) for name in exports or ()]
    for name, context in parsed.items():
        pairs += [(each, f"<service> in {name}") for each in _services(context)]
    pairs += [(name, f"a public <component> in {DESCRIPTOR}") for name in descriptor.public]
    for name, how in pairs:
        exported[name] = (*exported.get(name, ()), how)
    return Container(
        styles=tuple(style for style, there in styles.items() if there),
        exported=exported,
        index=exports,
        scans_indexes=scans,
        has_component=bool(descriptor.public),
        problems=tuple(problems),
        not_run=descriptor.not_run,
    )


class _Descriptor:
    """The modules of atlassian-plugin.xml; a plugin that is not transformed has no beans of it."""

    def __init__(self, root: Element | None, has_key: bool) -> None:
        modules = [each for each in (root if root is not None else ()) if each.get("key")]
        components = [each for each in modules if each.tag in _BEANS]
        self.makes_beans = bool(components) and not has_key
        self.public = tuple(
            str(each.get("class"))
            for each in components
            if each.tag == "component" and each.get("public", "").lower() == "true"
        )
        self.not_run = tuple(
            f"{each.tag} {each.get('key')}"
            for each in modules
            if each.tag not in _NO_MODULES and (each.tag not in _BEANS or has_key)
        )


def _contexts(manifest: dict[str, str], names: frozenset[str]) -> tuple[list[str], list[str]]:
    """The context files that Spring reads, and those that are named and missing."""
    named = [
        part.strip()
        for clause in manifest.get("Spring-Context", "").split(",")
        for part in clause.split(";")
        if part.strip() and part.strip() != "*" and "=" not in part
    ]
    if not named:
        usual = sorted(n for n in names if n.startswith(_SPRING) and n.endswith(".xml"))
        return usual, []
    missing = [name for name in named if name not in names]
    return (
        [name for name in named if name in names],
        [f"Spring-Context names {name}, which is not in the jar" for name in missing],
    )


def _lines(names: frozenset[str], text: Text, kind: str) -> tuple[str, ...] | None:
    """The classes of one kind of index, Confluence's own and profiles' too; None without one."""
    files = [
        name
        for name in sorted(names)
        if name.startswith(INDEX) and name.rpartition("/")[2] in (kind, f"{kind}-confluence")
    ]
    if not files:
        return None
    lines = [line for name in files for line in text(name).splitlines()]
    return tuple(line.split("#")[0].strip() for line in lines if line.strip())


def _not_in_jar(components: tuple[str, ...], classes: frozenset[str]) -> list[str]:
    return [
        f"the scanner's index names {each}, which is not in the jar"
        for each in components
        if f"{each.replace('.', '/')}.class" not in classes
    ]


def _parsed(content: str) -> Element | None:
    try:
        root: Element = ElementTree.fromstring(content, forbid_dtd=False)
    except (ParseError, DefusedXmlException):
        return None
    return root


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _beans(root: Element) -> dict[str, str]:
    """Bean id -> class."""
    return {
        str(each.get("id") or each.get("name") or each.get("class")): str(each.get("class"))
        for each in root.iter()
        if _local(each) == "bean" and each.get("class")
    }


def _services(root: Element | None) -> list[str]:
    """The classes of the beans that <service> elements export."""
    if root is None:
        return []
    beans = _beans(root)
    found = []
    for each in root.iter():
        if _local(each) == "service":
            inner = [str(bean.get("class")) for bean in each if _local(bean) == "bean"]
            found += inner or [beans[ref] for ref in [str(each.get("ref"))] if ref in beans]
    return found
