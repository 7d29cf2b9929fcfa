"""Event requests and events, byte for byte."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.drivers.debugger.packets import IdSizes, Location, ObjectRef, Writer
from harness.drivers.debugger.protocol import (
    BreakpointHit,
    ClassPrepared,
    EventKind,
    ExceptionThrown,
    Modifiers,
    Suspend,
    VmDied,
    decode_composite,
    event_request,
    is_background,
)
from harness.errors import MalformedPacket

SIZES = IdSizes(8, 8, 8, 8, 8)
HERE = Location(1, 20, 30, 4)
NOWHERE = Location(0, 0, 0, 0)


def out() -> Writer:
    return Writer(SIZES)


def composite(suspended: int, *events: Writer) -> bytes:
    return out().byte(suspended).int32(len(events)).data() + b"".join(e.data() for e in events)


def prepare_event(signature: str) -> Writer:
    event = out().byte(8).int32(5).object_id(9).byte(1).type_id(77)
    return event.string(signature).int32(7)


def breakpoint_event() -> Writer:
    return out().byte(2).int32(5).object_id(9).location(HERE)


def exception_event(caught_at: Location) -> Writer:
    event = out().byte(4).int32(6).object_id(9).location(HERE)
    return event.byte(ord("L")).object_id(44).location(caught_at)


def test_a_breakpoint_request_is_kind_policy_and_location():
    data = event_request(
        EventKind.BREAKPOINT, Suspend.EVENT_THREAD, [Modifiers(SIZES).location_only(HERE)], SIZES
    )

    assert data == bytes.fromhex(
        "02 01 00000001 07 01 0000000000000014 000000000000001e 0000000000000004"
    )


def test_class_and_exception_modifiers():
    modifiers = Modifiers(SIZES)

    assert modifiers.class_match("a.B").data == b"\x05\x00\x00\x00\x03a.B"
    assert modifiers.class_exclude("sun.*").data == b"\x06\x00\x00\x00\x05sun.*"
    assert modifiers.any_exception().data == b"\x08" + b"\x00" * 8 + b"\x01\x01"
    assert modifiers.thread_only(9).data == b"\x03" + b"\x00" * 7 + b"\x09"


def test_each_event_is_decoded():
    decoded = decode_composite(
        composite(
            1,
            breakpoint_event(),
            exception_event(HERE),
            exception_event(NOWHERE),
            prepare_event("La/B;"),
            out().byte(99).int32(0),
        ),
        SIZES,
    )

    assert decoded.suspended == 1
    assert decoded.events == (
        BreakpointHit(5, 9, HERE),
        ExceptionThrown(6, 9, ObjectRef("L", 44), HERE),
        ExceptionThrown(6, 9, ObjectRef("L", 44), None),
        ClassPrepared(5, 9, 1, 77, "La/B;"),
        VmDied(),
    )


def test_the_unasked_vm_start_is_skipped():
    assert decode_composite(composite(0, out().byte(90).int32(0).object_id(1)), SIZES).events == ()


@pytest.mark.parametrize(
    "data",
    [
        composite(0, out().byte(55).int32(1)),
        composite(1, breakpoint_event())[:-1],
        composite(1, breakpoint_event()) + b"x",
        out().byte(1).int32(1 << 20).data(),
    ],
)
def test_broken_events_are_malformed(data):
    with pytest.raises(MalformedPacket):
        decode_composite(data, SIZES)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data):
    with contextlib.suppress(MalformedPacket):
        decode_composite(data, SIZES)


def test_only_class_preparation_that_holds_nobody_is_background():
    assert is_background(composite(0, prepare_event("La/B;")))
    assert not is_background(composite(1, prepare_event("La/B;")))
    assert not is_background(composite(0, breakpoint_event()))
    assert not is_background(b"")
