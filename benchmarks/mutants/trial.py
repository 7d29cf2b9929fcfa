"""Runs a module's unit tests against its mutants, each in a fork of one pytest session.

The tests are collected once. A child puts the mutated function's code in the place of the one that
all callers have, and runs the tests until one fails: first those that noticed a change of the same
function before, then the quick ones. Some hundredths of a second do for most.

A change outside of functions (a constant, a default) takes a new import of everything that is
ours, and a second; so does one that survives in a function by which a constant or a test's
parameters were made, before it was changed. A child has a limit of CPU time, so that a busy machine
kills no mutant.
"""

import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType, FunctionType

import hypothesis
import psutil
import pytest

KILLED, SURVIVED, STILLBORN, TIMED_OUT = "killed", "survived", "does not load", "timed out"

_ARGUMENTS = (
    *("-x", "-p", "no:cacheprovider", "-p", "no:terminal", "-o", "addopts=--import-mode=importlib"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # libraries are imported before it
)
_NOT_LOADED = 97
_IDLE = 10.0
"""Wall seconds after which a child hangs that sleeps and takes no CPU time."""

_LONGEST = 600.0
"""Wall seconds after which any child does."""

Try = Callable[[str], str]
"""What becomes of a mutant, given as the module's changed source."""


@dataclass
class Trials:
    """A pytest plugin that runs the collected tests on one mutant after the other.

    Args:
        module: the name of the module that is changed.
        tests: test files.
        quick: leaves the property tests out.
        each: is called in place of the tests' run, with what tries a mutant.
    """

    module: str
    tests: Sequence[str]
    quick: bool
    each: Callable[[Try], None]
    seconds: dict[str, float] = field(default_factory=dict)
    noticed: dict[str, list[str]] = field(default_factory=dict)
    """Function -> the tests that noticed a change of it, the newest first."""
    called: set[str] = field(default_factory=set)
    """The module's functions that were called while it was imported and the tests collected."""

    def notice_call(self, frame: FrameType, event: str, _: object) -> None:
        """A profile function."""
        if event == "call" and frame.f_code.co_filename.endswith(str(path_of(self.module))):
            self.called.add(frame.f_code.co_qualname)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        sys.setprofile(None)
        path = path_of(self.module).resolve()
        original = compile(path.read_text("utf-8"), str(path), "exec")
        if self.quick:
            session.items[:] = [each for each in session.items if not is_of_a_property(each)]
        vars(session.config.option)["tbstyle"] = (
            "value"  # a long traceback takes longer than the test
        )
        self._measure(session)
        loaded = _functions(path)
        gc.freeze()  # or each child would copy what its collector only looks at
        cpu_seconds = int(5 + 2 * sum(self.seconds.values()))

        def outcome(source: str) -> str:
            try:
                changed = compile(source, str(path), "exec", dont_inherit=True)
            except (SyntaxError, ValueError):
                return STILLBORN
            found = _difference(original, changed)
            functions = loaded.get((found.co_qualname, found.co_firstlineno), []) if found else []
            if found is None or not functions:
                return self._anew(changed, cpu_seconds)
            before = self.noticed.setdefault(found.co_qualname, [])

            def run(told: Told) -> int:
                for function in functions:
                    function.__code__ = found
                return _run(session, self.in_order(session.items, before), told)

            came, tests = _outcome(run, cpu_seconds)
            if came == KILLED and tests:
                last = tests[-1][1]
                before[:] = [last, *(each for each in before if each != last)]
            if came == SURVIVED and found.co_qualname in self.called:
                return self._anew(changed, cpu_seconds)
            return came

        if self._anew(original, cpu_seconds) != SURVIVED:
            raise SystemExit(f"the tests do not pass in a new import: {' '.join(self.tests)}")
        self.each(outcome)
        return True

    def in_order(
        self, items: Sequence[pytest.Item], first: Sequence[str] = ()
    ) -> list[pytest.Item]:
        """The tests in the order in which they are run."""
        place = {test: n for n, test in enumerate(first)}
        return sorted(
            items,
            key=lambda item: (
                place.get(item.nodeid, len(place)),
                self.seconds.get(item.nodeid, 0.0),
            ),
        )

    def _measure(self, session: pytest.Session) -> None:
        """Runs the tests on the module as it is.

        Raises:
            SystemExit: they do not all pass.
        """
        came, tests = _outcome(lambda told: _run(session, session.items, told), 3600)
        self.seconds = {test: float(took) for took, test in tests}
        if came != SURVIVED or not session.items:
            raise SystemExit(f"the tests do not pass before any change: {' '.join(self.tests)}")

    def _anew(self, code: CodeType, cpu_seconds: int) -> str:
        """What becomes of the module with other code, imported anew."""
        return _outcome(lambda _: _run_anew(self, code), cpu_seconds)[0]


@dataclass
class _Again:
    """A pytest plugin of a new session: the same tests, the quick ones first."""

    trials: Trials

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        chosen = [each for each in items if not (self.trials.quick and is_of_a_property(each))]
        items[:] = self.trials.in_order(chosen)


def run_trials(trials: Trials) -> None:
    """Collects the tests, and has the mutants tried."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # none is needed, and they load slowly
    hypothesis.settings.register_profile(
        "mutants",
        database=None,
        derandomize=True,
        deadline=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        report_multiple_bugs=False,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.load_profile("mutants")
    sys.setprofile(trials.notice_call)
    code = pytest.main([*_ARGUMENTS, *trials.tests], plugins=[trials])
    sys.setprofile(None)
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SystemExit(f"the tests could not be collected: {' '.join(trials.tests)}")
    for name in _ours():
        del sys.modules[name]


def is_of_a_property(item: pytest.Item) -> bool:
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))


def path_of(module: str) -> Path:
    return Path(*module.split(".")).with_suffix(".py")


Told = Callable[[float, str], object]
"""Takes the CPU seconds of a test, and its name."""


def _run(session: pytest.Session, items: Sequence[pytest.Item], told: Told) -> int:
    """0 where all tests pass, 1 at the first that fails."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        began = time.process_time()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        told(time.process_time() - began, item.nodeid)
        if session.testsfailed:
            return 1
    return 0


def _outcome(run: Callable[[Told], int], cpu_seconds: int) -> tuple[str, list[list[str]]]:
    """What a run in a child comes to, and what it told."""
    with tempfile.TemporaryFile("w+") as said:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                nowhere = os.open(os.devnull, os.O_WRONLY)
                for stream in (1, 2):
                    os.dup2(nowhere, stream)
                resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
                code = run(lambda took, test: said.write(f"{took}\t{test}\n"))
                said.flush()
            finally:
                os._exit(code)
        came = _awaited(child, time.monotonic() + _LONGEST)
        said.seek(0)
        return came, [line.rstrip("\n").split("\t", 1) for line in said]


def _awaited(child: int, deadline: float) -> str:
    process, used, since = psutil.Process(child), 0.0, time.monotonic()
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        now, took = time.monotonic(), sum(process.cpu_times()[:2])
        if took > used or process.status() != psutil.STATUS_SLEEPING:
            used, since = took, now
        if now > deadline or now > since + _IDLE:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return TIMED_OUT
        time.sleep(0.002 if now < since + 1 else 0.1)
    if os.WIFSIGNALED(status):
        return TIMED_OUT
    return {0: SURVIVED, _NOT_LOADED: STILLBORN}.get(os.WEXITSTATUS(status), KILLED)


# A change in a function


def _difference(one: CodeType, two: CodeType) -> CodeType | None:
    """The changed function of two codes; None where something else is changed as well."""
    inner = list(zip(_codes(one), _codes(two), strict=False))
    changed = [(old, new) for old, new in inner if old != new]
    if len(changed) != 1 or not _alike(one, two):
        return None
    ((old, new),) = changed
    if old.co_flags & _OPTIMIZED:  # a function; a class's body is not optimized
        return new if old.co_freevars == new.co_freevars else None
    return _difference(old, new)


_OPTIMIZED = 1


def _alike(one: CodeType, two: CodeType) -> bool:
    """Whether two codes are one but for the codes within them."""
    return (one.co_code, one.co_names, _plain(one)) == (two.co_code, two.co_names, _plain(two))


def _codes(code: CodeType) -> Iterator[CodeType]:
    return (each for each in code.co_consts if isinstance(each, CodeType))


def _plain(code: CodeType) -> list[str]:
    return [repr(each) for each in code.co_consts if not isinstance(each, CodeType)]


def _functions(path: Path) -> dict[tuple[str, int], list[FunctionType]]:
    """A module's loaded functions by their names and first lines."""
    found: dict[tuple[str, int], list[FunctionType]] = {}
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and Path(each.__code__.co_filename).name == path.name:
            code = each.__code__
            if Path(code.co_filename).resolve() == path:
                found.setdefault((code.co_qualname, code.co_firstlineno), []).append(each)
    return found


# A change outside of functions


@dataclass
class _Finder(importlib.abc.MetaPathFinder):
    """Finds one module with other code than its file's."""

    module: str
    code: CodeType

    def find_spec(
        self,
        name: str,
        path: object = None,  # noqa: ARG002
        target: object = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.module:
            return None
        loader = _Loader(name, self.code.co_filename)
        loader.code = self.code
        return importlib.util.spec_from_file_location(name, loader.path, loader=loader)


class _Loader(importlib.machinery.SourceFileLoader):
    code: CodeType

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        return self.code


def _run_anew(trials: Trials, code: CodeType) -> int:
    for name in _ours():
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder(trials.module, code))
    try:
        importlib.import_module(trials.module)
    except BaseException:
        return _NOT_LOADED
    return int(pytest.main([*_ARGUMENTS, *trials.tests], plugins=[_Again(trials)]))


def _ours() -> list[str]:
    """The modules that are loaded from this repository, but for the benchmarks."""
    here = str(Path.cwd())
    return [
        name
        for name, each in sys.modules.items()
        if str(getattr(each, "__file__", None) or "").startswith(here)
        and name.split(".")[0] not in ("benchmarks", "__main__")
    ]
