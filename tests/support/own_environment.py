"""Python programs of others, each in an environment of its own, made when it is first needed."""

import hashlib
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from harness.support import folders


def python_with(*requirements: str) -> Path:
    """The interpreter of an environment that has these packages, kept under a digest of both.

    Made beside its place and renamed into it, so that two tests at once never see half of one.
    Its scripts would name the place where it was made: run modules with `-m` instead.
    """
    what = "\0".join((sys.version, *requirements))
    place = folders.cache() / f"python-{hashlib.sha256(what.encode()).hexdigest()[:16]}"
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".python-") as scratch:
            made = Path(scratch) / "made"
            venv.create(made, with_pip=True)
            pip = [_python(made), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
            done = subprocess.run([*pip, *requirements], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            try:
                made.rename(place)
            except OSError:
                assert place.is_dir()  # another test was faster
    return _python(place)


def _python(environment: Path) -> Path:
    return environment / "bin" / "python"
