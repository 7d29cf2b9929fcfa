"""What breaks in one case ends that case, and the others run."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.cases import Case, Expectation
from harness.errors import BadInput, DriverError, HarnessError, ServiceDied
from harness.planning.requirements import StackRequirements
from harness.runner import worker as worker_module
from harness.runner.context import RunContext
from harness.runner.jobs import Job
from harness.runner.run import run_jobs
from harness.runner.worker import Worker
from harness.settings import resolve
from harness.store.events import Event, EventLog
from harness.store.layout import RESULTS
from harness.store.results import CaseResult, RowResult, exit_status, read

STACK = StackRequirements("3.9.6", 200, (), "charts")


def job(name: str) -> Job:
    expectation = Expectation(rows=("COMPLETE 100",), source="x")
    case = Case(name, Path("app"), {}, {}, None, None, expectation, None)
    return Job(case, SimpleNamespace(), Path("app.jar"), STACK)  # type: ignore[arg-type]


def passed(case: Case) -> CaseResult:
    return CaseResult(
        id=case.id,
        dark_features={},
        axes={},
        ccma="3.9.6",
        expected=RowResult(status="COMPLETE", percent=100),
        verdict="passed",
        reason="saw it",
    )


class Pool:
    """Gives a testbed, or what was put in its way."""

    def __init__(
        self, *trouble: Exception | None, dies: int = 0, browsers: Any = (), pages: Any = ()
    ) -> None:
        self.trouble, self.dies, self.stacks = [*trouble], dies, []
        self.browsers, self.pages = [*browsers], [*pages]
        self.scales: list[float] = []

    def matching(self, requirements: StackRequirements, *_: object) -> Any:
        self.scales.append(requirements.scale)
        if self.trouble and (error := self.trouble.pop(0)):
            raise error
        return SimpleNamespace(died=self.died)

    def died(self) -> bool:
        self.dies -= 1
        return self.dies >= 0

    def has_browser(self, _: object) -> bool:
        lives = self.browsers.pop(0)
        if isinstance(lives, Exception):
            raise lives
        return bool(lives)

    def has_pages(self, _: object) -> bool:
        return self.pages.pop(0) if self.pages else True

    def close(self) -> None:
        pass


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs jobs on a pool, and gives their results with what listeners were told."""
    events: list[Event] = []
    lines: list[str] = []

    def run(pool: Pool, *names: str, runs: Any = lambda _, case, *__: passed(case)) -> Any:
        settings = resolve({}, {}).settings
        ready = SimpleNamespace(engine="local", images={})
        log = EventLog(tmp_path / "run" / "events.jsonl", [events.append])
        context = RunContext(
            settings,
            ready,  # type: ignore[arg-type]
            SimpleNamespace(environment={}),  # type: ignore[arg-type]
            log,
            lines.append,
            tmp_path / "run",
        )
        monkeypatch.setattr(worker_module, "run_case", runs)
        monkeypatch.setattr(Worker, "_benches", lambda *_: pool)
        results = run_jobs([job(name) for name in names], context)
        return SimpleNamespace(results=results, events=events, lines=lines, folder=context.folder)

    return run


def test_a_fault_on_the_way_to_a_case_is_tried_again_and_then_its_error(run: Any) -> None:
    done = run(Pool(OSError("disk full"), None), "a", "b")
    assert [each.verdict for each in done.results.cases] == ["passed", "passed"]
    assert done.results.cases[0].rerun_after == "OSError: disk full"
    assert done.lines == ["a: tried once more, since OSError: disk full"]
    broken = run(Pool(OSError("one"), RuntimeError("two")), "a", "b")
    assert [each.verdict for each in broken.results.cases] == ["error", "error"]
    assert "RuntimeError: two" in broken.results.cases[0].reason
    assert exit_status(broken.results) == 2


def test_a_stack_that_does_not_come_up_is_not_tried_for_each_case(run: Any) -> None:
    done = run(Pool(HarnessError("no such image")), "a", "b")
    assert [each.reason for each in done.results.cases] == ["no such image"] * 2


def test_a_stack_that_died_on_the_way_is_replaced(run: Any) -> None:
    died = ServiceDied("confluence", "the log-in", "was killed", "last lines")
    done = run(Pool(died, None), "a", "b")
    assert [each.verdict for each in done.results.cases] == ["passed", "passed"]
    assert "last lines" in done.results.cases[0].rerun_after
    (said,) = done.lines
    assert said == "a: tried once more, since confluence was killed while waiting for the log-in"


def test_a_case_whose_stack_died_runs_once_more(run: Any) -> None:
    done = run(Pool(dies=1), "a")
    assert done.results.cases[0].rerun_after == "saw it"


