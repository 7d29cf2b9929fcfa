"""Case files: what a YAML file says, and the cases it stands for. Pure but for reading the file.

| Module | Answers |
|---|---|
| file | what may stand in a case file, typed |
| axes | what the values of an axis set |
| rules | which expectation and which known bug a case has; that there is exactly one |
| suite | the cases of a file, and what they cover |
"""

from harness.cases.axes import CloudSetup
from harness.cases.file import Expectation, KnownBug, Window
from harness.cases.suite import Case, Suite, load, read_suite

__all__ = [
    "Case",
    "CloudSetup",
    "Expectation",
    "KnownBug",
    "Suite",
    "Window",
    "load",
    "read_suite",
]
