"""`harness check JAR`: class files assembled by hand, in jars that are wrong in one way each."""

import contextlib
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.diagnosis.jar_check import as_text, check, exit_status, to_json
from harness.errors import BadInput
from harness.plugin_jar.classfile import Constant, NoClassFile, parse
from harness.plugin_jar.read import read_plugin

V1 = "com/atlassian/migration/app/AppCloudMigrationListenerV1"
MODERN = "com/atlassian/migration/app/listener/DiscoverableListener"
EXPORT = "Lcom/atlassian/plugin/spring/scanner/annotation/export/ExportAsService;"
LISTENER = "org/example/Listener"
DESCRIPTOR = '<atlassian-plugin key="org.example.charts"><plugin-info/>{}</atlassian-plugin>'
SCAN = '<beans><atlassian-scanner:scan-indexes xmlns:atlassian-scanner="x"/></beans>'


class Assembler:
    """Writes class files with the few things that `classfile` reads."""

    def __init__(self) -> None:
        self.pool: list[bytes] = []

    def add(self, entry: bytes) -> int:
        if entry not in self.pool:
            self.pool.append(entry)
        return self.pool.index(entry) + 1

    def utf8(self, text: str) -> int:
        raw = text.encode()
        return self.add(b"\x01" + struct.pack(">H", len(raw)) + raw)

    def type(self, name: str) -> int:
        return self.add(b"\x07" + struct.pack(">H", self.utf8(name)))

    def string(self, text: str) -> int:
        return self.add(b"\x08" + struct.pack(">H", self.utf8(text)))

    def interface_call(self, owner: str, name: str) -> int:
        pair = self.add(b"\x0c" + struct.pack(">HH", self.utf8(name), self.utf8("()V")))
        return self.add(b"\x0b" + struct.pack(">HH", self.type(owner), pair))

    def method(self, name: str, code: bytes) -> bytes:
        attribute = struct.pack(">HHI", 1, 1, len(code)) + code + b"\0\0\0\0"
        head = struct.pack(">HHHH", 1, self.utf8(name), self.utf8("()Ljava/lang/String;"), 1)
        return head + struct.pack(">HI", self.utf8("Code"), len(attribute)) + attribute

    def returning(self, name: str, value: str | None) -> bytes:
        if value is None:
            return self.method(name, b"\x01\xb0")
        return self.method(name, b"\x13" + struct.pack(">H", self.string(value)) + b"\xb0")


def class_file(
    name: str = LISTENER,
    interfaces: tuple[str, ...] = (V1,),
    *,
    superclass: str = "java/lang/Object",
    keys: tuple[str | None, str | None] | None = ("charts", "charts"),
    major: int = 61,
    flags: int = 0x21,
    mentions: tuple[str, ...] = (),
    registers: str = "",
) -> bytes:
    out = Assembler()
    this, parent = out.type(name), out.type(superclass)
    parents = b"".join(struct.pack(">H", out.type(each)) for each in interfaces)
    for each in mentions:
        out.utf8(each)
    if registers:
        out.interface_call("org/osgi/framework/BundleContext", "registerService")
        out.type(registers)
        out.type(V1)
    getters = ("getServerAppKey", "getCloudAppKey")
    methods = [out.returning(n, v) for n, v in zip(getters, keys or (), strict=False)]
    if keys is None:
        methods = [out.method(each, b"\x2a\xb4\x00\x01\xb0") for each in getters]
    body = struct.pack(">HHHH", flags, this, parent, len(interfaces)) + parents
    body += struct.pack(">HH", 0, len(methods)) + b"".join(methods) + b"\0\0"
    head = struct.pack(">IHHH", 0xCAFEBABE, 0, major, len(out.pool) + 1)
    return head + b"".join(out.pool) + body


ACTIVATOR = class_file("org/example/Activator", (), keys=(), registers=LISTENER)
IMPORTS = "Import-Package: com.atlassian.migration.app,com.atlassian.migration.app.listener\n"


@pytest.fixture
def jar(tmp_path: Path) -> Callable[..., Path]:
    def make(*classes: bytes, manifest: str = IMPORTS, inside: str = "", **files: str) -> Path:
        path = tmp_path / "plugin.jar"
        with zipfile.ZipFile(path, "w") as out:
            name = "" if "Bundle-SymbolicName" in manifest else "Bundle-SymbolicName: charts\n"
            out.writestr("META-INF/MANIFEST.MF", f"Manifest-Version: 1.0\n{name}{manifest}")
            out.writestr("atlassian-plugin.xml", DESCRIPTOR.format(inside))
            for number, raw in enumerate(classes):
                out.writestr(f"org/example/C{number}.class", raw)
            for name, text in files.items():
                out.writestr(name.replace("__", "/"), text)
        return path

    return make


