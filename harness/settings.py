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
from harness.support.suggest import did_you_mean

STANDIN = "standin"
CCMA_VERSIONS = ("3.1.7", "3.9.6")
STANDIN_TIME_SCALE = 200.0

IMAGES_OWN = "the image's own"
"""Stands for the CCMA version of a real image until it was asked."""

Start = Literal["wizard", "trigger"]
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
    start: Start = Field(
        "wizard", description="make each plan with the wizard, or run one again by the trigger REST"
    )
    keep: bool = Field(False, description="leave the stacks standing after the run")
    site: str = Field("demo", pattern=r"^[a-z][a-z0-9-]*$", description="the cloud site's name")
    results: Path = Field(Path("build/runs"), description="folder for runs' results")
    http_port: int | None = Field(None, ge=1, le=65535, description="fixed port for HTTP 8090")
    synchrony_port: int | None = Field(None, ge=1, le=65535, description="... Synchrony 8091")
    jdwp_port: int | None = Field(None, ge=1, le=65535, description="... JDWP 5005")
    memory: str | None = Field(
        None, pattern=r"^[1-9][0-9]*[kmg]$", description="limit of Confluence's container"
    )
    standin_setup: Literal["complete", "wizard"] = Field(
        "complete", description="whether a stand-in comes set up or shows its set-up wizard"
    )
    standin_pages: Literal["server", "script"] = Field(
        "server", description="whether a stand-in's server or a script draws the assistant's pages"
    )
    licence_file: Path | None = Field(None, description="file with a licence for a real image")
    database: str | None = Field(None, description="image of the PostgreSQL beside a real image")
    golden: str | None = Field(
        None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="kept home to begin with"
    )

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

    def ccma_for(self, case: str | None = None) -> str:
        """The CCMA version that a case needs of its stack.

        Args:
            case: the version that the case itself names, if it does.

        Raises:
            BadInput: a real image is to show a version, but has the one it has.
        """
        if self.is_standin:
            return case or self.ccma or CCMA_VERSIONS[-1]
        if case is not None:
            raise BadInput(
                f"a case asks for CCMA {case}, but {self.confluence} has the CCMA it has: "
                "take the `ccma` axis out, select without it, or run on the stand-in"
            )
        return IMAGES_OWN


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
        settings = Settings(**values)
        _check_together(settings, sources)
        return Resolved(settings, sources)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        message = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"setting {name} ({_where(name, sources[name])}): {message}") from None


def _check_together(settings: Settings, sources: Mapping[str, Source]) -> None:
    """Refuses values that are right each by itself and wrong together."""
    if settings.is_standin:
        return
    if settings.ccma is not None:
        raise BadInput(
            f"setting ccma ({_where('ccma', sources['ccma'])}): {settings.confluence} has the CCMA "
            "it has; only the stand-in shows a version on request"
        )
    if settings.engine == "local":
        raise BadInput(
            f"setting engine ({_where('engine', sources['engine'])}): a real image such as "
            f"{settings.confluence} runs on Docker only; the stand-in runs on both"
        )


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
