"""A context that did not start, an answer that was made up, a check of the app's own."""

import pytest
from rule_evidence import asked, bundle, learn, log, made, plugin, ran

from harness.diagnosis.evidence import HostCalled
from harness.diagnosis.finding import excluded, likely, proved, unknown
from harness.diagnosis.rules.container import (
    context_not_started,
    host_service_missing,
    vendor_check_failed,
)
from harness.store.layout import OSGI, PROBE, SERVER_LOG, UPM

NOT_STARTED = "context-not-started"
MISSING = "host-service-missing"
FAILED = "vendor-check-failed"

STARTED = "Unable to start the plugin container for plugin 'org.example.charts'"
EMPTY = HostCalled(type="com.example.Host", method="all", answered=False, times=1)
NEXT = log("It called com.example.Host.all: the stand-in does not have com.example.Host")
LATER = log("It failed some time after Host.all: the stand-in does not have com.example.Host")


def test_a_context_that_did_not_start_is_named_by_upm_and_by_the_log():
    refused, told = plugin(enabled=False, error="It did not load within 30 s"), log(STARTED)

    assert asked(context_not_started, refused, told) == proved(NOT_STARTED, refused, told)
    assert asked(context_not_started, told, ran()) == excluded(NOT_STARTED, ran())


def test_a_context_has_started_where_the_app_is_on():
    other = plugin(enabled=False, error="no such file")

    assert asked(context_not_started, plugin(), bundle()) == (
        excluded(NOT_STARTED, plugin(), bundle())
    )
    assert asked(context_not_started, bundle()) == excluded(NOT_STARTED, bundle())
    assert asked(context_not_started, other, bundle("INSTALLED")) == unknown(NOT_STARTED)
    nothing = asked(context_not_started, without=(UPM, OSGI, SERVER_LOG))
    assert nothing == unknown(NOT_STARTED, *learn(UPM, OSGI, SERVER_LOG))


@pytest.mark.parametrize(
    ("lacks", "context", "host"),
    [
        ("the stand-in does not have Spring's expression language", "unknown", "proved"),
        ("this may be since the stand-in does not have <util:list>", "likely", "likely"),
    ],
)
def test_a_context_may_lack_what_only_the_stand_in_lacks(lacks, context, host):
    refused = plugin(enabled=False, error=f"{STARTED}: {lacks}")
    told = log(STARTED, f"org.example.ContextException: {lacks}")

    for items in ((refused,), (told,), (refused, told)):
        missing = ("whether it starts with what the stand-in lacks",)
        assert asked(context_not_started, *items) == (
            likely(NOT_STARTED, *items, missing=missing)
            if context == "likely"
            else unknown(NOT_STARTED, *missing)
        )
        missing = ("whether the context starts with it",)
        assert asked(host_service_missing, *items, ran()) == (
            likely(MISSING, *items, missing=missing)
            if host == "likely"
            else proved(MISSING, *items)
        )
    deeper = log(STARTED, "org.example.ContextException", f"Caused by: {lacks}")
    assert asked(context_not_started, deeper) == proved(NOT_STARTED, deeper)


def test_a_made_up_answer_right_before_the_failure_proves_itself():
    other = HostCalled(type="com.example.Other", method="x", answered=False, times=2)
    known = HostCalled(type="com.example.Host", method="y", answered=True, times=3)

    assert asked(host_service_missing, NEXT, EMPTY, other, known) == proved(MISSING, NEXT, EMPTY)
    assert asked(host_service_missing, LATER, NEXT) == proved(MISSING, LATER, NEXT)


def test_a_made_up_answer_some_time_before_leaves_room():
    assert asked(host_service_missing, LATER, EMPTY) == likely(
        MISSING, LATER, EMPTY, missing=("whether the empty answer is why the listener failed",)
    )


def test_no_answer_was_made_up_where_the_calls_ended_and_the_log_says_nothing():
    returned, threw = ran(), ran("threw")
    note = "where a made-up answer precedes a failure, the log says so"

    assert asked(host_service_missing, returned, without=(SERVER_LOG,)) == (
        excluded(MISSING, returned)
    )
    assert asked(host_service_missing, threw) == excluded(MISSING, threw, note=note)
    for items in ((), (returned, threw), (ran("running"),)):
        assert asked(host_service_missing, *items) == unknown(
            MISSING, "no made-up answer is known to have mattered"
        )
    assert asked(host_service_missing, threw, without=(SERVER_LOG, PROBE)) == unknown(
        MISSING, *learn(SERVER_LOG, PROBE)
    )


@pytest.mark.parametrize("message", ["App vendor check failed: Charts: too old"])
def test_a_vendors_check_is_named_by_the_log_alone(message):
    told = log(message)

    assert asked(vendor_check_failed, told) == proved(FAILED, told)
    assert asked(vendor_check_failed, told, made()) == excluded(FAILED, made())
    assert asked(vendor_check_failed, log(f"Not so: {message}")) == unknown(
        FAILED, "no check of the app is known to fail"
    )
    assert asked(vendor_check_failed, without=(SERVER_LOG,)) == unknown(FAILED, *learn(SERVER_LOG))
