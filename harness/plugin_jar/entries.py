"""Opens a jar and reads its entries, each bounded; class files fast enough for ten thousand.

`zipfile` opens each entry anew; here the file is mapped once and each class inflated from it. What
a jar may cost is bounded here: its directory, jars inside it, a class, and all classes together.
"""

import io
import mmap
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

LARGEST = 4 << 20
"""Bytes of a class file or text."""
MOST_CLASSES = 256 << 20
"""Bytes of all class files; the largest plugin that we know has 60 MB."""
_LARGEST_INNER = 128 << 20
_LARGEST_DIRECTORY = 32 << 20
"""Bytes of the list of entries: 500 for each of as many as are allowed."""
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_COMMENT = 0xFFFF
_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_BZIP2: "bzip2", zipfile.ZIP_LZMA: "LZMA"}
_LOCAL_HEADER = 30
_VERSIONED = "META-INF/versions/"


class Unreadable(Exception):
    """A file is no jar that is read; says why."""


BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, struct.error),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)
"""What `zipfile` raises for a file that is not as it should be, names in no encoding among it."""


def opened(file: IO[bytes]) -> zipfile.ZipFile:
    """Opens a jar, unless its list of entries is longer than any plugin's.

    Raises:
        Unreadable: it is.
        BROKEN: one of these; it is no zip file.
    """
    if (size := _directory_bytes(file)) > _LARGEST_DIRECTORY:
        raise Unreadable(f"its list of entries has {size} bytes, more than {_LARGEST_DIRECTORY}")
    return zipfile.ZipFile(file)


def _directory_bytes(file: IO[bytes]) -> int:
    """How long the list of entries says it is; 0 where the file has none."""
    file.seek(0, io.SEEK_END)
    begin = max(file.tell() - _COMMENT - _END.size - _LOCATOR_64.size, 0)
    file.seek(begin)
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(tail):
        return 0
    size = int(_END.unpack_from(tail, at)[5])
    if at >= _LOCATOR_64.size and tail[at - _LOCATOR_64.size :].startswith(b"PK\6\7"):
        file.seek(_LOCATOR_64.unpack_from(tail, at - _LOCATOR_64.size)[2])
        record = file.read(_END_64.size)
        if len(record) == _END_64.size:
            size = max(size, int(_END_64.unpack(record)[8]))
    return size


def refused_by_the_jvm(entry: zipfile.ZipInfo) -> str:
    """Why the JVM opens no jar with this entry; empty when it does (ZipFile of OpenJDK 17)."""
    if entry.flag_bits & _ENCRYPTED:
        return "encrypted"
    if entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return ""
    return f"packed by {_METHODS.get(entry.compress_type, f'method {entry.compress_type}')}"


def content(jar: zipfile.ZipFile, name: str, most: int) -> bytes:
    """The first bytes of an entry.

    Raises:
        KeyError: there is no such entry.
        BROKEN: one of these; it cannot be unpacked.
    """
    info = jar.getinfo(name)
    if why := refused_by_the_jvm(info):
        raise zipfile.BadZipFile(f"{name} is {why}")
    with jar.open(info) as entry:
        return entry.read(most)


def class_files(
    path: Path, infos: list[zipfile.ZipInfo], problems: list[str]
) -> Iterator[tuple[str, bytes]]:
    """The class files of a jar; what cannot be read is added to `problems` and left out.

    Args:
        path: the jar.
        infos: its entries.
        problems: takes a line for each entry that is not read.
    """
    if not (members := _classes_among(infos)):
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for info in _allowed(members, [MOST_CLASSES], problems):
            try:
                yield info.filename, _inflated(content, info)
            except (ValueError, struct.error, zlib.error) as error:
                problems.append(f"{info.filename}: {error}")


def inner_class_files(
    jar: zipfile.ZipFile, inner: Iterable[str], problems: list[str]
) -> Iterator[tuple[str, bytes]]:
    """The class files of jars inside a jar; arguments and problems as for `class_files`."""
    left = [MOST_CLASSES]
    for name in inner:
        raw = _inner_content(jar, name)
        if raw is None:
            problems.append(f"{name}: a jar inside that cannot be read")
            continue
        with zipfile.ZipFile(io.BytesIO(raw)) as inside:
            members = _classes_among(inside.infolist())
        for info in _allowed(members, left, problems):
            try:
                yield info.filename, _inflated(raw, info)
            except (ValueError, struct.error, zlib.error) as error:
                problems.append(f"{name}!{info.filename}: {error}")


def _allowed(
    members: Iterable[zipfile.ZipInfo], left: list[int], problems: list[str]
) -> Iterator[zipfile.ZipInfo]:
    """Those that come before `left` bytes are used up, which is told."""
    for info in members:
        left[0] -= info.file_size
        if left[0] < 0:
            problems.append(f"{info.filename} and those after it: too many bytes of classes")
            return
        yield info


def _classes_among(infos: Iterable[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    return [
        info
        for info in infos
        if info.filename.endswith(".class")
        and not info.filename.startswith(_VERSIONED)
        and "-info.class" not in info.filename
    ]


def inner_jar(jar: zipfile.ZipFile, name: str) -> zipfile.ZipFile | None:
    """A jar inside a jar, in memory; None where it cannot be read or is larger than plugins are."""
    raw = _inner_content(jar, name)
    return None if raw is None else zipfile.ZipFile(io.BytesIO(raw))


def _inner_content(jar: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        raw = content(jar, name, _LARGEST_INNER + 1)
        if len(raw) > _LARGEST_INNER:
            return None
        opened(io.BytesIO(raw)).close()
    except (KeyError, OSError, Unreadable, *BROKEN):
        return None
    return raw


def _inflated(content: mmap.mmap | bytes, info: zipfile.ZipInfo) -> bytes:
    name, extra = struct.unpack_from("<HH", content, info.header_offset + 26)
    begin = info.header_offset + _LOCAL_HEADER + name + extra
    packed = content[begin : begin + info.compress_size]
    if info.file_size > LARGEST:
        raise ValueError(f"larger than {LARGEST} bytes, not read")
    if info.compress_type == zipfile.ZIP_STORED:
        raw = packed
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        raw = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, LARGEST + 1)
    else:
        raise ValueError("packed in a way that Java does not read")
    if zlib.crc32(raw) != info.CRC:
        raise ValueError("damaged: its checksum does not match")
    return raw
