"""The settings: each is declared once, here, as a field."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

STANDIN = "standin"
CCMA_VERSIONS = ("3.1.7", "3.3.7", "3.4.7", "3.9.6", "3.12.0", "3.13.8")
"""Those of `docker/confluence-standin/profiles.txt`, where each line has its source."""
DEFAULT_CCMA = "3.9.6"
"""Not 3.13.8: that exports the library's flat package only, so many jars do not start there."""

STANDIN_TIME_SCALE = 200.0

IMAGES_OWN = "the image's own"
"""Stands for the CCMA version of a real image until it is known."""

STUB, REAL = "stub", "real"
"""What plays the cloud, where it is no address."""

Start = Literal["wizard", "trigger"]
Command = Literal["run", "up", "repro", "pytest"]


def _setting(
    default: Any, does: str, *, flag_of: tuple[Command, ...] = (), kept: bool = False, **rules: Any
) -> Any:
    """Declares a setting.

    Args:
        default: its value where nothing says otherwise.
        does: what it does, as the commands' help shows it.
        flag_of: the commands that take it as a flag; every setting has a variable and a key in
            the file.
        kept: whether a resumed run keeps the value that it began with.
        rules: what else a value has to fulfil, as pydantic names it.
    """
    declared: dict[str, Any] = {"flag_of": flag_of, "kept": kept}
    return Field(default, description=does, json_schema_extra=declared, **rules)


def check_ccma(version: str) -> None:
    """Refuses a CCMA version that the stand-in does not have.

    Raises:
        ValueError: with those that there are.
    """
    if version not in CCMA_VERSIONS:
        there = ", ".join(CCMA_VERSIONS)
        raise ValueError(f"no CCMA version {version!r} is modelled; there are {there}")


