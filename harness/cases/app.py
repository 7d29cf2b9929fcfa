"""An app's two halves as its `app.yaml` describes them."""

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from harness.errors import BadInput
from harness.plugin_jar.provided import find_jars, packages_by_jar
from harness.support.yaml_source import Source, read, validate
from harness.vocabulary.behaviours import Chosen

DESCRIPTION = "app.yaml"
_METHOD = re.compile(r"[\w$]+(?:\.[\w$]+){2,}")
_ACE_FILES = ("package.json", "package-lock.json", "start.js")


class ServerHalf(BaseModel):
    """The plugin: a jar, or Java sources that the harness compiles.

    Attributes:
        key: what the listener's getServerAppKey() returns, by which the row is found.
        jar: path of a jar, relative to the app's folder.
        source: folder of Java sources, named `server`, relative to the app's folder.
        provided: jars of the host's API that the plugin is compiled to: paths or globs relative to
            the app's folder, or Maven coordinates `group:artifact:version` in ~/.m2. Their
            interfaces are then real; what answers them is the stand-in's.
        address: a path that the plugin serves, such as `/rest/my-app/1/health`: the app counts as
            installed once that answers, since `enabled` comes a moment before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    jar: Path | None = None
    source: Path | None = None
    provided: tuple[str, ...] = ()
    address: str | None = Field(default=None, pattern="^/")

    @model_validator(mode="after")
    def _one_origin(self) -> "ServerHalf":
        if (self.jar is None) == (self.source is None):
            raise ValueError("either a `jar` or a `source` folder")
        return self


class CloudHalf(BaseModel):
    """The Connect app: the scripted one, which behaves as a case wants, or one of the vendor's.

    Attributes:
        kind: `scripted`, or `ace` for an app on atlassian-connect-express.
        key: the Connect app's key.
        behaviour: what the scripted app posts, and when: a name, or steps of one's own.
        source: folder of an `ace` app with package.json, package-lock.json and a start.js that
            serves it (docs/cloud.md), relative to the app's folder.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["scripted", "ace"] = "scripted"
    key: str
    behaviour: Chosen = "seed"
    source: Path | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "CloudHalf":
        if (self.source is not None) != (self.kind == "ace"):
            raise ValueError("`kind: ace` and a `source` folder go together")
        if self.kind == "ace" and "behaviour" in self.model_fields_set:
            raise ValueError("`behaviour` is for `kind: scripted`: this app follows no script")
        return self


class AppDescription(BaseModel):
    """The content of `app.yaml`.

    Attributes:
        name: for people.
        server: the plugin.
        cloud: the Connect app.
        host: what services of Confluence answer, by `package.Type.method`, where the stand-in
            would make up an empty value.
        site: YAML file with the site's content (docs/cloud.md), relative to the app's folder;
            nothing is mapped without it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    server: ServerHalf
    cloud: CloudHalf
    host: dict[str, Any] = {}
    site: Path | None = None

    @property
    def cloud_half(self) -> str:
        """A word that is equal for apps that one cloud half, on one site, can serve.

        How the scripted one behaves is told to it, and asks for no other.
        """
        values = self.cloud.model_dump(mode="json", exclude={"behaviour"}).values()
        return ",".join(str(value) for value in (*values, self.site) if value is not None)


def load(folder: Path) -> AppDescription:
    """Reads an app's description.

    Returns:
        It, with the paths of `cloud.source` and `site` resolved.

    Raises:
        BadInput: missing or wrong, with file and line.
    """
    source = read(folder / DESCRIPTION)
    app = validate(source, AppDescription)
    server = app.server.model_copy(update={"provided": _provided(folder, app, source)})
    cloud, site = app.cloud, app.site
    if cloud.source is not None:
        place = (folder / cloud.source).resolve()
        for name in _ACE_FILES:
            if not (place / name).is_file():
                why = f"cloud.source: there is no {name} in {cloud.source}"
                raise source.error(why, "cloud", "source")
        cloud = cloud.model_copy(update={"source": place})
    if site is not None:
        site = (folder / site).resolve()
        if not site.is_file():
            raise source.error(f"site: there is no {app.site}", "site")
    for name in app.host:
        if not _METHOD.fullmatch(name):
            raise source.error(
                f"host: {name!r} is not package.Type.method, such as "
                "com.atlassian.sal.api.ApplicationProperties.getVersion",
                "host",
                name,
            )
    return app.model_copy(update={"cloud": cloud, "server": server, "site": site})


def _provided(folder: Path, app: AppDescription, source: Source) -> tuple[str, ...]:
    """The paths of the provided jars; each package comes from one of them."""
    jars: list[Path] = []
    for index, text in enumerate(app.server.provided):
        try:
            jars += find_jars(folder, text)
        except BadInput as error:
            raise source.error(
                f"server.provided: {error.what}", "server", "provided", index
            ) from None
    try:
        packages_by_jar(jars)
    except BadInput as error:
        raise source.error(f"server.provided: {error.what}", "server", "provided") from None
    return tuple(str(jar) for jar in jars)
