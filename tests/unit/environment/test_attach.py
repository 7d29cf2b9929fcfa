"""Which stack `--stack` attaches to, what it knows of it, and what it refuses."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from fake_stacks import FakeEngine, FakeRunning, fake_stack

from harness.engines import attached
from harness.engines.attached import NoEngine
from harness.engines.docker_host import Address, NoDockerEngine
from harness.engines.service import Running
from harness.environment import attach
from harness.environment.attach import AttachedStack, attached_stack
from harness.environment.document import leave_running
from harness.errors import BadInput
from harness.lifecycle import runs
from harness.lifecycle.runs import Run
from harness.planning.requirements import StackRequirements

Leave = Callable[..., Run]
Services = dict[str, FakeRunning]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, and a state folder of its own."""
    monkeypatch.setenv("HARNESS_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(attach, "project_root", lambda *_: tmp_path / "mine")
    return tmp_path / "mine"


@pytest.fixture
def leave(project: Path) -> Leave:
    """Leaves a stack running, as `harness up` does."""

    def leave(run_id: str, root: Path = project, **changes: object) -> Run:
        run = runs.find(run_id)
        run.folder.mkdir(parents=True)
        (run.folder / "project.path").write_text(str(root))
        with closing(fake_stack(run.folder, run=run, **changes)) as stack:
            leave_running(stack)
        return run

    return leave


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Services:
    """The services that were attached to; a test may let one end."""
    found: Services = {}

    def processes(run: Run, stack: str) -> attached.Attach:
        def one(name: str, pid: str, host: str, ports: Mapping[str, int]) -> Running:
            return found.setdefault(name, FakeRunning(name, f"{run.id} {stack} {pid}", host, ports))

        return one

    monkeypatch.setattr(attached, "processes", processes)
    return found


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Notes that the engine was closed."""
    seen: list[str] = []
    monkeypatch.setattr(NoEngine, "close", lambda _: seen.append("closed"))
    return seen


def attached_to(which: str) -> AttachedStack:
    with attached_stack(which, None) as found:
        return found


def test_the_last_is_the_newest_of_this_project(leave: Leave, services: Services) -> None:
    leave("20260101-000001-a")
    leave("20260101-000002-b")
    leave("20260101-000003-c", root=Path("/elsewhere"))
    assert attached_to("last").stack.run.id == "20260101-000002-b"
    assert len(services) == 3


def test_a_run_of_any_project_is_found_by_its_id(leave: Leave, services: Services) -> None:
    leave("20260101-000003-c", root=Path("/elsewhere"))
    assert attached_to("20260101-000003-c").stack.confluence_url == "http://127.0.0.1:8090"
    assert services["cloud"].port("https") == 8143


def test_it_has_what_the_stack_was_brought_up_with(leave: Leave, services: Services) -> None:
    leave(
        "20260101-000001-a",
        scale=60.0,
        ccma="3.9.6",
        system_features=("some.flag",),
        cloud_half="scripted,charts",
        name="stack-2",
    )
    found = attached_to("last")
    assert found.requirements == StackRequirements("3.9.6", 60.0, ("some.flag",), "scripted,charts")
    assert found.stack.cloud_half == "scripted,charts"
    # A stack of `run --keep` is not called `stack`, and its folder has its name.
    assert services["confluence"].id == "20260101-000001-a stack-2 id-confluence"


def test_where_no_stack_runs_the_way_to_one_is_named() -> None:
    with pytest.raises(
        BadInput, match=r"no stack of .*mine is running: start one with `harness up`"
    ):
        attached_to("last")


def test_a_run_that_is_not_there_names_those_that_are(leave: Leave) -> None:
    leave("20260101-000003-c", root=Path("/elsewhere"))
    for which, missing in {"nonsense": "'nonsense'", "last": "of .*mine"}.items():
        with pytest.raises(BadInput, match=rf"{missing} is running; there is 20260101-000003-c"):
            attached_to(which)


def test_a_stack_with_a_dead_service_is_refused_and_let_go(
    leave: Leave, services: Services, closed: list[str]
) -> None:
    leave("20260101-000001-a")
    services["cloud"] = FakeRunning("cloud", dead="ended")
    with pytest.raises(BadInput, match=r"the cloud of run 20260101-000001-a has ended.*down"):
        attached_to("last")
    assert closed


def test_a_service_that_is_gone_lets_the_engine_go(
    leave: Leave, monkeypatch: pytest.MonkeyPatch, closed: list[str]
) -> None:
    run = leave("20260101-000001-a")

    def fail(*_: object) -> Running:
        raise attached.gone(run, "the confluence")

    monkeypatch.setattr(attached, "processes", lambda *_: fail)
    with pytest.raises(BadInput, match="the confluence of run"):
        attached_to("last")
    assert closed


def test_the_engine_is_let_go_at_the_end(
    leave: Leave, services: Services, closed: list[str]
) -> None:
    leave("20260101-000001-a")
    with attached_stack("last", None) as found:
        assert not closed
        assert found.stack.dead() is services.get("none")
    assert closed


def test_a_process_that_is_not_the_runs_is_no_service_of_it(leave: Leave) -> None:
    # The id that the document names belongs to another process by now: to this one.
    service = FakeRunning(
        "confluence", str(os.getpid()), ports={"http": 1, "synchrony": 2, "jdwp": 3}
    )
    cloud = FakeRunning("cloud", ports={"http": 4, "https": 5})
    app = FakeRunning("cloud-app", ports={"control": 6, "https": 7})
    leave("20260101-000001-a", running={"confluence": service, "cloud": cloud, "cloud-app": app})
    with pytest.raises(BadInput, match="the confluence of run 20260101-000001-a has ended"):
        attached_to("last")


def test_a_stack_on_an_engine_that_does_not_answer_is_refused(
    leave: Leave, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave("20260101-000001-a", engine=FakeEngine("docker"))

    def fail(address: Address) -> None:
        raise NoDockerEngine(address, "refused", "start it")

    monkeypatch.setattr(attach, "connect", fail)
    with pytest.raises(BadInput, match=r"--stack: run 20260101-000001-a is on Docker, but no"):
        attached_to("last")
