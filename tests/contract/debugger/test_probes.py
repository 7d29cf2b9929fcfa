"""The probe against a real JVM: what it must see, and that it leaves the JVM alone."""

import socket
import statistics
from datetime import datetime, timedelta

import pytest

from harness.drivers.debugger.attach import attach
from harness.drivers.debugger.probes import Probe
from harness.drivers.debugger.recording import WatchedMethod
from harness.errors import DebuggerBusy, NoDebuggee
from harness.store.probe_record import ListenerAnswer, ProbeRecord

HOST = "127.0.0.1"
LISTENER = "org.example.ChartsListener"
SECOND = "org.example.SecondListener"
POLL = WatchedMethod("Server$Poller", "poll")


def recorded(server, *commands: str, **options) -> ProbeRecord:
    probe = Probe(HOST, server.port, **{"listener_classes": [LISTENER, SECOND], **options})
    probe.start()
    for command in commands:
        server.obey(command)
    return probe.stop()


def suspended_threads(server) -> list[str]:
    with attach(HOST, server.next_port()) as jvm:
        return [jvm.thread_name(each) for each in jvm.all_threads() if jvm.is_suspended(each)]


def test_every_call_is_counted_with_its_thread_transfer_and_time(server):
    record = recorded(server, "load", *(f"call 0 transfer-{i}" for i in range(41)))

    assert [call.transfer_id for call in record.calls] == [f"transfer-{i}" for i in range(41)]
    assert {call.thread for call in record.calls} == {"app-migration-0"}
    assert {call.outcome for call in record.calls} == {"returned"}
    times = [call.entered.wall for call in record.calls]
    assert times == sorted(times)
    assert record.started.wall <= times[0] <= times[-1] <= record.stopped.wall
    assert all(call.left and call.left.wall >= call.entered.wall for call in record.calls)
    assert record.problems == ()


def test_a_listener_loaded_before_the_probe_is_found_too(server):
    server.obey("load")
    record = recorded(server, "call 0 a")

    assert [each.type.name for each in record.listeners] == [LISTENER]
    assert len(record.calls) == 1


def test_a_listener_of_unknown_name_is_found_by_its_interface(server):
    record = recorded(server, "load", "poll 1", listener_classes=[])

    (listener,) = record.listeners
    assert (listener.type.name, listener.armed is not None) == (LISTENER, True)
    assert record.holds == ()


def test_a_listener_that_is_loaded_but_not_called_has_no_calls_and_says_since_when(server):
    record = recorded(server, "load", "poll 1")

    (listener,) = record.listeners
    assert listener.armed is not None
    assert listener.cloud_app_key is None
    assert record.calls == ()


def test_no_listener_class_loaded_is_an_empty_list(server):
    record = recorded(server, "poll 1")

    assert (record.interfaces, record.listeners) == ((), ())


def test_the_keys_and_scopes_are_what_the_getters_return(server):
    (listener,) = recorded(server, "load", "call 0 a").listeners

    assert listener.server_app_key == ListenerAnswer("charts-plugin")
    assert listener.cloud_app_key == ListenerAnswer("charts-für-confluence")
    assert listener.data_access_scopes == ListenerAnswer(
        ("APP_DATA_OTHER", "MIGRATION_TRACING_IDENTITY")
    )


def test_a_null_key_is_an_answer_not_a_problem(start_server):
    server = start_server("null.cloud.key=true")
    (listener,) = recorded(server, "load", "call 0 a").listeners

    assert listener.cloud_app_key == ListenerAnswer(value=None, problem=None)


@pytest.mark.parametrize(
    ("transfer", "type_", "message"),
    [
        ("throw", "java.lang.IllegalStateException", "no spaces to export"),
        ("finally", "java.lang.UnsupportedOperationException", "through finally"),
        (
            "null",
            "java.lang.NullPointerException",
            'Cannot invoke "Object.hashCode()" because "details" is null',
        ),
    ],
)
def test_an_exception_that_leaves_the_listener_is_named(server, transfer, type_, message):
    (call,) = recorded(server, "load", f"call 0 {transfer}").calls

    assert (call.outcome, call.exception_type, call.exception_message) == ("threw", type_, message)


def test_an_exception_caught_inside_is_none_that_leaves(server):
    record = recorded(server, "load", "call 0 catch-50")

    assert [call.outcome for call in record.calls] == ["returned"]
    assert sum(hold.reason == "exception" for hold in record.holds) >= 50


def test_a_flood_of_exceptions_inside_is_given_up_on_and_said(server):
    record = recorded(server, "load", "call 0 catch-1200")

    assert [call.outcome for call in record.calls] == ["returned"]
    assert sum(hold.reason == "exception" for hold in record.holds) <= 1000
    assert "1000 exceptions" in record.problems[0]


def test_two_class_loaders_are_two_listeners(server):
    record = recorded(server, "load", "load", "call 0 a", "call 1 b")

    assert [each.type.name for each in record.listeners] == [LISTENER, LISTENER]
    assert len({each.type.loader for each in record.listeners}) == 2
    assert len({each.interfaces[0].loader for each in record.listeners}) == 1
    assert [call.type.loader for call in record.calls] == [
        each.type.loader for each in record.listeners
    ]


