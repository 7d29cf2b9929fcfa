"""Runs a module's unit tests against its mutants, each in a fork of one pytest session.

The tests are collected once. A child puts the mutated function's code in the place of the one that
all callers have, and runs the tests until one fails, the quick ones first: some hundredths of a
second for most. A change outside of functions (a constant, a default) takes a new import of
everything that is ours, and a second. A child has a limit of CPU time, so that a busy machine kills
no mutant.
"""

import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType

import hypothesis
import pytest

KILLED, SURVIVED, STILLBORN, TIMED_OUT = "killed", "survived", "does not load", "timed out"

_ARGUMENTS = (
    *("-x", "-p", "no:cacheprovider", "-p", "no:terminal", "-o", "addopts=--import-mode=importlib"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # libraries are imported before it
)
_NOT_LOADED = 97
_LONGEST = 120.0
"""Wall seconds after which a child that takes no CPU time hangs."""

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

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        path = path_of(self.module)
        original = compile(path.read_text("utf-8"), str(path.resolve()), "exec")
        if self.quick:
            session.items[:] = [each for each in session.items if not _is_of_a_property(each)]
        self._measure(session)
        session.items.sort(key=lambda item: self.seconds[item.nodeid])
        cpu_seconds = int(10 + 5 * sum(self.seconds.values()))

        def outcome(source: str) -> str:
            try:
                changed = compile(source, str(path.resolve()), "exec", dont_inherit=True)
            except (SyntaxError, ValueError):
                return STILLBORN
            found = _difference(original, changed)
            functions = _functions(found, str(path.resolve())) if found else []

            def run() -> int:
                if not functions:
                    return _anew(self.module, changed, self.tests)
                assert found is not None
                for function in functions:
                    function.__code__ = found
                return _run(session)

            return _outcome(run, cpu_seconds)

        self.each(outcome)
        return True

    def _measure(self, session: pytest.Session) -> None:
        """Runs the tests on the module as it is.

        Raises:
            SystemExit: they do not all pass.
        """
        reading, writing = os.pipe()

        def run() -> int:
            os.close(reading)
            with os.fdopen(writing, "w") as pipe:
                return _run(session, lambda test, took: pipe.write(f"{took}\t{test}\n"))

        came = _outcome(run, 3600)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            for line in pipe:
                took, test = line.rstrip("\n").split("\t", 1)
                self.seconds[test] = float(took)
        if came != SURVIVED or not session.items:
            raise SystemExit(f"the tests do not pass before any change: {' '.join(self.tests)}")


def run_trials(trials: Trials) -> None:
    """Collects the tests, and has the mutants tried."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # none is needed, and they load slowly
    hypothesis.settings.register_profile(
        "mutants",
        database=None,
        derandomize=True,
        deadline=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.load_profile("mutants")
    code = pytest.main([*_ARGUMENTS, *trials.tests], plugins=[trials])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SystemExit(f"the tests could not be collected: {' '.join(trials.tests)}")
    for name in _ours():
        del sys.modules[name]


def _is_of_a_property(item: pytest.Item) -> bool:
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))


def path_of(module: str) -> Path:
    return Path(*module.split(".")).with_suffix(".py")


def _run(session: pytest.Session, told: Callable[[str, float], object] | None = None) -> int:
    """0 where all collected tests pass, 1 at the first that fails."""
    for item, following in zip(session.items, [*session.items[1:], None], strict=True):
        began = time.process_time()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if told:
            told(item.nodeid, time.process_time() - began)
        if session.testsfailed:
            return 1
    return 0


def _outcome(run: Callable[[], int], cpu_seconds: int) -> str:
    """What a run in a child comes to."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            for stream in (1, 2):
                os.dup2(nowhere, stream)
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
            code = run()
        finally:
            os._exit(code)
    deadline = time.monotonic() + _LONGEST + 10 * cpu_seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() > deadline:
            os.kill(child, 9)
            os.waitpid(child, 0)
            return TIMED_OUT
        time.sleep(0.002)
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


def _functions(code: CodeType, path: str) -> list[FunctionType]:
    """The functions that are loaded under the code's name."""
    return [
        each
        for each in gc.get_objects()
        if isinstance(each, FunctionType)
        and each.__code__.co_qualname == code.co_qualname
        and each.__code__.co_firstlineno == code.co_firstlineno
        and str(Path(each.__code__.co_filename).resolve()) == path
    ]


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


def _anew(module: str, code: CodeType, tests: Sequence[str]) -> int:
    for name in _ours():
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder(module, code))
    try:
        importlib.import_module(module)
    except BaseException:
        return _NOT_LOADED
    return int(pytest.main([*_ARGUMENTS, *tests]))


def _ours() -> list[str]:
    """The modules that are loaded from this repository, but for the benchmarks."""
    here = str(Path.cwd())
    return [
        name
        for name, each in sys.modules.items()
        if str(getattr(each, "__file__", None) or "").startswith(here)
        and name.split(".")[0] not in ("benchmarks", "__main__")
    ]
