"""One debugger connection: handshake, commands and their replies, events, and Dispose at its end.

A reader thread takes packets off the socket: a reply goes to whoever waits for it, an event into
a queue with the time it came. Dispose is sent on every way out, because it alone makes the JVM
resume what was suspended and let the next debugger in.
"""

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from queue import Empty, PriorityQueue
from types import TracebackType

from harness.drivers.debugger.packets import (
    HEADER_BYTES,
    Packet,
    decode_packet,
    encode_command,
    packet_length,
)
from harness.drivers.debugger.protocol import ERROR_NAMES, Command, is_background
from harness.errors import CommandRefused, DriverError, JvmGone, MalformedPacket, NoReply


@dataclass(frozen=True, order=True, slots=True)
class Arrival:
    """An undecoded Event.Composite; background ones sort behind those that may hold a thread."""

    background: bool
    number: int
    data: bytes = field(compare=False)
    at: float = field(compare=False)


class Connection:
    """A debugger's connection to one JVM. Made by `attach.attach`; use as a context manager.

    Args:
        sock: a socket on which the handshake is done.
        reply_seconds: how long a command waits for its reply, wall seconds.
    """

    def __init__(self, sock: socket.socket, reply_seconds: float) -> None:
        self._sock = sock
        self._reply_seconds = reply_seconds
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Packet]] = {}
        self._ended: DriverError | None = None
        self._disposed = False
        self._arrivals: PriorityQueue[Arrival] = PriorityQueue()
        self._reader = threading.Thread(target=self._read, name="jdwp-reader", daemon=True)
        self._reader.start()

    @property
    def ended(self) -> DriverError | None:
        """Why the connection is over; None while it is open."""
        return self._ended

    def send(self, command: Command, data: bytes = b"") -> Future[Packet]:
        """Send a command and return at once; its reply, or JvmGone, comes through the future."""
        reply: Future[Packet] = Future()
        packet_id = next(self._ids)
        with self._lock:
            if self._ended:
                raise self._ended
            self._waiting[packet_id] = reply
            try:
                self._sock.sendall(encode_command(packet_id, command.value, data))
            except OSError as error:
                del self._waiting[packet_id]
                raise JvmGone(f"JDWP {command.name}", str(error)) from error
        return reply

    def request(self, command: Command, data: bytes = b"") -> bytes:
        """Send a command and wait for its reply's data.

        Raises:
            CommandRefused: the JVM answered with an error code.
            NoReply: it did not answer in time.
            JvmGone: the connection ended.
        """
        return self.reply_data(command, self.send(command, data))

    def request_many(self, command: Command, datas: Sequence[bytes]) -> list[bytes | None]:
        """Send one command many times without waiting in between.

        Returns:
            The replies in the order of `datas`; None for those that the JVM refused.
        """
        replies = [self.send(command, data) for data in datas]
        return [self._data_or_none(command, reply) for reply in replies]

    def reply_data(
        self, command: Command, reply: Future[Packet], seconds: float | None = None
    ) -> bytes:
        """Wait for the reply to a `send`. Raises as `request` does."""
        bound = self._reply_seconds if seconds is None else seconds
        try:
            packet = reply.result(bound)
        except FutureTimeout as error:
            raise NoReply(command.name, bound) from error
        if packet.error:
            name = ERROR_NAMES.get(packet.error, "unnamed")
            raise CommandRefused(command.name, packet.error, name)
        return packet.data

    def next_arrival(self, seconds: float) -> Arrival | None:
        """The next event, those that may hold a thread first; None when none came in time."""
        try:
            arrival = self._arrivals.get(timeout=seconds)
        except Empty:
            return None
        return arrival if arrival.data else None

    def wake(self) -> None:
        """Make a waiting `next_arrival` return None at once."""
        self._arrivals.put(Arrival(False, -1, b"", time.monotonic()))

    def close(self) -> bool:
        """Send Dispose, wait for its reply as long as for any other, and close. May be repeated.

        Returns:
            Whether the JVM confirmed, so that nothing is suspended any longer.
        """
        with contextlib.suppress(DriverError):
            self.request(Command.DISPOSE)
            self._disposed = True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._reader.join(self._reply_seconds)
        self._sock.close()
        return self._disposed

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _data_or_none(self, command: Command, reply: Future[Packet]) -> bytes | None:
        try:
            return self.reply_data(command, reply)
        except CommandRefused:
            return None

    def _read(self) -> None:
        numbers = itertools.count()
        try:
            while True:
                header = self._receive(HEADER_BYTES)
                body = self._receive(packet_length(header) - HEADER_BYTES)
                packet = decode_packet(header + body)
                if packet.is_reply:
                    self._deliver(packet)
                elif packet.command == Command.EVENT_COMPOSITE.value:
                    self._arrivals.put(
                        Arrival(is_background(body), next(numbers), body, time.monotonic())
                    )
        except OSError as error:
            self._end(JvmGone("reading JDWP", str(error)))
        except DriverError as error:
            self._end(error)

    def _deliver(self, packet: Packet) -> None:
        with self._lock:
            reply = self._waiting.pop(packet.id, None)
        if reply is None:
            raise MalformedPacket(f"a reply to command {packet.id}, which was never sent")
        reply.set_result(packet)

    def _receive(self, size: int) -> bytes:
        chunks = bytearray()
        while len(chunks) < size:
            chunk = self._sock.recv(min(size - len(chunks), 1 << 20))
            if not chunk:
                raise JvmGone("reading JDWP", "the JVM closed the connection")
            chunks += chunk
        return bytes(chunks)

    def _end(self, error: DriverError) -> None:
        with self._lock:
            self._ended = error
            waiting, self._waiting = self._waiting, {}
        for reply in waiting.values():
            reply.set_exception(error)
        self.wake()