def causes(path: Path, confidence: str) -> set[str | None]:
    return {each.cause for each in check(read_plugin(path)) if each.confidence == confidence}


def test_a_good_plugin_has_no_fault(jar):
    plugin = read_plugin(jar(class_file(), ACTIVATOR))
    (listener,) = plugin.listeners

    assert listener.name == "org.example.Listener"
    assert listener.generation == "first (OSGi), deprecated"
    assert (listener.server_key, listener.cloud_key) == (Constant("charts"), Constant("charts"))
    assert listener.exported_by == ("registerService in org.example.Activator",)
    assert plugin.java == 17
    assert {each.confidence for each in check(plugin)} == {"unknown", "excluded"}


def test_a_listener_is_known_through_its_superclass(jar):
    base = class_file("org/example/Base", (V1,), flags=0x421, keys=("charts", "charts"))
    path = jar(base, class_file(superclass="org/example/Base", interfaces=(), keys=()), ACTIVATOR)
    (listener,) = read_plugin(path).listeners

    assert listener.name == "org.example.Listener"
    assert listener.server_key == Constant("charts")


@pytest.mark.parametrize(
    ("interface", "generation"),
    [
        (MODERN, "discoverable (Connect)"),
        ("com/atlassian/migration/app/CloudMigrationListenerV1", "second (tracker), deprecated"),
        (
            "com/atlassian/migration/app/listener/DiscoverableForgeListener",
            "discoverable (Forge)",
        ),
    ],
)
def test_each_generation_is_named(jar, interface, generation):
    (listener,) = read_plugin(jar(class_file(interfaces=(interface,)))).listeners

    assert listener.generation == generation


def test_keys_that_are_not_constant_are_said_not_to_be(jar):
    plugin = read_plugin(jar(class_file(keys=None), ACTIVATOR))

    assert plugin.listeners[0].cloud_key is None
    assert "server key not constant, cloud key not constant" in as_text(plugin)


def test_a_key_that_is_always_null_is_proved(jar):
    assert causes(jar(class_file(keys=("charts", None)), ACTIVATOR), "proved") == {"cloud-key-null"}


def test_keys_that_differ_are_left_open(jar):
    path = jar(class_file(keys=("charts-plugin", "charts-for-confluence")), ACTIVATOR)

    assert "keys-do-not-match" in causes(path, "unknown")
    assert causes(path, "proved") == set()


@pytest.mark.parametrize(
    ("classes", "files", "likely"),
    [
        ([class_file()], {}, {"listener-not-exported"}),
        ([class_file(mentions=(EXPORT,))], {}, {"listener-not-exported"}),
        (
            [class_file()],
            {"META-INF__plugin-components__exports": "org.example.Listener#listener"},
            {"listener-not-exported"},
        ),
        (
            [class_file()],
            {
                "META-INF__plugin-components__exports": "org.example.Listener#listener",
                "META-INF__spring__plugin-context.xml": SCAN,
            },
            set(),
        ),
        ([], {}, {"listener-never-called"}),
        ([class_file(), class_file("org/example/Two"), ACTIVATOR], {}, None),
    ],
    ids=["nothing", "annotation-only", "index-unscanned", "index", "no-listener", "two"],
)
def test_the_export_is_read_from_the_jar(jar, classes, files, likely):
    found = causes(jar(*classes, **files), "likely")

    assert found == (likely if likely is not None else {"two-listeners"})


def test_a_public_component_exports(jar):
    component = '<component key="l" class="org.example.Listener" public="true"/>'
    manifest = f"{IMPORTS}Atlassian-Plugin-Key: org.example.charts\n"
    plugin = read_plugin(jar(class_file(), inside=component, manifest=manifest))

    assert "<component>" in plugin.listeners[0].exported_by[0]
    assert any("refused" in each.text for each in check(plugin))


