"""The table at a run's end, and a line for each case as it is decided."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.report.case_text import GREEN
from harness.store.events import Event
from harness.store.results import Results, RowResult
from harness.support.console import Volume, volume

_STYLES = {
    "passed": "green",
    "known-bug": "yellow",
    "failed": "bold red",
    "fixed": "bold magenta",
    "error": "bold red reverse",
}


def case_line(console: Console, event: Event) -> None:
    """Prints one line when a case is decided."""
    if event.name != "case-finished":
        if event.name == "case-phase" and volume() is Volume.VERBOSE:
            console.print(Text(f"           {event.case}: {event.detail}", "dim"), soft_wrap=True)
        return
    if event.verdict in GREEN and volume() is Volume.QUIET:
        return
    line = Text(f"{event.verdict:>9}", _STYLES.get(event.verdict, ""))
    line.append(f"  {event.case}  ", "default")
    line.append(f"{event.seconds:.1f} s", "dim")
    console.print(line, soft_wrap=True)
    for each in event.lines:
        console.print(Text(f"           {each}"), soft_wrap=True)


def summary(console: Console, results: Results) -> None:
    """Prints all cases: what was expected, the rows seen, wall and server time, the verdict."""
    table = Table(title=f"Run {results.run}: {results.engine}, time scale {results.time_scale:g}")
    for column in ("case", "expected", "rows seen", "wall", "server", "verdict"):
        table.add_column(
            column, overflow="fold", justify="right" if column in ("wall", "server") else "left"
        )
    for case in results.cases:
        table.add_row(
            Text(case.id),
            Text(_row(case.expected)),
            Text(" > ".join(_row(row) for row in case.timeline) or "-"),
            f"{case.seconds.get('total', 0):.1f} s",
            f"{case.server_seconds / 60:.1f} min" if case.server_seconds is not None else "-",
            Text(case.verdict, _STYLES[case.verdict]),
        )
    if volume() > Volume.QUIET:
        console.print(table)
        for line in results.reached:
            console.print(Text(line), soft_wrap=True)
    counted = ", ".join(f"{count} {verdict}" for verdict, count in results.totals.items() if count)
    console.print(Text(f"{counted or 'no case was run'}, {results.seconds:.1f} s"))


def _row(row: RowResult) -> str:
    return row.status if row.percent is None else f"{row.status} {row.percent} %"
