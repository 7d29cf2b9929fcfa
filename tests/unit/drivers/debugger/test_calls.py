"""What is read at a call, as far as it needs no JVM."""

import pytest

from harness.drivers.debugger.bytecode import return_indexes
from harness.drivers.debugger.calls import CallStack, members_of, transfer_slot
from harness.drivers.debugger.client import ClassInfo, Frame, to_class_name, to_signature
from harness.drivers.debugger.packets import Location
from harness.drivers.debugger.types import LISTENER_INTERFACE, may_be_app_class

V1 = "(Ljava/lang/String;Lcom/atlassian/migration/app/gateway/MigrationDetailsV1;)V"
DISCOVERABLE = (
    "(Lcom/atlassian/migration/app/gateway/AppCloudMigrationGateway;Ljava/lang/String;Lx;)V"
)


@pytest.mark.parametrize(
    ("signature", "slot"),
    [
        (V1, 1),
        (DISCOVERABLE, 2),
        ("(JLjava/lang/String;)V", 3),
        ("(I[Ljava/lang/String;Ljava/lang/String;)V", 3),
        ("(Lx/Gateway;Lx/Details;)V", None),
        ("()V", None),
    ],
)
def test_the_transfer_is_the_first_string_argument(signature, slot):
    assert transfer_slot(signature) == slot


@pytest.mark.parametrize(
    ("text", "members"),
    [("[]", ()), ("[B, A]", ("A", "B")), ("[ONE]", ("ONE",)), ("", ())],
)
def test_a_collection_is_read_from_its_text(text, members):
    assert members_of(text) == members


def frames(*places: tuple[int, int]) -> list[Frame]:
    return [Frame(i, Location(1, c, m, 0)) for i, (c, m) in enumerate(places)]


OUTER, LISTENER, INNER = (1, 1), (2, 2), (3, 3)


@pytest.mark.parametrize(
    ("thrown_in", "caught", "leaves"),
    [
        ([INNER, LISTENER, OUTER], OUTER, True),
        ([INNER, LISTENER, OUTER], LISTENER, False),
        ([INNER, LISTENER, OUTER], INNER, False),
        ([INNER, LISTENER, OUTER], None, True),
        ([INNER, OUTER, LISTENER, OUTER], OUTER, False),
    ],
    ids=["caller", "listener", "callee", "nobody", "recursion"],
)
def test_an_exception_leaves_when_it_is_caught_outside(thrown_in, caught, leaves):
    stack = CallStack.at_entry(frames(LISTENER, OUTER))
    caught_at = caught and Location(1, *caught, 9)

    assert stack.leaves(caught_at, frames(*thrown_in)) is leaves
    if leaves:
        assert stack.may_leave(caught_at)


@pytest.mark.parametrize(
    ("code", "indexes"),
    [
        ("b1", [0]),
        ("2a b4 0001 b0", [4]),
        ("10 b1 57 b1", [3]),
        ("b9 0001 01 00 b1", [5]),
        ("c4 15 00b1 b1", [4]),
        ("c4 84 0001 00b1 b1", [6]),
        ("1a aa 0000 000000aa 00000000 00000001 000000b1 000000b1 b1", [24]),
        ("ab 000000 000000b1 00000001 000000b1 000000b1 ac", [20]),
        ("b8 0001 9a 0004 b1 b1", [6, 7]),
    ],
    ids=["void", "areturn", "operand", "interface", "wide", "iinc", "table", "lookup", "two"],
)
def test_returns_are_found_among_operands_that_look_like_them(code, indexes):
    assert return_indexes(bytes.fromhex(code)) == indexes


@pytest.mark.parametrize(
    ("name", "matches"),
    [
        ("com.atlassian.migration.app.AppCloudMigrationListenerV1", True),
        ("com.atlassian.migration.app.listener.DiscoverableListener", True),
        ("com.atlassian.migration.app.tracker.CloudMigrationListenerV1", True),
        ("com.atlassian.migration.app.AccessScope", False),
        ("org.example.AppCloudMigrationListenerV1", False),
    ],
)
def test_listener_interfaces_of_all_generations_are_known(name, matches):
    assert bool(LISTENER_INTERFACE.fullmatch(to_signature(name))) is matches
    assert to_class_name(to_signature(name)) == name


@pytest.mark.parametrize(
    ("signature", "may"),
    [
        ("Lorg/example/Listener;", True),
        ("Ljava/util/EventListener;", False),
        ("Lcom/sun/proxy/$Proxy12;", False),
        ("Lorg/example/$Proxy12;", False),
        ("Lorg/example/Listener$$EnhancerBySpringCGLIB$$1;", False),
        ("Lorg/example/Outer$Listener;", True),
    ],
)
def test_generated_and_platform_classes_are_no_listeners(signature, may):
    assert may_be_app_class(ClassInfo(1, 1, signature, True)) is may