@pytest.mark.parametrize(
    ("manifest", "likely"),
    [
        ("", {"package-not-wired"}),
        ("DynamicImport-Package: com.atlassian.migration.app.*\n", {"package-not-wired"}),
        ("DynamicImport-Package: com.atlassian.migration.app*\n", set()),
        ('Import-Package: com.atlassian.migration.app;version="[1,2)",javax.xml.parsers\n', set()),
        ("Import-Package: !com.atlassian.migration.app,x\n", {"package-not-wired"}),
    ],
    ids=["none", "subpackages-only", "dynamic", "versioned", "excluded"],
)
def test_the_librarys_package_has_to_come_from_somewhere(jar, manifest, likely):
    assert causes(jar(class_file(), ACTIVATOR, manifest=manifest), "likely") == likely


def test_a_mandatory_import_of_an_unexported_package_is_pointed_out(jar):
    modern = class_file(interfaces=(MODERN,))

    assert "package-not-wired" in causes(jar(modern, ACTIVATOR), "unknown")
    optional = "Import-Package: com.atlassian.migration.app.listener;resolution:=optional\n"
    assert "package-not-wired" not in causes(jar(modern, ACTIVATOR, manifest=optional), "unknown")


def test_the_verdict_says_in_one_line_why_the_stand_in_would_not_run_it(jar):
    index = {
        "META-INF__plugin-components__component": "org.example.Gone",
        "META-INF__spring__a.xml": SCAN,
    }
    manifest = "Bundle-SymbolicName: x\nImport-Package: com.atlassian.migration.app,com.example\n"
    plugin = read_plugin(jar(class_file(major=65), ACTIVATOR, manifest=manifest, **index))

    line = as_text(plugin).splitlines()[-1]
    assert line.startswith("The stand-in will not run it: ")
    assert "the scanner's index names org.example.Gone, which is not in the jar" in line
    assert "nobody exports com.example" in line
    assert "needs Java 21" in line or "need Java 21" in line
    assert causes_of(plugin) >= {"context-not-started", "package-not-wired"}


def causes_of(plugin) -> set[str | None]:
    return {each.cause for each in check(plugin) if each.confidence == "likely"}


def test_an_obr_is_read_through_its_plugin(jar, tmp_path):
    obr = tmp_path / "charts.obr"
    with zipfile.ZipFile(obr, "w") as out:
        out.writestr("obr.xml", "<repository/>")
        out.write(jar(class_file(), ACTIVATOR), "charts.jar")
        out.writestr("dependencies/other.jar", b"")
    plugin = read_plugin(obr)

    assert plugin.facts.key == "org.example.charts"
    assert "installed with it: dependencies/other.jar" in as_text(plugin)


