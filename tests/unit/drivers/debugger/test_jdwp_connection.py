"""The connection against a peer that misbehaves: every broken stream is a named error, in time."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from harness.drivers.debugger.attach import attach
from harness.drivers.debugger.connection import Connection
from harness.drivers.debugger.packets import HANDSHAKE, HEADER_BYTES, packet_length
from harness.drivers.debugger.protocol import Command
from harness.errors import (
    CommandRefused,
    DebuggerBusy,
    JvmGone,
    MalformedPacket,
    NoDebuggee,
    NoReply,
)

Peer = Callable[[socket.socket], None]


@pytest.fixture
def connection_to() -> Iterator[Callable[[Peer], Connection]]:
    """Connects to a peer that runs the given function on its end of a socket pair."""
    opened: list[tuple[Connection, socket.socket, threading.Thread]] = []

    def connect(peer: Peer) -> Connection:
        ours, theirs = socket.socketpair()
        thread = threading.Thread(target=peer, args=(theirs,))
        thread.start()
        opened.append((Connection(ours, reply_seconds=0.2), theirs, thread))
        return opened[-1][0]

    yield connect
    for connection, theirs, thread in opened:
        connection.close()
        thread.join()
        theirs.close()


def read_command(sock: socket.socket) -> bytes:
    header = sock.recv(HEADER_BYTES)
    rest = packet_length(header) - HEADER_BYTES
    return header + (sock.recv(rest) if rest else b"")


def reply_to(command: bytes, data: bytes = b"", error: int = 0) -> bytes:
    length = (HEADER_BYTES + len(data)).to_bytes(4, "big")
    return length + command[4:8] + b"\x80" + error.to_bytes(2, "big") + data


def answers(*replies: Callable[[bytes], bytes]) -> Peer:
    def peer(sock: socket.socket) -> None:
        for reply in replies:
            sock.sendall(reply(read_command(sock)))

    return peer


def test_a_reply_goes_to_its_command(connection_to):
    connection = connection_to(answers(lambda command: reply_to(command, b"data")))

    assert connection.request(Command.VERSION) == b"data"


def test_a_reply_may_come_in_single_bytes(connection_to):
    def peer(sock: socket.socket) -> None:
        for byte in reply_to(read_command(sock), b"slow"):
            sock.sendall(bytes([byte]))

    assert connection_to(peer).request(Command.VERSION) == b"slow"


def test_an_error_code_is_named(connection_to):
    connection = connection_to(answers(lambda command: reply_to(command, error=20)))

    with pytest.raises(CommandRefused, match="INVALID_OBJECT"):
        connection.request(Command.STRING_VALUE)


def test_many_commands_keep_their_order_and_refusals(connection_to):
    connection = connection_to(
        answers(
            lambda command: reply_to(command, b"a"),
            lambda command: reply_to(command, error=21),
            lambda command: reply_to(command, b"c"),
        )
    )

    assert connection.request_many(Command.CLASS_TYPE_SUPERCLASS, [b"1", b"2", b"3"]) == [
        b"a",
        None,
        b"c",
    ]


def test_no_reply_is_bounded(connection_to):
    with pytest.raises(NoReply, match="no reply within"):
        connection_to(read_command).request(Command.VERSION)


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (b"", JvmGone),
        (b"HTTP/1.1 400 Bad Request\r\n", MalformedPacket),
        (b"\x00\x00\x00\x05\x00\x00\x00\x01\x80\x00\x00", MalformedPacket),
        (b"\x00\x00\x00\x0b\x00\x00\x03\x99\x80\x00\x00", MalformedPacket),
        (b"\x00\x00\x00\x20\x00\x00\x00\x01\x80\x00\x00half", JvmGone),
    ],
    ids=["closed", "not-jdwp", "short-length", "unknown-reply", "cut-short"],
)
def test_a_broken_stream_ends_every_waiting_command(connection_to, sent, error):
    def peer(sock: socket.socket) -> None:
        read_command(sock)
        sock.sendall(sent)
        sock.shutdown(socket.SHUT_RDWR)

    connection = connection_to(peer)
    with pytest.raises(error):
        connection.request(Command.VERSION)
    with pytest.raises(error):
        connection.request(Command.VERSION)


def test_closing_sends_dispose_and_says_whether_it_was_confirmed(connection_to):
    commands: list[bytes] = []

    def peer(sock: socket.socket) -> None:
        commands.append(read_command(sock))
        sock.sendall(reply_to(commands[0]))

    assert connection_to(peer).close()
    assert commands[0][9:11] == bytes(Command.DISPOSE.value)


def test_closing_a_dead_connection_says_so(connection_to):
    assert not connection_to(lambda sock: sock.shutdown(socket.SHUT_RDWR)).close()


@pytest.mark.parametrize(
    ("handshake", "error", "says"),
    [
        (HANDSHAKE, DebuggerBusy, "then nothing more"),
        (b"SSH-2.0-OpenSSH", MalformedPacket, "SSH-2.0"),
        (b"", NoDebuggee, "port proxy"),
        (None, DebuggerBusy, "handshake is not answered"),
    ],
    ids=["handshake-only", "another-protocol", "closed-at-once", "silent"],
)
def test_attaching_to_what_is_no_free_jvm(handshake, error, says):
    ended = threading.Event()

    def serve(listener: socket.socket) -> None:
        while not ended.is_set():
            sock, _ = listener.accept()
            with sock:
                if handshake is None:
                    ended.wait(5)
                elif handshake:
                    sock.sendall(handshake)
                    ended.wait(5)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        try:
            with pytest.raises(error, match=says):
                attach("127.0.0.1", port, within=0.2, reply_seconds=0.1)
        finally:
            ended.set()
            socket.create_connection(("127.0.0.1", port)).close()
            thread.join()
