"""Work in a thread of its own: what it returns and raises, and what an interrupt does."""

import signal
import threading
import traceback

import pytest

from harness.support.own_thread import OwnThread


@pytest.fixture
def thread():
    with OwnThread() as thread:
        yield thread


def test_all_work_is_done_in_one_other_thread(thread: OwnThread) -> None:
    mine = threading.get_ident()
    theirs = {thread(threading.get_ident) for _ in range(3)}
    assert len(theirs) == 1
    assert mine not in theirs


def test_an_error_has_the_works_own_traceback_and_none_of_the_executors(thread: OwnThread) -> None:
    def work() -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong") as caught:
        thread(work)
    frames = [each.name for each in traceback.extract_tb(caught.value.__traceback__)]
    assert frames[-1] == "work"
    assert "run" not in frames
    assert thread(lambda: 7) == 7, "the thread goes on"


class Interrupt(BaseException):
    """What a time limit, or Ctrl-C, raises in whoever waits."""


def test_an_interrupt_of_the_waiting_ends_the_work_first(thread: OwnThread) -> None:
    may_end, done = threading.Event(), []
    given_up: list[BaseException] = []

    def give_up(error: BaseException) -> None:
        given_up.append(error)
        may_end.set()

    def raise_it(*_: object) -> None:
        raise Interrupt

    def work() -> None:
        signal.pthread_kill(waiting, signal.SIGUSR1)
        assert may_end.wait(20)
        done.append("ended")

    thread.give_up = give_up
    waiting = threading.get_ident()
    before = signal.signal(signal.SIGUSR1, raise_it)
    try:
        with pytest.raises(Interrupt) as caught:
            thread(work)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert (given_up, done) == ([caught.value], ["ended"])
