"""What a terminal shows while cases run."""

import io

from rich.console import Console

from harness.report.live import LiveTable, shown
from harness.store.events import Event


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def drawn(view: LiveTable) -> str:
    console = Console(file=io.StringIO(), width=100)
    console.print(view)
    return console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO


def view_of(*events: Event) -> tuple[LiveTable, Clock]:
    clock = Clock()
    view = LiveTable(Console(file=io.StringIO(), width=100), clock)
    for event in events:
        view(event)
    return view, clock


def test_a_running_case_shows_its_phase_and_its_seconds() -> None:
    view, clock = view_of(
        Event("run-started", count=3),
        Event("case-started", case="seed[a=1]"),
        Event("case-phase", case="seed[a=1]", detail="migrate"),
    )
    clock.now += 7
    line, total = drawn(view).splitlines()
    assert line.split() == ["seed[a=1]", "migrate", "7", "s"]
    assert total.strip() == "0 of 3 cases"


def test_what_is_left_follows_from_what_was_done_and_how_many_run_at_once() -> None:
    view, _ = view_of(
        Event("run-started", count=6),
        Event("case-started", case="a"),
        Event("case-started", case="b"),
        Event("case-finished", case="a", verdict="passed", seconds=10),
        Event("case-finished", case="b", verdict="failed", seconds=20, detail="why"),
    )
    assert drawn(view).strip() == "2 of 6 cases, 1 not as expected, about 30 s left"


def test_decided_cases_are_printed_above() -> None:
    view, _ = view_of(Event("case-finished", case="a", verdict="failed", lines=("why",), seconds=1))
    printed = view.console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    assert "failed  a  1.0 s" in printed
    assert "why" in printed


def test_off_a_terminal_there_are_plain_lines_only() -> None:
    console = Console(file=io.StringIO(), width=100)
    with shown(console) as listener:
        listener(Event("run-started", count=1))
        listener(Event("case-started", case="a"))
        listener(Event("case-finished", case="a", verdict="passed", seconds=1))
    assert console.file.getvalue().splitlines() == ["   passed  a  1.0 s"]  # type: ignore[attr-defined]  # a StringIO
