"""Where and how to run: one typed, frozen model, each value with where it came from.

A value is taken from the first of: the command's flag, the environment variable
`HARNESS_<NAME>`, the file `harness.toml` in the working folder, the default.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from harness.errors import BadInput
from harness.suggest import did_you_mean

STANDIN = "standin"
CCMA_VERSIONS = ("3.1.7", "3.9.6")
STANDIN_TIME_SCALE = 200.0

Source = Literal["default", "file", "variable", "flag"]


class Settings(BaseModel):
    """Everything that is the same for all cases of a run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: Literal["auto", "docker", "local"] = Field(
        "auto", description="where services run; auto takes Docker where an engine answers"
    )
    confluence: str = Field(STANDIN, description="an image name, or `standin`")
    ccma: str | None = Field(None, description="CCMA version, where a case does not say")
    workers: int = Field(1, ge=1, le=64, description="stacks that work side by side")
    time_scale: float | None = Field(
        None, gt=0, le=3600, description="server seconds per wall second"
    )
    isolation: Literal["reset", "fresh"] = Field(
        "reset", description="reset one stack between cases, or bring up a fresh one for each"
    )
    keep: bool = Field(False, description="leave the stacks standing after the run")
    site: str = Field("demo", pattern=r"^[a-z][a-z0-9-]*$", description="the cloud site's name")
    results: Path = Field(Path("build/runs"), description="folder for runs' results")
    http_port: int | None = Field(None, ge=1, le=65535, description="fixed port for HTTP 8090")
    synchrony_port: int | None = Field(None, ge=1, le=65535, description="... Synchrony 8091")
    jdwp_port: int | None = Field(None, ge=1, le=65535, description="... JDWP 5005")

    @field_validator("ccma")
    @classmethod
    def _known_version(cls, value: str | None) -> str | None:
        if value is not None and value not in CCMA_VERSIONS:
            raise ValueError(
                f"no CCMA version {value!r} is modelled; there are {', '.join(CCMA_VERSIONS)}"
            )
        return value

    @property
    def is_standin(self) -> bool:
        """Whether the stand-in takes the real image's place."""
        return self.confluence == STANDIN

    @property
    def scale(self) -> float:
        """Server seconds per wall second: by default quick on the stand-in, true elsewhere."""
        if self.time_scale is not None:
            return self.time_scale
        return STANDIN_TIME_SCALE if self.is_standin else 1.0


@dataclass(frozen=True)
class Resolved:
    """Settings, and for each name where its value came from."""

    settings: Settings
    sources: Mapping[str, Source]


def resolve(
    flags: Mapping[str, Any], environ: Mapping[str, str], folder: Path = Path()
) -> Resolved:
    """Settles every setting.

    Args:
        flags: values given on the command line; None means not given.
        environ: the environment.
        folder: where `harness.toml` may stand.

    Raises:
        BadInput: a value or name that is wrong, with its place.
    """
    values: dict[str, Any] = {}
    sources: dict[str, Source] = dict.fromkeys(Settings.model_fields, "default")
    layers: tuple[tuple[Source, Mapping[str, Any]], ...] = (
        ("file", _from_file(folder / "harness.toml")),
        ("variable", _from_environment(environ)),
        ("flag", {name: value for name, value in flags.items() if value is not None}),
    )
    for source, layer in layers:
        values |= layer
        sources |= dict.fromkeys(layer, source)
    try:
        return Resolved(Settings(**values), sources)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        message = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"setting {name} ({_where(name, sources[name])}): {message}") from None


def _where(name: str, source: Source) -> str:
    spelled = {
        "default": "default",
        "file": "harness.toml",
        "variable": f"HARNESS_{name.upper()}",
        "flag": f"--{name.replace('_', '-')}",
    }
    return spelled[source]


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    named = {name: environ.get(f"HARNESS_{name.upper()}") for name in Settings.model_fields}
    return {name: value for name, value in named.items() if value is not None}


def _from_file(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise BadInput(str(error), path=path) from None
    for name in values:
        if name not in Settings.model_fields:
            hint = did_you_mean(name, Settings.model_fields)
            raise BadInput(f"no setting is called {name!r}{hint}", path=path)
    return values
