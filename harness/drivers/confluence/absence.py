"""What a Confluence does not have: how its answers say so, and what a stand-in noted of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from harness.errors import DriverError

_LIST = "/rest/standin/1.0/not-there"


@dataclass(frozen=True)
class Absence:
    """One shape of requests that a stand-in answered with 501.

    Attributes:
        method: the method.
        path: the path, with `{id}` for what tells one object from another.
        times: how often it was asked for since the server started.
        last: server time at which that was last.
    """

    method: str
    path: str
    times: int
    last: datetime

    def __str__(self) -> str:
        often = "once" if self.times == 1 else f"{self.times} times"
        return f"{self.method} {self.path}, {often}"


def is_absent(answer: httpx.Response) -> bool:
    """Whether an answer says that there is no such resource.

    A Confluence says so by 404, which may also mean the object asked for; a stand-in says by 501
    that it is the resource that it lacks.
    """
    return answer.status_code in {httpx.codes.NOT_FOUND, httpx.codes.NOT_IMPLEMENTED}


def asked_for(client: httpx.Client) -> list[Absence] | None:
    """What clients asked a stand-in for and it does not have; None from any other Confluence.

    Args:
        client: an administrator's client.

    Raises:
        DriverError: it does not say.
    """
    answer = client.get(_LIST)
    if is_absent(answer):
        return None
    if not answer.is_success:
        raise DriverError("asking what was not there", f"HTTP {answer.status_code}")
    return [
        Absence(
            method=str(each["method"]),
            path=str(each["path"]),
            times=int(each["times"]),
            last=datetime.fromtimestamp(each["lastAt"] / 1000, UTC),
        )
        for each in answer.json()["asked"]
    ]


def since(before: Sequence[Absence] | None, now: Sequence[Absence]) -> list[Absence]:
    """What was asked for between two looks, with how often it was asked for in between."""
    known = {(each.method, each.path): each.times for each in before or ()}
    return [
        Absence(each.method, each.path, times, each.last)
        for each in now
        if (times := each.times - known.get((each.method, each.path), 0)) > 0
    ]
