"""The order of a start, its bounds and its errors, against answers as the facts describe them."""

import itertools
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from recorded import ADMIN, BASE, TOKEN, Recorded, json_answer
from wizard import Wizard

from harness.drivers.confluence.licence import Licence
from harness.drivers.confluence.setup_steps import SetupInput
from harness.drivers.confluence.start_up import Limits, ServiceWatch, start_up
from harness.errors import BadInput, DriverError, ServiceDied, WaitTimedOut

WANTED = SetupInput(ADMIN, Licence("AAABsecret-licence"))
ME = json_answer(200, {"type": "known", "username": "admin"})
BEGUN = datetime(2026, 1, 2, tzinfo=UTC)
DEBUGGER = ("127.0.0.1", 5005)
QUICK = ServiceWatch(every=0.0)


def state(name: str) -> httpx.Response:
    return json_answer(200, {"state": name})


def running(**routes):
    """The answers of a Confluence that is set up, unless a test says otherwise."""
    given = {
        "GET /status": state("RUNNING"),
        "GET /rest/api/user/current": ME,
        "GET /rest/plugins/1.0/": TOKEN,
    }
    return Recorded(given | routes)


def start(transport, **options):
    given = {"watch": QUICK, "handshake": lambda *_: True, "limits": Limits()} | options
    return start_up(BASE, WANTED, DEBUGGER, transport=transport, **given)


def test_the_steps_come_in_the_documented_order():
    asked = []
    recorded = running(
        **{"GET /status": [httpx.Response(302), state("STARTING"), state("RUNNING")]}
    )
    passed = start(recorded, handshake=lambda host, port: asked.append((host, port)) or True)
    assert [each.step for each in passed] == [
        "status", "running", "rest", "log-in", "upm", "debugger",
    ]  # fmt: skip
    paths = [request.url.path.removeprefix("/wiki") for request in recorded.requests]
    first = [paths.index(path) for path in dict.fromkeys(paths)]
    assert first == sorted(first)
    assert list(dict.fromkeys(paths)) == [
        "/status", "/rest/api/user/current", "/rest/plugins/1.0/",
    ]  # fmt: skip
    assert asked == [DEBUGGER]


def test_the_wizard_is_passed_where_it_is_due_and_the_rest_follows():
    wizard = Wizard(["setuplicense.action", "setupadministrator-start.action"])

    def answer(request):
        if request.url.path.endswith("/rest/plugins/1.0/"):
            return TOKEN
        return wizard(request)

    passed = start(httpx.MockTransport(answer))
    assert [each.step for each in passed][:3] == ["status", "set-up wizard", "running"]
    assert passed[1].found == "licence, administrator"
    assert [action for action, _ in wizard.posts][-1] == "setupadministrator.action"


def test_running_comes_before_rest_and_rest_before_upm():
    recorded = running(
        **{
            "GET /rest/api/user/current": [httpx.Response(503), httpx.Response(404), ME],
            "GET /rest/plugins/1.0/": [httpx.Response(503), httpx.Response(404), TOKEN],
        }
    )
    assert start(recorded)[-1].step == "debugger"


@pytest.mark.parametrize(
    ("limits", "routes", "step"),
    [
        (Limits(booted=0), {"GET /status": state("STARTING")}, "FIRST_RUN or RUNNING"),
        (Limits(rest=0), {"GET /rest/api/user/current": httpx.Response(503)}, "REST to answer"),
        (Limits(upm=0), {"GET /rest/plugins/1.0/": httpx.Response(404)}, "UPM to give"),
    ],
)
def test_each_step_is_bounded_and_named(limits, routes, step):
    with pytest.raises(WaitTimedOut, match=step):
        start(running(**routes), limits=limits)


def test_a_debugger_that_never_answers_is_named():
    with pytest.raises(WaitTimedOut, match="debugger port"):
        start(running(), limits=Limits(debugger=0), handshake=lambda *_: False)


def test_an_administrator_whom_nobody_knows_is_named():
    routes = {
        "GET /rest/api/user/current": json_answer(200, {"type": "anonymous"}),
        "GET /login.action": httpx.Response(200, html="<form><input name=os_username></form>"),
        "POST /dologin.action": httpx.Response(200),
    }
    with pytest.raises(WaitTimedOut, match=r"let admin in.*still anonymous"):
        start(running(**routes), limits=Limits(rest=0))


@pytest.mark.parametrize(
    "routes",
    [
        {"GET /status": httpx.ConnectError("Connection refused")},
        {"GET /rest/api/user/current": httpx.ConnectError("Connection refused")},
        {"GET /rest/plugins/1.0/": httpx.ConnectError("Connection refused")},
    ],
)
def test_a_container_that_is_killed_ends_whatever_step_it_is_in(routes):
    looks = iter([None] * 4)
    watch = ServiceWatch(
        alive=lambda: next(looks, "was killed: out of memory"),
        log_tail=lambda: "java.lang.OutOfMemoryError",
        every=0.0,
    )
    with pytest.raises(ServiceDied, match=r"(?s)out of memory while waiting.*OutOfMemoryError"):
        start(running(**routes), watch=watch)


def test_no_licence_for_a_wizard_that_wants_one_is_bad_input():
    wizard = Wizard(["setuplicense.action"])
    with pytest.raises(BadInput, match="HARNESS_LICENCE_FILE"):
        start_up(BASE, SetupInput(ADMIN), None, transport=httpx.MockTransport(wizard), watch=QUICK)


def clock_of(seconds):
    """Answers of /status of a server whose clock has moved on by that with each of them."""
    times = itertools.accumulate(itertools.repeat(seconds), initial=0)

    def answer(_request):
        now = BEGUN + timedelta(seconds=next(times))
        body = {"state": "RUNNING"}
        return httpx.Response(200, json=body, headers={"Date": format_datetime(now, usegmt=True)})

    return answer


def test_a_clock_that_was_made_fast_is_looked_at():
    passed = start(running(**{"GET /status": clock_of(7)}), rate=60)
    assert [each.step for each in passed][-3:] == ["upm", "clock", "debugger"]
    assert "times as fast" in passed[-2].found


def test_a_clock_that_goes_on_as_ever_is_an_error():
    with pytest.raises(DriverError, match=r"600 times as fast.*0 s have passed.*libfaketime"):
        start(running(**{"GET /status": clock_of(0)}), rate=600)
