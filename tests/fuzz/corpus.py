"""Where fuzzing begins: small inputs, kept as text, and what has once been a fault."""

import codecs
import re
from pathlib import Path

from hostile_jars import HOSTILE as JARS
from hostile_yaml import HOSTILE as FILES

_FOLDER = Path(__file__).with_name("corpus")
_LARGEST = 20_000
_COSTLY = re.compile("entries than|000|megabytes|bomb|within")
"""Instrumented these take seconds each, and the unit tests have them."""


def seeds(target: str) -> list[bytes]:
    """The inputs of a target: its file's lines, in which `\\n` and `\\x00` stand for bytes."""
    path = _FOLDER / f"{target}.txt"
    lines = path.read_text().splitlines() if path.is_file() else []
    made = [codecs.escape_decode(line.encode())[0] for line in lines if line]
    if target == "jar":
        made += [make() for name, make in JARS.items() if not _COSTLY.search(name)]
    if target == "case_file":
        made += [make() for name, make in FILES.items() if not _COSTLY.search(name)]
    return [each for each in made if len(each) <= _LARGEST]


def as_line(data: bytes) -> str:
    """How an input is written into the file."""
    return codecs.escape_encode(data)[0].decode()
