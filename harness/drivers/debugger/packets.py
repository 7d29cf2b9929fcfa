"""JDWP's wire encoding, pure: bytes in, values out, and back.

Kept apart from the socket so that every byte rule can be tested without a JVM. Source: the JDWP
specification (https://docs.oracle.com/en/java/javase/11/docs/specs/jdwp/), "Protocol details".
"""

import struct
from dataclasses import dataclass

from harness.errors import MalformedPacket

HANDSHAKE = b"JDWP-Handshake"
HEADER = struct.Struct(">IIBBB")
HEADER_BYTES = HEADER.size
REPLY_FLAG = 0x80
LARGEST_PACKET = 256 * 1024 * 1024
"""Bytes. AllClasses of a large server is a few MiB; anything near this is not JDWP."""

OBJECT_TAGS = frozenset(b"L[stglc")
_PRIMITIVES = {"B": ">b", "C": ">H", "F": ">f", "D": ">d", "I": ">i", "J": ">q", "S": ">h"}


@dataclass(frozen=True, slots=True)
class IdSizes:
    """How many bytes each kind of id has in this JVM (reply of IDSizes, in its order)."""

    field: int
    method: int
    object: int
    reference_type: int
    frame: int


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the code: a bytecode index in a method of a class."""

    type_tag: int
    class_id: int
    method_id: int
    index: int


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """An object in the JVM by its id; id 0 is null."""

    tag: str
    id: int


Value = ObjectRef | bool | int | float | None
"""A decoded JDWP value; None is void."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet. A reply has `error`, a command has `command` as (set, number)."""

    id: int
    is_reply: bool
    error: int
    command: tuple[int, int]
    data: bytes


def encode_command(packet_id: int, command: tuple[int, int], data: bytes) -> bytes:
    """The bytes of a command packet."""
    return HEADER.pack(HEADER_BYTES + len(data), packet_id, 0, *command) + data


def packet_length(header: bytes) -> int:
    """The whole packet's length in bytes, read from its first four bytes.

    Raises:
        MalformedPacket: a length that no JDWP packet has.
    """
    length = int.from_bytes(header[:4], "big")
    if not HEADER_BYTES <= length <= LARGEST_PACKET:
        raise MalformedPacket(f"a packet length of {length} bytes")
    return length


def decode_packet(raw: bytes) -> Packet:
    """The packet that `raw` holds, whole."""
    _, packet_id, flags, first, second = HEADER.unpack_from(raw)
    data = raw[HEADER_BYTES:]
    if flags & REPLY_FLAG:
        return Packet(packet_id, True, first << 8 | second, (0, 0), data)
    return Packet(packet_id, False, 0, (first, second), data)


class Writer:
    """Builds the data part of a command."""

    def __init__(self, sizes: IdSizes) -> None:
        self._sizes = sizes
        self._parts: list[bytes] = []

    def byte(self, value: int) -> "Writer":
        """Append one byte."""
        return self._append(struct.pack(">B", value))

    def boolean(self, value: bool) -> "Writer":
        """Append a boolean as one byte."""
        return self.byte(int(value))

    def int32(self, value: int) -> "Writer":
        """Append four bytes, signed, big-endian."""
        return self._append(struct.pack(">i", value))

    def string(self, value: str) -> "Writer":
        """Append a length and the text.

        The specification says modified UTF-8, OpenJDK's agent reads standard UTF-8; they differ
        only in NUL and beyond the basic plane, which no class or method name here has.
        """
        raw = value.encode()
        return self.int32(len(raw))._append(raw)

    def object_id(self, value: int) -> "Writer":
        """Append an object id (threads, strings, class loaders and arrays are objects)."""
        return self._id(value, self._sizes.object)

    def type_id(self, value: int) -> "Writer":
        """Append a class or interface id."""
        return self._id(value, self._sizes.reference_type)

    def method_id(self, value: int) -> "Writer":
        """Append a method id."""
        return self._id(value, self._sizes.method)

    def field_id(self, value: int) -> "Writer":
        """Append a field id."""
        return self._id(value, self._sizes.field)

    def frame_id(self, value: int) -> "Writer":
        """Append a frame id."""
        return self._id(value, self._sizes.frame)

    def location(self, value: Location) -> "Writer":
        """Append a location."""
        self.byte(value.type_tag).type_id(value.class_id).method_id(value.method_id)
        return self._append(struct.pack(">Q", value.index))

    def data(self) -> bytes:
        """What was appended."""
        return b"".join(self._parts)

    def _id(self, value: int, size: int) -> "Writer":
        return self._append(value.to_bytes(size, "big"))

    def _append(self, raw: bytes) -> "Writer":
        self._parts.append(raw)
        return self


