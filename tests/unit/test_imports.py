"""Importing the harness changes nothing of the process that it is imported into."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROGRAM = '''
import asyncio, atexit, importlib, json, locale, logging, os, pkgutil, signal, socket, sys, tempfile
import threading, warnings

sys.path.insert(0, sys.argv[1])
# The test's own process has imported the harness: nothing is inherited that this may have changed.
os.umask(0o022)
for each in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
    signal.signal(each, signal.SIG_DFL)


def state():
    """All of a process that a module could change for the rest of the program."""
    mask = os.umask(0)
    os.umask(mask)
    root = logging.getLogger()
    loggers = [root, *(each for each in root.manager.loggerDict.values() if hasattr(each, "level"))]
    policy = asyncio.get_event_loop_policy()
    from testcontainers.core.config import testcontainers_config

    return {
        "environment": dict(os.environ),
        "umask": mask,
        "folder": os.getcwd(),
        "signals": {str(each): repr(signal.getsignal(each)) for each in signal.valid_signals()},
        "warnings": [str(each) for each in warnings.filters],
        "showwarning": repr(warnings.showwarning),
        "log level": root.level,
        "log handlers": [repr(handler) for each in loggers for handler in each.handlers
                         if not isinstance(handler, logging.NullHandler)],
        "logging": [logging.root.manager.disable, logging.getLoggerClass().__name__],
        "event loop policy": type(policy).__module__ + "." + type(policy).__name__,
        "temporary folder": tempfile.tempdir,
        "hooks": [repr(each) for each in (sys.excepthook, sys.unraisablehook, sys.displayhook,
                                         threading.excepthook, sys.gettrace(), sys.getprofile())],
        "streams": [repr(each) for each in (sys.stdin, sys.stdout, sys.stderr)],
        "locale": locale.setlocale(locale.LC_ALL),
        "socket time-out": socket.getdefaulttimeout(),
        "recursion": sys.getrecursionlimit(),
        "threads": [each.name for each in threading.enumerate()],
        "files": sorted(os.readlink(f"/proc/self/fd/{each}") for each in os.listdir("/proc/self/fd")
                        if os.path.exists(f"/proc/self/fd/{each}"))
                 if sys.platform == "linux" else [],
        "sys.path": list(sys.path),
        "testcontainers": {name: str(value) for name, value in vars(testcontainers_config).items()},
    }


before = state()
import harness

names = [each.name for each in pkgutil.walk_packages(harness.__path__, "harness.")]
for name in names:
    # The recording proxy is imported in an environment of its own alone.
    if not name.endswith("__main__") and not name.startswith("harness.recorder."):
        importlib.import_module(name)
after = state()
changed = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
print(json.dumps({"modules": len(names), "changed": changed}))
'''


def test_importing_everything_changes_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(ROOT)],
        env={name: os.environ[name] for name in ("PATH", "HOME")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["modules"] > 100
    assert told["changed"] == {}
