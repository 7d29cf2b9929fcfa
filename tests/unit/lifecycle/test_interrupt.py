"""Signals end a command in order, and not in the middle of what must not be torn."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from harness.lifecycle.interrupt import deferred, orderly


def test_a_signal_within_the_block_takes_effect_at_its_end() -> None:
    steps = []

    def torn() -> None:
        with orderly(lambda _: None):
            with deferred():
                signal.raise_signal(signal.SIGTERM)
                steps.append("the block goes on")
            steps.append("beyond it nothing does")

    with pytest.raises(SystemExit) as ended:
        torn()
    assert steps == ["the block goes on"]
    assert ended.value.code == 128 + signal.SIGTERM


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with closing(asyncio.new_event_loop()) as loop:
        yield loop


def interrupt_in_last_turn(loop: asyncio.AbstractEventLoop) -> None:
    """Has the next run of the loop end with the turn in which a signal comes."""

    def last_turn() -> None:
        loop.stop()
        signal.raise_signal(signal.SIGTERM)

    loop.call_soon(last_turn)


def test_a_loop_is_left_between_two_turns(loop: asyncio.AbstractEventLoop) -> None:
    steps = []

    def half_and_half() -> None:
        steps.append("a call is sent")
        signal.raise_signal(signal.SIGTERM)
        steps.append("its answer is expected")

    loop.call_soon(half_and_half)
    with pytest.raises(SystemExit) as ended, orderly(lambda _: None):
        loop.run_forever()
    assert steps == ["a call is sent", "its answer is expected"]
    assert ended.value.code == 128 + signal.SIGTERM


def test_a_signal_in_a_loops_last_turn_interrupts_what_follows(
    loop: asyncio.AbstractEventLoop,
) -> None:
    waited = []

    def ends_by_itself() -> None:
        with orderly(lambda _: None):
            loop.run_forever()
            waited.append(threading.Event().wait(10))

    interrupt_in_last_turn(loop)
    with pytest.raises(SystemExit):
        ends_by_itself()
    assert waited == []


def test_a_turn_that_waits_for_long_is_left_in_its_middle(
    loop: asyncio.AbstractEventLoop,
) -> None:
    waited = []

    def turn() -> None:
        signal.raise_signal(signal.SIGTERM)
        waited.append(threading.Event().wait(10))

    loop.call_soon(turn)
    with pytest.raises(SystemExit), orderly(lambda _: None):
        loop.run_forever()
    assert waited == []


def test_what_a_loop_still_has_to_raise_waits_for_the_end_of_a_deferred_block(
    loop: asyncio.AbstractEventLoop,
) -> None:
    steps = []

    def torn() -> None:
        with orderly(lambda _: None):
            loop.run_forever()
            with deferred():
                loop.run_until_complete(asyncio.sleep(0))
                steps.append("the block goes on")
            steps.append("beyond it nothing does")

    interrupt_in_last_turn(loop)
    with pytest.raises(SystemExit):
        torn()
    assert steps == ["the block goes on"]


def test_a_loop_that_runs_for_the_clean_up_is_not_interrupted_again(
    loop: asyncio.AbstractEventLoop,
) -> None:
    cleaned = []

    def slow_turn() -> None:
        signal.raise_signal(signal.SIGTERM)
        threading.Event().wait(0.1)  # the signal comes again meanwhile

    def with_clean_up() -> None:
        with orderly(lambda _: None):
            try:
                loop.run_forever()
            finally:
                loop.run_until_complete(asyncio.sleep(0.1))
                cleaned.append("to its end")

    loop.call_soon(slow_turn)
    with pytest.raises(SystemExit):
        with_clean_up()
    assert cleaned == ["to its end"]


def test_the_handlers_from_before_are_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with deferred():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_a_thread_that_no_signal_interrupts_defers_nothing() -> None:
    seen = []

    def work() -> None:
        with deferred():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGINT)]


def test_a_signal_is_not_lost_with_a_block_that_fails() -> None:
    def torn() -> None:
        with orderly(lambda _: None), deferred():
            signal.raise_signal(signal.SIGINT)
            raise RuntimeError("what was being started had the signal, too")

    with pytest.raises(SystemExit) as ended:
        torn()
    assert ended.value.code == 128 + signal.SIGINT
