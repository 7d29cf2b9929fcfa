"""Reads a jar's class files fast enough for jars with ten thousand of them.

`zipfile` opens each entry anew; here the file is mapped once and each entry inflated from it.
"""

import contextlib
import io
import mmap
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

LARGEST = 4 << 20
_LARGEST_INNER = 128 << 20
_LOCAL_HEADER = 30
_VERSIONED = "META-INF/versions/"


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
        for info in members:
            try:
                yield info.filename, _inflated(content, info)
            except (ValueError, struct.error, zlib.error) as error:
                problems.append(f"{info.filename}: {error}")


def inner_class_files(
    jar: zipfile.ZipFile, inner: Iterable[str], problems: list[str]
) -> Iterator[tuple[str, bytes]]:
    """The class files of jars inside a jar; arguments and problems as for `class_files`."""
    for name in inner:
        content = _inner_content(jar, name)
        if content is None:
            problems.append(f"{name}: a jar inside that cannot be read")
            continue
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            members = _classes_among(opened.infolist())
        for info in members:
            try:
                yield info.filename, _inflated(content, info)
            except (ValueError, struct.error, zlib.error) as error:
                problems.append(f"{name}!{info.filename}: {error}")


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
    content = _inner_content(jar, name)
    return None if content is None else zipfile.ZipFile(io.BytesIO(content))


def _inner_content(jar: zipfile.ZipFile, name: str) -> bytes | None:
    with contextlib.suppress(KeyError, OSError, zipfile.BadZipFile, zlib.error):
        if jar.getinfo(name).file_size <= _LARGEST_INNER:
            content = jar.read(name)
            zipfile.ZipFile(io.BytesIO(content)).close()
            return content
    return None


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
