"""Signals end a command in order, and not in the middle of what must not be torn."""

import signal
import threading

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
