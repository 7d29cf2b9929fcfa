"""Ends the browser's session behind its back, as an admin does who logs out elsewhere.

The session's cookie is known to the browser and the server alone; as root it is seen on the
loopback interface, in the browser's next request to the run's own Confluence.
"""

import re
import socket
import time
from collections.abc import Callable

import httpx

_ALL_PROTOCOLS = 3
_COOKIE = re.compile(rb"(?im)^cookie:.*?\b(JSESSIONID=[\w.-]+)")
_BROWSER = re.compile(rb"(?im)^user-agent:.*chrom")
_TO_PORT = 14 + 20 + 2
"""Where a frame has the port that it goes to, behind the heads of Ethernet and IP."""


def end_session(port: int, within: float, is_over: Callable[[], bool]) -> str:
    """Logs the browser out of the Confluence on a port; what came of it.

    Args:
        port: Confluence's, on loopback.
        within: wall seconds to wait for a request of the browser.
        is_over: whether there is nothing to wait for any more.
    """
    try:
        cookie = _seen(port, within, is_over)
    except PermissionError:
        return "no session ended: only root sees the browser's cookie"
    if not cookie:
        return "no session ended: the browser sent no request"
    try:
        answer = httpx.get(
            f"http://127.0.0.1:{port}/logout.action",
            headers={"cookie": cookie},
            timeout=10,
            trust_env=False,
        )
    except httpx.HTTPError as error:
        return f"no session ended: {error}"
    return f"the browser's session was logged out ({answer.status_code})"


def _seen(port: int, within: float, is_over: Callable[[], bool]) -> str | None:
    wanted, end = port.to_bytes(2, "big"), time.monotonic() + within
    with socket.socket(
        socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(_ALL_PROTOCOLS)
    ) as interface:
        interface.bind(("lo", 0))
        interface.settimeout(0.2)
        while time.monotonic() < end and not is_over():
            try:
                frame = interface.recv(1 << 16)
            except TimeoutError:
                continue
            if frame[_TO_PORT : _TO_PORT + 2] != wanted or not _BROWSER.search(frame):
                continue
            if found := _COOKIE.search(frame):
                return found[1].decode()
    return None