def zipped(entries: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as out:
        for name, raw in entries.items():
            out.writestr(name, raw)
    return content.getvalue()


@pytest.mark.parametrize("path", ["lib/inner.jar", ""], ids=["on the class path", "not on it"])
def test_a_jar_inside_counts_where_it_is_on_the_class_path(jar, path):
    library = "com/atlassian/migration/app/AppCloudMigrationListenerV1.class"
    inner = zipped({"org/example/Inner.class": b"", library: b""})
    place = jar(
        class_file(),
        ACTIVATOR,
        manifest=f"Bundle-ClassPath: .,{path}\n",
        **{
            "META-INF__plugin-components__component": "org.example.Inner",
            "META-INF__spring__a.xml": SCAN,
        },
    )
    with zipfile.ZipFile(place, "a") as out:
        out.writestr("lib/inner.jar", inner)
    likely = causes(place, "likely")
    missing = {"context-not-started", "package-not-wired"}
    assert likely & missing == (set() if path else missing)


def test_what_bundles_in_an_obr_export_is_served(jar, tmp_path):
    manifest = f"{IMPORTS.rstrip()},com.example.library\n"
    exports = (
        b"Manifest-Version: 1.0\nBundle-SymbolicName: l\nExport-Package: com.example.library\n"
    )
    obr = tmp_path / "charts.obr"
    with zipfile.ZipFile(obr, "w") as out:
        out.writestr("obr.xml", "<repository/>")
        out.write(jar(class_file(), ACTIVATOR, manifest=manifest), "charts.jar")
        out.writestr("dependencies/library.jar", zipped({"META-INF/MANIFEST.MF": exports}))

    assert "nobody exports" not in as_text(read_plugin(obr))
    assert "nobody exports com.example.library" in as_text(
        read_plugin(jar(class_file(), ACTIVATOR, manifest=manifest))
    )


def test_an_obr_without_a_plugin_is_refused_in_one_line(tmp_path):
    obr = tmp_path / "charts.obr"
    with zipfile.ZipFile(obr, "w") as out:
        out.writestr("obr.xml", "<repository/>")
    with pytest.raises(BadInput, match="this one has no"):
        read_plugin(obr)


def test_a_broken_plugin_in_an_obr_is_named_by_its_entry(tmp_path):
    obr = tmp_path / "charts.obr"
    with zipfile.ZipFile(obr, "w") as out:
        out.writestr("obr.xml", "<repository/>")
        out.writestr("charts.jar", "no zip")
    with pytest.raises(BadInput, match=r"charts\.obr: charts\.jar in it: not a jar"):
        read_plugin(obr)


def test_host_packages_and_modules_are_listed(jar):
    manifest = (
        "Bundle-SymbolicName: x\nImport-Package: com.atlassian.migration.app,"
        "com.atlassian.sal.api,com.atlassian.gadgets\n"
    )
    modules = '<rest key="r" path="/r"/><servlet key="s"/>'
    text = as_text(read_plugin(jar(class_file(), ACTIVATOR, manifest=manifest, inside=modules)))

    assert "host packages, known: com.atlassian.sal.api (the base URL)" in text
    assert "host packages, made up: com.atlassian.gadgets" in text
    assert "modules that the stand-in does not run: rest r, servlet s" in text


def test_a_newer_java_than_confluences_is_pointed_out(jar):
    assert "bundle-not-active" in causes(jar(class_file(major=65), ACTIVATOR), "unknown")


def test_a_broken_class_is_said_and_the_rest_read(jar):
    plugin = read_plugin(jar(class_file()[:-20], class_file(), ACTIVATOR))

    assert len(plugin.listeners) == 1
    assert "C0.class" in plugin.problems[0]
    assert json.dumps(to_json(plugin))


def test_what_is_no_jar_is_refused(tmp_path):
    (tmp_path / "plugin.jar").write_text("no jar")

    with pytest.raises(BadInput):
        read_plugin(tmp_path / "plugin.jar")


@given(st.integers(0, len(class_file()) - 1), st.integers(0, 255))
def test_a_damaged_class_file_is_read_or_refused(at, byte):
    raw = bytearray(class_file())
    raw[at] = byte
    with contextlib.suppress(NoClassFile):
        parse(bytes(raw))


def test_the_exit_status_is_for_a_pipeline(jar: Callable[..., Path]) -> None:
    assert exit_status(read_plugin(jar(class_file(), ACTIVATOR))) == 0
    assert exit_status(read_plugin(jar(class_file()))) == 1
    null = class_file(keys=("charts", None))
    assert exit_status(read_plugin(jar(null, ACTIVATOR))) == 1


def test_a_class_of_its_own_that_is_missing_is_named(jar: Callable[..., Path]) -> None:
    names = class_file("org/example/Export", (), keys=(), registers="org/example/Gone")
    imported = class_file("org/example/Export", (), keys=(), registers="org/other/Gone")
    others = (class_file(), ACTIVATOR)
    (found,) = read_plugin(jar(*others, names)).missing
    assert (found.name, found.used_by) == ("org.example.Gone", "org.example.Export")
    assert read_plugin(jar(*others, imported)).missing == ()
    text = as_text(read_plugin(jar(*others, names)))
    assert "org.example.Export uses org.example.Gone, which is not in the jar" in text


@pytest.mark.parametrize("is_bundle", [True, False])
def test_a_listener_in_a_jar_inside_is_found(tmp_path: Path, is_bundle: bool) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("org/example/Listener.class", class_file())
    headers = f"Bundle-SymbolicName: charts\nBundle-ClassPath: .,META-INF/lib/core.jar\n{IMPORTS}"
    with zipfile.ZipFile(tmp_path / "plugin.jar", "w") as out:
        out.writestr("META-INF/MANIFEST.MF", f"Manifest-Version: 1.0\n{headers * is_bundle}")
        out.writestr("atlassian-plugin.xml", DESCRIPTOR.format(""))
        out.writestr("org/example/Activator.class", ACTIVATOR)
        out.writestr("META-INF/lib/core.jar", inner.getvalue())
    read = read_plugin(tmp_path / "plugin.jar")
    assert [each.name for each in read.listeners] == ["org.example.Listener"]
    assert read.missing == ()
