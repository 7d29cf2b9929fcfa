"""A Forge app's manifest.yml: which of its functions an event of a migration calls.

Of the manifest only triggers and functions count here; the rest is Forge's, and is not read.
"""

import json
import re
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from harness.support.yaml_source import read, validate

MANIFEST = "manifest.yml"
_SOURCES = (".js", ".mjs", ".cjs")
_HANDLER = re.compile(r"(?P<file>[\w./-]+)\.(?P<function>\w+)")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Trigger(_Part):
    """Events, and the function that each of them calls."""

    function: str
    events: tuple[str, ...] = Field(min_length=1)


class Function(_Part):
    """A function, and where it is: `file.export` below `src`."""

    key: str
    handler: str


class Modules(_Part):
    """The modules that count here."""

    trigger: Annotated[tuple[Trigger, ...], Field(min_length=1)]
    function: Annotated[tuple[Function, ...], Field(min_length=1)]


class Manifest(_Part):
    """What is read of a manifest."""

    modules: Modules

    @property
    def for_runtime(self) -> bytes:
        """The modules as `docker/cloud-node/runtime.js` takes them."""
        triggers = [each.model_dump(mode="json") for each in self.modules.trigger]
        functions = {each.key: each.handler for each in self.modules.function}
        return json.dumps({"triggers": triggers, "functions": functions}).encode()


def load(app: Path) -> Manifest:
    """Reads a Forge app's manifest.

    Args:
        app: the app's folder.

    Raises:
        BadInput: it is missing or wrong, a trigger names no function of it, or a handler no file;
            with its line.
    """
    source = read(app / MANIFEST)
    manifest = validate(source, Manifest)
    functions = {each.key for each in manifest.modules.function}
    for index, trigger in enumerate(manifest.modules.trigger):
        if trigger.function not in functions:
            raise source.error(
                f"modules.trigger: no function {trigger.function!r} is below modules.function",
                *("modules", "trigger", index, "function"),
            )
    for index, function in enumerate(manifest.modules.function):
        found = _HANDLER.fullmatch(function.handler)
        places = [app / "src" / f"{found['file']}{ending}" for ending in _SOURCES] if found else []
        if not any(place.is_file() for place in places):
            raise source.error(
                f"modules.function: {function.handler!r} is no `file.export` with a file "
                f"src/FILE{'|'.join(_SOURCES)}: this runtime bundles nothing, so sources in "
                "TypeScript or JSX have to be built first",
                *("modules", "function", index, "handler"),
            )
    return manifest