def test_a_case_whose_stack_died_keeps_its_first_result_where_there_is_no_second(run: Any) -> None:
    done = run(Pool(None, HarnessError("gone"), dies=1), "a")
    assert (done.results.cases[0].verdict, done.results.cases[0].reason) == ("passed", "saw it")


def without_a_verdict(first: str) -> Any:
    """Runs a case without a verdict, and one that passes ever after."""
    left = [CaseResult.model_copy(passed(job("a").case), update={"verdict": first})]
    return lambda _, case, *__: left.pop() if left else passed(case)


def test_a_case_whose_browser_died_runs_once_more(run: Any) -> None:
    done = run(Pool(browsers=[False]), "a", runs=without_a_verdict("error"))
    assert [each.verdict for each in done.results.cases] == ["passed"]
    assert done.results.cases[0].rerun_after == "saw it"


def test_a_case_whose_page_the_browser_gave_up_runs_once_more(run: Any) -> None:
    pool = Pool(browsers=[True], pages=[False])
    done = run(pool, "a", runs=without_a_verdict("error"))
    assert [each.verdict for each in done.results.cases] == ["passed"]


def test_a_case_whose_browser_cannot_be_replaced_is_tried_and_keeps_its_result(run: Any) -> None:
    gone = DriverError("starting the browser", "it exited")
    pool = Pool(None, gone, browsers=[gone])
    done = run(pool, "a", runs=without_a_verdict("error"))
    assert [each.verdict for each in done.results.cases] == ["error"]
    assert pool.trouble == []


def test_an_error_under_a_living_browser_is_not_tried_again(run: Any) -> None:
    done = run(Pool(browsers=[True]), "a", runs=without_a_verdict("error"))
    assert [each.verdict for each in done.results.cases] == ["error"]


def test_a_verdict_stays_although_the_browser_died_after_it(run: Any) -> None:
    done = run(Pool(browsers=[]), "a", runs=without_a_verdict("failed"))
    assert [each.verdict for each in done.results.cases] == ["failed"]


def too_fast_above(scale: float, pool: Pool, carried: int) -> Any:
    """Runs a case, which has no verdict on a stack whose time passes faster than that."""

    def run_case(_: object, case: Case, *__: object) -> CaseResult:
        if pool.scales[-1] <= scale:
            return passed(case)
        told = {"verdict": "error", "reason": "too fast", "carried_scale": carried}
        return passed(case).model_copy(update=told)

    return run_case


def test_a_time_scale_that_is_too_high_is_lowered_for_this_case_and_all_later_ones(
    run: Any,
) -> None:
    pool = Pool()
    done = run(pool, "a", "b", runs=too_fast_above(100, pool, carried=90))
    assert [each.verdict for each in done.results.cases] == ["passed", "passed"]
    assert [each.rerun_after for each in done.results.cases] == ["too fast", None]
    assert pool.scales == [200, 45, 45]
    assert done.lines == ["the time scale 200 is more than this machine carries: going on with 45"]


def test_a_case_for_which_the_lower_scale_is_too_high_as_well_is_an_error(run: Any) -> None:
    pool = Pool()
    done = run(pool, "a", "b", runs=too_fast_above(0, pool, carried=1))
    assert [each.verdict for each in done.results.cases] == ["error", "error"]
    assert pool.scales[:2] == [200, 1]


def test_what_the_user_gave_wrong_ends_the_run(run: Any) -> None:
    with pytest.raises(BadInput):
        run(Pool(BadInput("no such golden")), "a")


def test_a_full_disk_loses_no_result(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be written while the first case ends; with the second all is there."""
    real, tries = Path.write_text, 0

    def write_text(path: Path, text: str, *more: Any, **named: Any) -> int:
        nonlocal tries
        if path.name.startswith(f".{RESULTS}"):
            tries += 1
            if tries == 1:
                raise OSError(28, "No space left on device")
        return real(path, text, *more, **named)

    monkeypatch.setattr(Path, "write_text", write_text)
    done = run(Pool(), "a", "b")
    assert [each.verdict for each in read(done.folder / RESULTS).cases] == ["passed", "passed"]
    assert "passed a is kept in memory" in done.lines[0]
    assert "No space left on device" in done.lines[0]


def test_events_are_told_although_their_file_cannot_be_written(tmp_path: Path) -> None:
    told: list[Event] = []
    (tmp_path / "folder").write_text("a file is in its place")
    EventLog(tmp_path / "folder" / "events.jsonl", [told.append])(Event("run-started"))
    assert [event.name for event in told] == ["run-started"]


def test_results_that_cannot_be_written_are_said_and_returned(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", replace)
    done = run(Pool(), "a")
    assert [each.verdict for each in done.results.cases] == ["passed"]
    assert "results could not be written" in done.lines[-1]
    assert list(done.folder.glob(f".{RESULTS}*")) == []
