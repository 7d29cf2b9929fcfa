"""An app's two halves as its `app.yaml` describes them."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from harness.confluence.jar import check_jar
from harness.engines import builds
from harness.errors import BadInput
from harness.progress import Progress
from harness.yaml_source import read, validate

DESCRIPTION = "app.yaml"


class ServerHalf(BaseModel):
    """The plugin: a jar, or Java sources that the harness compiles.

    Attributes:
        key: what the listener's getServerAppKey() returns, by which the row is found.
        jar: path of a jar, relative to the app's folder.
        source: folder of Java sources, relative to the app's folder.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    jar: Path | None = None
    source: Path | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> "ServerHalf":
        if (self.jar is None) == (self.source is None):
            raise ValueError("either a `jar` or a `source` folder")
        return self


class CloudHalf(BaseModel):
    """The Connect app: here the scripted one, which behaves as a case wants.

    Attributes:
        key: the Connect app's key.
        behaviour: name of what it posts, and when.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    behaviour: str = "seed"


class AppDescription(BaseModel):
    """The content of `app.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    server: ServerHalf
    cloud: CloudHalf

    @property
    def cloud_half(self) -> str:
        """A word that is equal for apps that one cloud half can serve.

        How the scripted one behaves is told to it, and asks for no other.
        """
        values = self.cloud.model_dump(mode="json", exclude={"behaviour"}).values()
        return ",".join(str(value) for value in values)


def load(folder: Path) -> AppDescription:
    """Reads an app's description.

    Raises:
        BadInput: missing or wrong, with file and line.
    """
    return validate(read(folder / DESCRIPTION), AppDescription)


def server_jar(folder: Path, app: AppDescription, progress: Progress) -> Path:
    """The server app's jar, compiled first when the app is kept as sources.

    Raises:
        BadInput: no such jar, no plugin in it, or the compiler refused the sources.
    """
    if app.server.jar is None:
        jar = builds.server_app(folder, progress)
    else:
        jar = (folder / app.server.jar).resolve()
        if not jar.is_file():
            raise BadInput(f"server.jar: there is no {app.server.jar}", path=folder / DESCRIPTION)
    check_jar(jar)
    return jar