def test_an_inherited_listener_method_is_counted_once_and_under_its_own_class(server):
    record = recorded(server, "load", "load SecondListener", "call 1 a")

    (call,) = record.calls
    assert (call.type.name, call.outcome) == ("org.example.SecondListener", "returned")
    second = next(each for each in record.listeners if each.type == call.type)
    assert second.server_app_key == ListenerAnswer("second-plugin")


def test_two_listeners_of_one_class_loader_share_an_inherited_method(server):
    server.obey("load SecondListener")
    record = recorded(server, "call 0 a")

    assert len(record.calls) == 1
    assert len(record.listeners) == 2


def test_a_pollers_runs_are_counted_without_holding_it(server):
    record = recorded(server, "poll 3", "poll 4", methods=[POLL])

    (runs,) = record.methods
    assert len(runs.entered) == 7
    assert record.holds == ()


def test_the_run_that_loads_a_watched_methods_class_is_counted_like_any_other(server):
    upload = WatchedMethod("Server$Upload", "<init>")
    record = recorded(server, "upload", "upload", methods=[upload])

    assert len(record.methods[0].entered) == 2


def test_a_watched_method_whose_class_is_not_loaded_says_so(server):
    record = recorded(server, "poll 1", methods=[WatchedMethod("org.example.Missing", "poll")])

    assert record.methods[0].loaded == ()
    assert record.methods[0].entered == ()


def test_server_times_come_from_the_given_clock(server):
    def hour_later(wall: datetime) -> datetime:
        return wall + timedelta(hours=1)

    record = recorded(server, "load", "call 0 a", server_clock=hour_later)

    entered = record.calls[0].entered
    assert entered.server == entered.wall + timedelta(hours=1)


def test_threads_are_held_for_milliseconds_one_at_a_time(server):
    record = recorded(server, "load", *["call 0 a"] * 100)

    entries = [hold for hold in record.holds if hold.reason == "entry"]
    assert len(entries) == 100
    assert record.most_held_at_once == 1
    assert {hold.thread for hold in entries} == {"app-migration-0"}
    # The 99th percentile is a benchmark's business; on a busy machine it measures the machine.
    assert statistics.median(hold.milliseconds for hold in record.holds) < 20


def test_a_getter_that_hangs_is_given_up_on_and_its_thread_let_go(start_server):
    server = start_server("slow.getter=true")
    probe = Probe(HOST, server.port, listener_classes=[LISTENER], getter_seconds=0.1)
    probe.start()
    server.obey("load")
    assert server.obey("call 0 a") == "getter waits"
    assert server.answer() == "returned"
    record = probe.stop()

    (listener,) = record.listeners
    assert listener.server_app_key == ListenerAnswer("charts-plugin")
    assert listener.cloud_app_key == ListenerAnswer(problem="it did not return in time")
    assert [call.outcome for call in record.calls] == ["returned"]
    assert suspended_threads(server) == []


def test_stopping_while_a_getter_hangs_leaves_no_thread_suspended(start_server):
    server = start_server("slow.getter=true")
    probe = Probe(HOST, server.port, listener_classes=[LISTENER], getter_seconds=0.05)
    probe.start()
    server.obey("load")
    server.send("call 0 a")
    assert server.answer() == "getter waits"
    probe.stop()

    assert server.answer() == "returned"
    assert suspended_threads(server) == []


def test_after_stop_no_thread_is_suspended_and_the_next_debugger_gets_in(server):
    recorded(server, "load", "call 0 a", "call 0 throw")

    assert suspended_threads(server) == []
    assert server.obey("call 0 b") == "returned"


def test_a_second_debugger_is_told_that_there_is_a_first(server):
    with (
        attach(HOST, server.port),
        pytest.raises(DebuggerBusy, match="another debugger is attached"),
    ):
        attach(HOST, server.port, within=0.2)


def test_a_half_done_handshake_of_another_is_recognised(server):
    with (
        socket.create_connection((HOST, server.port)),
        pytest.raises(DebuggerBusy, match="debugger"),
    ):
        attach(HOST, server.port, within=0.3)


def test_a_port_where_nothing_listens_is_no_debuggee():
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(NoDebuggee, match="agentlib:jdwp"):
        attach(HOST, port, within=0.1)


def test_a_jvm_that_dies_ends_the_recording_and_is_named(server):
    probe = Probe(HOST, server.port, listener_classes=[LISTENER])
    probe.start()
    server.obey("load")
    server.obey("call 0 a")
    server.send("exit")
    server.wait_ended()
    record = probe.stop()

    assert [call.transfer_id for call in record.calls] == ["a"]
    assert any("ended early" in each for each in record.problems)


def test_a_record_survives_json(server):
    record = recorded(server, "load", "call 0 a", "poll 1", methods=[POLL])

    assert ProbeRecord.from_json(record.to_json()) == record