class Reader:
    """Reads the data part of a packet; every short read is a MalformedPacket."""

    def __init__(self, data: bytes, sizes: IdSizes) -> None:
        self._data = data
        self._sizes = sizes
        self._at = 0

    def byte(self) -> int:
        """One byte, unsigned."""
        return self._take(1)[0]

    def boolean(self) -> bool:
        """One byte, not zero."""
        return self.byte() != 0

    def int32(self) -> int:
        """Four bytes, signed."""
        return int.from_bytes(self._take(4), "big", signed=True)

    def count(self) -> int:
        """An int that counts what follows, each at least one byte long."""
        value = self.int32()
        if not 0 <= value <= len(self._data) - self._at:
            raise MalformedPacket(
                f"a count of {value} with {len(self._data) - self._at} bytes left"
            )
        return value

    def string(self) -> str:
        """A length and text in modified or standard UTF-8."""
        return decode_utf8(self._take(self.count()))

    def object_id(self) -> int:
        """An object id."""
        return self._id(self._sizes.object)

    def type_id(self) -> int:
        """A class or interface id."""
        return self._id(self._sizes.reference_type)

    def method_id(self) -> int:
        """A method id."""
        return self._id(self._sizes.method)

    def field_id(self) -> int:
        """A field id."""
        return self._id(self._sizes.field)

    def frame_id(self) -> int:
        """A frame id."""
        return self._id(self._sizes.frame)

    def raw(self) -> bytes:
        """A count and that many bytes."""
        return self._take(self.count())

    def location(self) -> Location:
        """A location; all zero where there is none (an exception nobody catches)."""
        return Location(
            self.byte(),
            self.type_id(),
            self.method_id(),
            int.from_bytes(self._take(8), "big"),
        )

    def tagged_object(self) -> ObjectRef:
        """A tag byte and an object id."""
        tag = self.byte()
        if tag not in OBJECT_TAGS:
            raise MalformedPacket(f"object tag {tag}")
        return ObjectRef(chr(tag), self.object_id())

    def value(self) -> Value:
        """A tag byte and the value it tells."""
        tag = self.byte()
        if tag in OBJECT_TAGS:
            return ObjectRef(chr(tag), self.object_id())
        letter = chr(tag)
        if letter == "V":
            return None
        if letter == "Z":
            return self.boolean()
        if letter not in _PRIMITIVES:
            raise MalformedPacket(f"value tag {tag}")
        layout = struct.Struct(_PRIMITIVES[letter])
        number: int | float = layout.unpack(self._take(layout.size))[0]
        return number

    def end(self) -> None:
        """Check that nothing is left."""
        if self._at != len(self._data):
            raise MalformedPacket(f"{len(self._data) - self._at} bytes too many")

    def _id(self, size: int) -> int:
        return int.from_bytes(self._take(size), "big")

    def _take(self, size: int) -> bytes:
        chunk = self._data[self._at : self._at + size]
        if len(chunk) < size:
            raise MalformedPacket(f"{size} bytes were due, {len(chunk)} are left")
        self._at += size
        return chunk


def decode_utf8(raw: bytes) -> str:
    """Text from modified or standard UTF-8: a two-byte NUL and surrogate pairs are accepted.

    A half surrogate pair, which Java strings may hold, becomes the replacement character.

    Raises:
        MalformedPacket: the bytes are neither.
    """
    try:
        text = raw.replace(b"\xc0\x80", b"\x00").decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise MalformedPacket(f"text that is no UTF-8: {error.reason}") from error
    if text.isascii():
        return text
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")