class Settings(BaseModel):
    """Everything that is the same for all cases of a run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: Literal["auto", "docker", "local"] = _setting(
        "auto",
        "where services run: docker, local, or auto, which takes Docker where an engine answers",
        flag_of=("run", "up", "repro", "pytest"),
        kept=True,
    )
    docker_socket: Path | None = _setting(
        None, "where Docker's engine is looked for, before DOCKER_HOST and contexts"
    )
    confluence: str = _setting(
        STANDIN,
        "an image's name, `standin`, or (run) the address of one that runs: https://host/context",
        flag_of=("run", "up", "pytest"),
        kept=True,
    )
    cloud: str | None = _setting(
        None,
        "what plays the cloud: stub; real; or the control address of the stub that a Confluence "
        "which runs already talks to",
        flag_of=("run", "up", "repro"),
        kept=True,
        pattern=r"^(stub|real|https?://\S+)$",
    )
    user: str | None = _setting(
        None,
        "an administrator of the Confluence that runs already; the password stands in "
        "HARNESS_ATTACH_PASSWORD, or an access token in HARNESS_ATTACH_TOKEN",
        flag_of=("run",),
        kept=True,
    )
    ca: Path | None = _setting(
        None, "PEM file with the CA of its certificate", flag_of=("run",), kept=True
    )
    log: str | None = _setting(
        None,
        "its application log: a file, or container:NAME of a container of this machine",
        flag_of=("run",),
        kept=True,
    )
    log_zone: str | None = _setting(
        None,
        "the time zone that it writes its log in, such as Asia/Tokyo or +0900",
        flag_of=("run",),
        kept=True,
    )
    jdwp: str | None = _setting(
        None,
        "its debugger, HOST:PORT",
        flag_of=("run",),
        kept=True,
        pattern=r"^\S+:\d{1,5}$",
    )
    plan: str | None = _setting(
        None,
        "a plan of its that has run, by name or id: it is run again by REST, and none is made",
        flag_of=("run",),
        kept=True,
    )
    app_before: Path | None = _setting(
        None,
        "jar of the app's version that is installed there, to be put back after the run",
        flag_of=("run",),
        kept=True,
    )
    ccma: str | None = _setting(
        None,
        f"CCMA version where a case does not say; {DEFAULT_CCMA} on the stand-in",
        flag_of=("run", "up", "pytest"),
        kept=True,
    )
    workers: int = _setting(
        1, "stacks that work side by side", flag_of=("run", "repro"), ge=1, le=64
    )
    time_scale: float | None = _setting(
        None,
        f"server seconds per wall second; {STANDIN_TIME_SCALE:g} on the stand-in, else 1",
        flag_of=("run", "up", "repro", "pytest"),
        kept=True,
        gt=0,
        le=3600,
    )
    isolation: Literal["reset", "fresh"] = _setting(
        "reset",
        "reset: one stack for many cases, put in order between them; fresh: a new one for each",
        flag_of=("run",),
        kept=True,
    )
    start: Start = _setting(
        "wizard",
        "wizard: make a plan for each case; trigger: run one again by REST where that is possible",
        flag_of=("run",),
        kept=True,
    )
    licence_file: Path | None = _setting(
        None, "file with a licence, for a real image only", flag_of=("run", "up", "pytest")
    )
    golden: str | None = _setting(
        None,
        "golden home to begin with; none by default",
        flag_of=("run", "up", "pytest"),
        kept=True,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
    )
    keep: bool = _setting(
        False, "leave the stacks running after the run", flag_of=("run", "pytest")
    )
    results: Path = _setting(
        Path("build/runs"), "folder for runs' results", flag_of=("run", "repro", "pytest")
    )
    http_port: int | None = _setting(
        None,
        "fixed host port for HTTP 8090; by default one is chosen",
        flag_of=("up",),
        ge=1,
        le=65535,
    )
    synchrony_port: int | None = _setting(
        None, "... for Synchrony 8091", flag_of=("up",), ge=1, le=65535
    )
    jdwp_port: int | None = _setting(
        None, "... for the debugger, JDWP 5005", flag_of=("up",), ge=1, le=65535
    )
    site: str = _setting("demo", "the cloud site's name", pattern=r"^[a-z][a-z0-9-]*$")
    memory: str | None = _setting(
        None, "limit of Confluence's container, such as 4g", pattern=r"^[1-9][0-9]*[kmg]$"
    )
    standin_setup: Literal["complete", "wizard"] = _setting(
        "complete", "whether a stand-in comes set up or shows its set-up wizard"
    )
    standin_pages: Literal["script", "server"] = _setting(
        "script", "whether a script or a stand-in's server draws the assistant's pages"
    )
    standin_platform: str | None = _setting(
        None,
        "address of another cloud than the stub, which a stand-in speaks another protocol to",
        kept=True,
        pattern=r"^https?://[^/\s]+$",
    )
    record: Path | None = _setting(
        None,
        "folder to record in what Confluence says to its cloud (docs/recordings.md)",
        flag_of=("run",),
    )
    replay: Path | None = _setting(
        None,
        "folder of a recording that answers Confluence in its cloud's place",
        flag_of=("run",),
        kept=True,
    )
    tap: Path | None = _setting(
        None,
        "folder that `harness cloud tap` records in: what the app was sent is kept with each case",
        flag_of=("run",),
    )
    database: str | None = _setting(None, "image of the PostgreSQL beside a real image")

    @field_validator("ccma")
    @classmethod
    def _known_version(cls, value: str | None) -> str | None:
        if value is not None:
            check_ccma(value)
        return value

    @property
    def is_standin(self) -> bool:
        """Whether the stand-in takes the real image's place."""
        return self.confluence == STANDIN

    @property
    def has_stub(self) -> bool:
        """Whether a stack that is brought up has the stub of the cloud."""
        return not (self.replay or self.standin_platform or self.has_real_cloud)

    @property
    def has_real_cloud(self) -> bool:
        """Whether a stack that is brought up talks to the real cloud."""
        return self.cloud == REAL and not self.replay

    @property
    def is_attached(self) -> bool:
        """Whether the Confluence is one that somebody runs already, named by its address."""
        return self.confluence.startswith(("http://", "https://"))

    @property
    def scale(self) -> float:
        """Server seconds per wall second: by default quick on the stand-in, true elsewhere."""
        if self.time_scale is not None:
            return self.time_scale
        return STANDIN_TIME_SCALE if self.is_standin else 1.0

    def ccma_for(self, case: str | None = None) -> str:
        """The CCMA version that a case needs of its stack; any other than a stand-in has its own.

        Args:
            case: the version that the case itself names, if it does.
        """
        if self.is_standin:
            return case or self.ccma or DEFAULT_CCMA
        return IMAGES_OWN
