"""Whatever breaks inside a case ends it as an error, with what was seen so far."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from seen import stayed

from harness.cases import Case, Expectation
from harness.errors import HarnessError
from harness.runner import case as case_module
from harness.runner.case import run_case
from harness.runner.observe import TimeScaleTooHigh
from harness.store.evidence import Evidence

EXPECTED = Expectation(rows=("COMPLETE 100",), source="x")
CASE = Case("a", Path("app"), {}, {}, None, None, EXPECTED, None)


class Page:
    url = "http://c/plan?planId=p"
    closed = False

    def close(self) -> None:
        self.closed = True


class Stack:
    """A stack of which one part breaks."""

    ccma, scale = "3.9.6", 600.0
    account = recorder = remote = log_zone = None
    replays, has_log = False, True

    def __init__(self, breaks: dict[str, Exception]) -> None:
        self.breaks, self.page = breaks, Page()
        self.cloud = SimpleNamespace(
            tells=True,
            journal_end=lambda: self.part("journal_end", 1),
            journal=lambda *_: self.part("journal", ([], 1)),
            faults=list,
        )

    def part(self, name: str, value: Any) -> Any:
        if error := self.breaks.get(name):
            raise error
        return value

    def server_log(self, offset: int = 0) -> bytes:
        return self.part("server_log", b"")[offset:]

    def cloud_app_output(self) -> str:
        return ""

    def explained(self, step: str, error: Exception) -> Exception:
        return self.part("explained", HarnessError(f"{error} (all services are alive)"))


def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **breaks: Exception) -> Any:
    stack = Stack(breaks)
    seen: Evidence = stayed("READY", 5).evidence

    class Watch:
        """Saw something, and breaks before it comes to an end."""

        evidence = seen

        def __init__(self, *_: object, **__: object) -> None: ...

        def run(self) -> Any:
            return stack.part("watch", SimpleNamespace(verdict=None, evidence=seen))

    class Collected:
        def __init__(self, *_: object) -> None: ...

        begin = armed = staticmethod(lambda: None)
        installing = staticmethod(nullcontext)

        def finish(self, *_: object) -> dict[str, str]:
            return stack.part("finish", {"plan": "plan.json"})

    testbed = SimpleNamespace(
        stack=stack,
        context=SimpleNamespace(new_page=lambda: stack.part("new_page", stack.page)),
        client=None,
        tap=None,
        app=SimpleNamespace(server=SimpleNamespace(key="my.app")),
        app_names=("My app",),
        reset=lambda **_: stack.part("reset", None),
        install=lambda: stack.part("install", None),
        set_features=lambda _: None,
        check_undisturbed=lambda: None,
    )
    fake = {
        "Watch": Watch,
        "CaseEvidence": Collected,
        "establish": lambda *_: nullcontext(),
        "start": lambda *_: stack.part("start", None),
        "CloudControl": SimpleNamespace,
        "captures": SimpleNamespace(
            trace=lambda _, path: nullcontext(path),
            screenshot=lambda _, path: stack.part("screenshot", path),
        ),
        "with_causes": lambda result, *_: stack.part("causes", result),
    }
    for name, value in fake.items():
        monkeypatch.setattr(case_module, name, value)
    return run_case(testbed, CASE, tmp_path / "case")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "part",
    [
        "server_log",
        "journal_end",
        "new_page",
        "reset",
        "install",
        "start",
        "watch",
        "finish",
        "journal",
        "causes",
    ],
)
@pytest.mark.parametrize(
    "error", [HarnessError("it broke"), OSError(28, "it broke"), TypeError("it broke")]
)
def test_whatever_breaks_is_an_error_with_its_sentence(
    part: str, error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks = {part: error} if part == "watch" else {part: error, "watch": HarnessError("second")}
    first = part in ("server_log", "journal_end", "new_page", "reset", "install", "start", "watch")
    result = run(tmp_path, monkeypatch, **breaks)
    assert result.verdict == "error"
    assert ("it broke" if first else "second") in result.reason


def test_the_scale_that_the_machine_carries_is_told_where_the_stacks_is_higher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(tmp_path, monkeypatch, watch=TimeScaleTooHigh(3600, 2.0))
    assert (result.verdict, result.carried_scale) == ("error", 150)
    assert run(tmp_path, monkeypatch, watch=HarnessError("other")).carried_scale is None


def test_what_was_seen_before_it_broke_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(tmp_path, monkeypatch, watch=RuntimeError("the browser is gone"))
    assert result.evidence is not None
    assert result.observed is not None
    assert result.observed.status == "READY"
    assert "RuntimeError: the browser is gone" in result.reason
    assert "judged on 0 polls and 6 looks" in result.reason
    assert result.artifacts["plan"] == "plan.json"
    assert "wait" in result.seconds


def test_a_cause_that_cannot_be_found_leaves_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(tmp_path, monkeypatch, watch=HarnessError("one"), causes=ValueError("two"))
    assert result.verdict == "error"
    assert "one" in result.reason


def test_nothing_behind_an_error_can_be_told_where_the_engine_is_gone_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(
        tmp_path, monkeypatch, watch=OSError("no driver"), explained=RuntimeError("no engine")
    )
    assert "OSError: no driver" in result.reason
    assert "RuntimeError: no engine" in result.reason


def test_a_folder_that_cannot_be_made_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "case").write_text("a file is in its place")
    assert run(tmp_path, monkeypatch).verdict == "error"


def test_an_interrupt_goes_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, monkeypatch, watch=KeyboardInterrupt())  # type: ignore[arg-type]


def test_the_journal_keeps_what_others_read_once_and_nothing_that_the_harness_looked_up() -> None:
    def read(caller: str, path: str, reason: str = "") -> dict[str, object]:
        entry = {"caller": caller, "method": "GET", "path": path, "status": 200}
        return entry | {"effect": "read", "reason": reason}

    post = {"caller": "my-app", "path": "/progress", "effect": "recorded"}
    entries = [
        read("harness", "/_harness/apps"),
        read("my-app", "/transfer/recent", "0 active transfers"),
        read("my-app", "/transfer/recent", "0 active transfers"),
        read("my-app", "/transfer/recent", "1 active transfers"),
        post,
        post,
    ]

    assert list(case_module._of_the_story(entries)) == [entries[1], entries[3], post, post]
