"""The wire encoding: what goes out comes back, and broken bytes are named, never misread."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.drivers.debugger.packets import (
    HEADER_BYTES,
    IdSizes,
    Location,
    ObjectRef,
    Reader,
    Writer,
    decode_packet,
    decode_utf8,
    encode_command,
    packet_length,
)
from harness.errors import MalformedPacket

SIZES = IdSizes(field=8, method=8, object=8, reference_type=8, frame=8)
SMALL = IdSizes(field=4, method=2, object=4, reference_type=4, frame=8)


def test_a_command_is_a_header_and_its_data():
    raw = encode_command(7, (15, 1), b"abc")

    assert raw == bytes.fromhex("0000000e 00000007 00 0f 01") + b"abc"
    assert packet_length(raw) == len(raw)
    assert decode_packet(raw).command == (15, 1)


def test_a_reply_tells_its_error():
    packet = decode_packet(bytes.fromhex("0000000b 00000007 80 0070"))

    assert (packet.is_reply, packet.id, packet.error) == (True, 7, 112)


@pytest.mark.parametrize("length", [0, HEADER_BYTES - 1, 1 << 31])
def test_a_length_that_no_packet_has_is_malformed(length):
    with pytest.raises(MalformedPacket, match="length"):
        packet_length(length.to_bytes(4, "big"))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(-(2**31), 2**31 - 1))
def test_strings_and_ints_come_back(text, number):
    reader = Reader(Writer(SIZES).string(text).int32(number).data(), SIZES)

    assert (reader.string(), reader.int32()) == (text, number)
    reader.end()


@given(st.sampled_from([SIZES, SMALL]), st.integers(0, 2**16 - 1), st.integers(0, 2**64 - 1))
def test_ids_take_the_sizes_the_jvm_told(sizes, number, index):
    location = Location(1, number, number, index)
    data = Writer(sizes).object_id(number).frame_id(number).location(location).data()
    reader = Reader(data, sizes)

    assert (reader.object_id(), reader.frame_id(), reader.location()) == (number, number, location)
    assert len(data) == sizes.object + sizes.frame + 1 + sizes.reference_type + sizes.method + 8


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"V", None),
        (b"Z\x01", True),
        (b"I\xff\xff\xff\xff", -1),
        (b"J" + b"\x00" * 7 + b"\x05", 5),
        (b"B\x80", -128),
        (b"C\x00A", 65),
        (b"D" + bytes.fromhex("3ff8000000000000"), 1.5),
        (b"s" + b"\x00" * 7 + b"\x09", ObjectRef("s", 9)),
        (b"L" + b"\x00" * 8, ObjectRef("L", 0)),
    ],
)
def test_a_tagged_value_is_what_its_tag_says(raw, value):
    assert Reader(raw, SIZES).value() == value


def test_an_unknown_tag_is_malformed():
    with pytest.raises(MalformedPacket, match="tag"):
        Reader(b"?1234", SIZES).value()


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"a\xc0\x80b", "a\x00b"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "\U0001f600"),
        ("\U0001f600".encode(), "\U0001f600"),
        (b"\xed\xa0\xbd", "�"),
        ("für".encode(), "für"),
    ],
)
def test_text_is_modified_or_standard_utf8(raw, text):
    assert decode_utf8(raw) == text


def test_text_that_is_neither_is_malformed():
    with pytest.raises(MalformedPacket, match="UTF-8"):
        decode_utf8(b"\xff\xfe")


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data):
    for read in (Reader.string, Reader.value, Reader.location, Reader.raw, Reader.tagged_object):
        with contextlib.suppress(MalformedPacket):
            read(Reader(data, SIZES))
