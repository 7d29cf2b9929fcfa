"""Jars that are wrong, odd or meant to hurt: each is small, and made when it is needed."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

KEY = "com.example.charts"
DESCRIPTOR = f'<atlassian-plugin key="{KEY}" plugins-version="2"/>'
MANIFEST = f"Manifest-Version: 1.0\r\nBundle-SymbolicName: {KEY}\r\n\r\n"
NAMES = ("META-INF/MANIFEST.MF", "atlassian-plugin.xml")
CLASS = "org/example/Listener.class"
LIBRARY = b"com/atlassian/migration/app"
ESCAPE = "\x1b]0;owned\x07\x1b[2J\r\u202e\u200b"

ENTITY = "<!DOCTYPE a [<!ENTITY b {}>]><atlassian-plugin key='&b;'/>"

Make = Callable[[], bytes]


def zipped(
    entries: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", method) as jar:
        for name, content in entries.items():
            jar.writestr(name, content)
        jar.comment = comment
    return raw.getvalue()


def plugin(
    entries: Mapping[str, bytes | str] | None = None,
    *,
    manifest: str | bytes = MANIFEST,
    descriptor: str | bytes = DESCRIPTOR,
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    return zipped({NAMES[0]: manifest, NAMES[1]: descriptor, **(entries or {})}, method)


def changed(at: Callable[[bytes], int], to: bytes, jar: Make = plugin) -> Make:
    """A jar with some of its bytes replaced."""

    def make() -> bytes:
        raw = jar()
        place = at(raw)
        return raw[:place] + to + raw[place + len(to) :]

    return make


def central(offset: int) -> Callable[[bytes], int]:
    return lambda raw: raw.index(b"PK\1\2") + offset


def end(offset: int) -> Callable[[bytes], int]:
    return lambda raw: raw.rindex(b"PK\5\6") + offset


def local(offset: int) -> Callable[[bytes], int]:
    return lambda raw: raw.index(b"PK\3\4") + offset


def class_file(pool: bytes, count: int, rest: bytes = b"") -> bytes:
    return b"\xca\xfe\xba\xbe\0\0\0\x3d" + struct.pack(">H", count) + pool + rest


def utf8(text: bytes) -> bytes:
    return b"\1" + struct.pack(">H", len(text)) + text


def with_class(raw: bytes) -> Make:
    return lambda: plugin({CLASS: raw})


def chain(length: int) -> bytes:
    """Classes of which each extends the one before, the first one a listener."""
    parent = b"com/atlassian/migration/app/listener/DiscoverableListener"
    entries: dict[str, bytes] = {}
    for number in range(length):
        name = b"org/example/C%d" % number
        interfaces = b"\0\1\0\4" if number == 0 else b"\0\0"
        pool = utf8(name) + b"\7\0\1" + utf8(parent) + b"\7\0\3"
        above = b"\0\0" if number == 0 else b"\0\4"
        rest = b"\0\x21\0\2" + above + interfaces + b"\0\0\0\0\0\0"
        entries[f"org/example/C{number}.class"] = class_file(pool, 5, rest)
        parent = name
    return plugin(entries)


def many(count: int) -> bytes:
    """A plugin with empty entries, written by hand: `zipfile` takes seconds for so many."""
    raw = plugin()
    begin, stop = raw.index(b"PK\1\2"), raw.rindex(b"PK\5\6")
    body, directory = bytearray(raw[:begin]), bytearray(raw[begin:stop])
    for number in range(count):
        name = b"a%06d" % number
        directory += (
            _CENTRAL.pack(b"PK\1\2", 20, 20, *[0] * 7, len(name), *[0] * 5, len(body)) + name
        )
        body += _LOCAL.pack(b"PK\3\4", 20, *[0] * 7, len(name), 0) + name
    shown = min(count + 2, 0xFFFF)
    tail = _END.pack(b"PK\5\6", 0, 0, shown, shown, len(directory), len(body), 0)
    return bytes(body + directory + tail)


_CENTRAL, _LOCAL = struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")


def obr(entries: Mapping[str, bytes | str]) -> bytes:
    return zipped({"obr.xml": "<repository/>", **entries})


def nested(depth: int) -> bytes:
    raw = plugin()
    for _ in range(depth):
        raw = plugin({"META-INF/lib/inner.jar": raw}, manifest="Manifest-Version: 1.0\r\n\r\n")
    return raw


def xml(encoding: str, text: str = "") -> str:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    return f'{head}<atlassian-plugin key="{KEY}">{text}</atlassian-plugin>'


def _quarters() -> bytes:
    return MANIFEST.encode("utf-16")


HOSTILE: dict[str, Make] = {
    # What is no zip file, or half of one.
    "empty": lambda: b"",
    "one byte": lambda: b"P",
    "text": lambda: b"hello\n" * 100,
    "only an end": lambda: zipped({}),
    "only magic": lambda: b"PK\3\4",
    "zeros": lambda: bytes(100_000),
    "cut in the middle": lambda: plugin()[: len(plugin()) // 2],
    "cut at its end": lambda: plugin()[:-10],
    "twice": lambda: plugin() + plugin(),
    "behind a script": lambda: b"#!/bin/sh\nexit 0\n" + plugin(),
    "followed by megabytes": lambda: plugin() + bytes(3_000_000),
    "two ends": lambda: plugin() + plugin()[-22:],
    "a gzip": lambda: b"\x1f\x8b\x08\0" + bytes(60),
    # Headers that lie.
    "directory begins past the end": changed(end(16), b"\xff\xff\xff\x7f"),
    "directory is longer than the file": changed(end(12), b"\xff\xff\xff\x7f"),
    "directory of 4 GiB": changed(end(12), b"\xfe\xff\xff\xff"),
    "more entries than there are": changed(end(8), b"\xff\x7f\xff\x7f"),
    "no entries, it says": changed(end(8), b"\0\0\0\0"),
    "on another disk": changed(end(4), b"\1\0\1\0"),
    "a comment longer than the file": changed(end(20), b"\xff\xff"),
    "zip64 without its record": changed(end(8), b"\xff" * 12),
    "unpacked size is 4 GiB": changed(central(24), b"\xfe\xff\xff\xff"),
    "unpacked size is too small": changed(central(24), b"\1\0\0\0"),
    "packed size is 4 GiB": changed(central(20), b"\xfe\xff\xff\xff"),
    "packed size is 0": changed(central(20), b"\0\0\0\0"),
    "wrong checksum": changed(central(16), b"\1\2\3\4"),
    "name longer than the directory": changed(central(28), b"\xff\xff"),
    "extra longer than the directory": changed(central(30), b"\xff\xff"),
    "local header past the end": changed(central(42), b"\xff\xff\xff\x7f"),
    "local header is none": changed(local(0), b"XXXX"),
    "local name longer than the file": changed(local(26), b"\xff\xff"),
    "local name is another": changed(local(30), b"X"),
    "encrypted": changed(central(8), b"\1\0"),
    "encrypted strongly": changed(central(8), b"\x41\0"),
    "patched data": changed(central(8), b"\x20\0"),
    "needs version 99": changed(central(6), b"\x63\0"),
    "month 15": changed(central(14), b"\xff\xff"),
    # Ways of packing.
    "bzip2": lambda: plugin(method=zipfile.ZIP_BZIP2),
    "LZMA": lambda: plugin(method=zipfile.ZIP_LZMA),
    "packed by method 99": changed(central(10), b"\x63\0"),
    "one entry by bzip2": changed(central(10), b"\x0c\0"),
    "stored, but is deflated": changed(central(10), b"\0\0"),
    "deflate that is broken": changed(lambda raw: raw.index(NAMES[0].encode()) + 25, b"\xff" * 9),
    # Names.
    "a name that leaves": lambda: plugin({"../../etc/cron.d/x": "x"}),
    "an absolute name": lambda: plugin({"/etc/x": "x"}),
    "a name with a drive": lambda: plugin({"C:/x": "x"}),
    "a name with backslashes": lambda: plugin({"a\\..\\b": "x"}),
    "a name with a NUL": changed(
        lambda raw: raw.rindex(b"bbb"), b"\0", lambda: plugin({"bbb": ""})
    ),
    "a name in no encoding": changed(
        lambda raw: raw.rindex("\u00e9\u00e9".encode()),
        b"\xff\xfe",
        lambda: plugin({"\u00e9\u00e9": ""}),
    ),
    "a name with terminal codes": lambda: plugin({f"{ESCAPE}.class": "x"}),
    "a name of 60,000 letters": lambda: plugin({"a" * 60_000 + ".class": b"\xca\xfe\xba\xbe"}),
    "a name of one dot": lambda: plugin({".": "x"}),
    "the same name in another case": lambda: plugin({"ATLASSIAN-PLUGIN.XML": "<x/>"}),
    "more entries than are allowed": lambda: many(66_000),
    # Bombs.
    "a bomb": lambda: plugin({"bomb": bytes(17 << 20)}),
    "a bomb as the descriptor": lambda: plugin(descriptor=b" " * (5 << 20)),
    "a bomb as the manifest": lambda: plugin(manifest=b"A: " + b"a" * (5 << 20)),
    "a bomb as a class": lambda: plugin({CLASS: bytes(5 << 20)}),
    "jars within jars within jars": lambda: nested(20),
    "an inner jar that is none": lambda: plugin(
        {"META-INF/lib/a.jar": "no jar"}, manifest="A: b\r\n"
    ),
    "an inner jar by bzip2": lambda: plugin(
        {"META-INF/lib/a.jar": plugin(method=zipfile.ZIP_BZIP2)}, manifest="A: b\r\n"
    ),
    "an inner jar that names itself": lambda: plugin(
        {"a.jar": plugin()}, manifest=f"{MANIFEST[:-2]}Bundle-ClassPath: {'a.jar,' * 2000}.\r\n"
    ),
    # Manifests.
    "900,000 continued lines": lambda: plugin(manifest="A: b\r\n" + " c\r\n" * 900_000),
    "900,000 commas": lambda: plugin(manifest=MANIFEST[:-2] + "Import-Package: " + "," * 900_000),
    "900,000 quotes": lambda: plugin(manifest=MANIFEST[:-2] + "Import-Package: " + '",' * 900_000),
    "a manifest in UTF-16": lambda: plugin(manifest=_quarters()),
    "a manifest of NULs": lambda: plugin(manifest=bytes(1000)),
    "a manifest that begins with a blank": lambda: plugin(manifest=" A: b\r\n"),
    "terminal codes in a manifest": lambda: plugin(
        manifest=f"{MANIFEST[:-2]}Import-Package: {ESCAPE},com.example.b{ESCAPE}\r\n"
    ),
    "a context that is not there": lambda: plugin(
        manifest=f"{MANIFEST[:-2]}Spring-Context: {ESCAPE}.xml\r\n"
    ),
    # Descriptors.
    "no XML": lambda: plugin(descriptor=b"\0\1\2"),
    "an unknown encoding": lambda: plugin(descriptor=xml("klingon")),
    "an encoding of many bytes": lambda: plugin(descriptor=xml("shift_jis")),
    "UTF-7": lambda: plugin(descriptor=xml("utf-7")),
    "an encoding that is no text": lambda: plugin(descriptor=xml("zlib_codec")),
    "UTF-32": lambda: plugin(descriptor=xml("utf-32").encode("utf-32")),
    "UTF-16 that says UTF-8": lambda: plugin(descriptor=xml("utf-8").encode("utf-16")),
    "bytes that are no UTF-8": lambda: plugin(descriptor=b"<atlassian-plugin key='\xff'/>"),
    "100,000 elements within one another": lambda: plugin(
        descriptor=xml("utf-8", "<a>" * 100_000 + "</a>" * 100_000)
    ),
    "100,000 attributes": lambda: plugin(
        descriptor="<atlassian-plugin key='k' "
        + " ".join(f"a{number}=''" for number in range(100_000))
        + "/>"
    ),
    "an entity": lambda: plugin(descriptor=ENTITY.format("'c'")),
    "an entity from outside": lambda: plugin(
        descriptor=ENTITY.format("SYSTEM 'file:///etc/passwd'")
    ),
    "a key of terminal codes": lambda: plugin(
        descriptor="<atlassian-plugin key='&#x9b;2J&#x202e;k'/>"
    ),
    "an entity in a context": lambda: plugin(
        {"META-INF/spring/a.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><beans>&b;</beans>"}
    ),
    "a context in an unknown encoding": lambda: plugin({"META-INF/spring/a.xml": xml("klingon")}),
    "an index of terminal codes": lambda: plugin({"META-INF/plugin-components/exports": ESCAPE}),
    # Class files.
    "a class of one byte": with_class(b"\xca"),
    "a class that ends in its pool": with_class(class_file(utf8(LIBRARY), 60_000)),
    "a class with an unknown constant": with_class(class_file(utf8(LIBRARY) + b"\x63\0\0", 3)),
    "a class whose name is a number": with_class(
        class_file(utf8(LIBRARY) + b"\3\0\0\0\0", 3, b"\0\x21\0\2\0\0" + bytes(8))
    ),
    "a class that is its own name": with_class(
        class_file(utf8(LIBRARY) + b"\7\0\2", 3, b"\0\x21\0\2\0\2" + bytes(8))
    ),
    "a class that extends itself": with_class(
        class_file(utf8(LIBRARY + b"/A") + b"\7\0\1", 3, b"\0\x21\0\2\0\2\0\1\0\2" + bytes(6))
    ),
    "a class with 65,535 methods": with_class(
        class_file(utf8(LIBRARY) + b"\7\0\1", 3, b"\0\x21\0\2\0\0\0\0\0\0\xff\xff" + bytes(8))
    ),
    "an attribute of 4 GiB": with_class(
        class_file(
            utf8(LIBRARY) + b"\7\0\1",
            3,
            b"\0\x21\0\2\0\0\0\0\0\1" + b"\0\0\0\1\0\1\0\1" + b"\0\1\xff\xff\xff\xff",
        )
    ),
    "a pool of odd text": with_class(class_file(utf8(LIBRARY + b"\xc0\x80\xed\xa0\x80"), 2)),
    "three megabytes of one word": lambda: plugin({CLASS: b"a" * 3_000_000}, manifest="A: b\r\n"),
    "three megabytes of slashes": lambda: plugin({CLASS: b"a/" * 1_500_000}, manifest="A: b\r\n"),
    "300 classes, each the next one's parent": lambda: chain(300),
    # .obr files.
    "an .obr without a plugin": lambda: obr({}),
    "an .obr with two": lambda: obr({"a.jar": plugin(), "b.jar": plugin()}),
    "an .obr whose plugin is none": lambda: obr({"a.jar": "no jar"}),
    "an .obr whose plugin leaves": lambda: obr({"a.jar": plugin({"../x": ""})}),
    "an .obr whose dependency is none": lambda: obr({"a.jar": plugin(), "dependencies/b.jar": "x"}),
    "an .obr within an .obr": lambda: obr({"a.jar": obr({"b.jar": plugin()})}),
    "an .obr with a damaged plugin": changed(
        lambda raw: raw.index(b"a.jar") + 30, b"\xff" * 8, lambda: obr({"a.jar": plugin()})
    ),
}


def write(name: str, folder: Path) -> Path:
    """The jar of that name, as a file."""
    path = folder / ("hostile.obr" if ".obr" in name else "hostile.jar")
    path.write_bytes(HOSTILE[name]())
    return path
