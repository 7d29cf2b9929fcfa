"""An app's two halves as its `app.yaml` describes them."""

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from harness.cases import forge_manifest
from harness.errors import BadInput
from harness.plugin_jar.provided import find_jars, packages_by_jar
from harness.support.files import is_file
from harness.support.suggest import did_you_mean
from harness.support.yaml_source import Source, read, validate
from harness.vocabulary.behaviours import Chosen

DESCRIPTION = "app.yaml"
_METHOD = re.compile(r"[\w$]+(?:\.[\w$]+){2,}")
_FILES = {
    "ace": ("package.json", "package-lock.json", "start.js"),
    "forge": ("package.json", "package-lock.json", forge_manifest.MANIFEST),
}
"""What has to be in the folder of a cloud half, by its kind."""


_ON_THIS_MACHINE = ("command", "url")
"""Kinds of a cloud half that no engine of ours runs."""

OUT_OF_REACH = "the cloud app is on this machine, where a container does not reach it"

_OF_KIND = {
    "command": ("command",),
    "env": ("command",),
    "url": ("url",),
    "descriptor": _ON_THIS_MACHINE,
    "health": _ON_THIS_MACHINE,
}
"""What a cloud half may say, by its kind."""


class ServerHalf(BaseModel):
    """The plugin: a jar, or Java sources that the harness compiles.

    Attributes:
        key: what the listener's getServerAppKey() returns, by which the row is found.
        jar: path of a jar, or a glob that matches one, relative to the app's folder.
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
    """The cloud app: the scripted one, which behaves as a case wants, or one of the vendor's.

    Attributes:
        kind: `scripted`, `ace` for an app on atlassian-connect-express, `forge` for the functions
            of a Forge app, `command` for a Connect app in any language that a command starts, or
            `url` for one that runs already.
        key: the cloud app's key.
        behaviour: what the scripted app posts, and when: a name, or steps of one's own.
        source: folder of the vendor's app with package.json and package-lock.json, and a start.js
            that serves it (`ace`) or its manifest.yml and src (`forge`); docs/cloud.md; relative to
            the app's folder.
        environment: where the Forge app is deployed on the site; `production` when left out.
        command: the words that start the app (`command`); run in `source`, or in the app's folder.
            It listens on HOST and PORT of its environment, in plain HTTP, as BASE_URL says.
        env: what else is in its environment.
        url: where the app is (`url`), without a slash at its end.
        descriptor: the path of its descriptor (`command` and `url`).
        health: a path that answers with success once the app is up; the descriptor's when left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["scripted", "ace", "forge", "command", "url"] = "scripted"
    key: str
    behaviour: Chosen = "seed"
    source: Path | None = None
    environment: str | None = Field(default=None, min_length=1, max_length=200)
    command: tuple[str, ...] = ()
    env: Mapping[str, str] = {}
    url: str | None = Field(default=None, pattern=r"^http://[^/?#]+(?:/[^?#]*[^/?#])?$")
    descriptor: str = Field(default="/atlassian-connect.json", pattern="^/")
    health: str | None = Field(default=None, pattern="^/")

    @property
    def is_on_this_machine(self) -> bool:
        """Whether it runs on this machine whatever the engine is."""
        return self.kind in _ON_THIS_MACHINE

    @field_validator("command", mode="before")
    @classmethod
    def _words(cls, given: Any) -> Any:
        """A command may be one line, as a shell takes it."""
        return shlex.split(given) if isinstance(given, str) else given

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "CloudHalf":
        given = self.model_fields_set
        for name, kinds in _OF_KIND.items():
            is_given = getattr(self, name) != type(self).model_fields[name].default
            if is_given and self.kind not in kinds:
                kind = " or ".join(f"`kind: {each}`" for each in kinds)
                raise ValueError(f"`{name}` is for {kind}")
        if self.kind == "command" and not self.command:
            raise ValueError("`kind: command` has a `command`")
        if self.kind == "url" and not self.url:
            raise ValueError("`kind: url` has a `url`")
        if self.is_on_this_machine:
            if "behaviour" in given:
                raise ValueError("`behaviour` is for `kind: scripted`: this app follows no script")
            return self
        if (self.source is not None) != (self.kind in _FILES):
            raise ValueError("`kind: ace` or `kind: forge` and a `source` folder go together")
        if self.kind in _FILES and "behaviour" in self.model_fields_set:
            raise ValueError("`behaviour` is for `kind: scripted`: this app follows no script")
        if self.kind != "forge" and self.environment:
            raise ValueError("`environment` is for `kind: forge`")
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
        told = self.cloud.model_dump(mode="json", exclude={"behaviour"}, exclude_defaults=True)
        values = (self.cloud.kind, *(value for name, value in told.items() if name != "kind"))
        return ",".join(str(value) for value in (*values, self.site) if value is not None)


Overrides = Mapping[str, str]
"""Values that take the place of an app.yaml's, by their dotted names: `cloud.key`."""


def load(folder: Path, overrides: Overrides = MappingProxyType({})) -> AppDescription:
    """Reads an app's description.

    Args:
        folder: the one that `app.yaml` is in.
        overrides: what the command line says in place of values in the file.

    Returns:
        It, with the paths of `cloud.source` and `site` resolved.

    Raises:
        BadInput: missing or wrong, with file and line.
    """
    source = _description(folder)
    for name, value in overrides.items():
        _override(source.data, name, value)
    app = validate(source, AppDescription)
    server = app.server.model_copy(update={"provided": _provided(folder, app, source)})
    cloud, site = app.cloud, app.site
    if cloud.kind == "command":
        place = (folder / (cloud.source or ".")).resolve()
        if not place.is_dir():
            why = f"cloud.source: there is no folder {cloud.source}"
            raise source.error(why, "cloud", "source")
        cloud = cloud.model_copy(update={"source": place})
    elif cloud.source is not None:
        place = (folder / cloud.source).resolve()
        for name in _FILES[cloud.kind]:
            if not is_file(place / name):
                why = f"cloud.source: there is no {name} in {cloud.source}"
                raise source.error(why, "cloud", "source")
        if cloud.kind == "forge":
            forge_manifest.load(place)
        cloud = cloud.model_copy(update={"source": place})
    if site is not None:
        site = (folder / site).resolve()
        if not is_file(site):
            raise source.error(f"site: there is no {app.site}", "site")
    _check_host(app, source)
    return app.model_copy(update={"cloud": cloud, "server": server, "site": site})


def _description(folder: Path) -> Source:
    if is_file(folder):
        raise BadInput("this is a file: name the folder that it is in", path=folder)
    return read(folder / DESCRIPTION)


def _check_host(app: AppDescription, source: Source) -> None:
    for name, value in app.host.items():
        if not _METHOD.fullmatch(name):
            raise source.error(
                f"host: {name!r} is not package.Type.method, such as "
                "com.atlassian.sal.api.ApplicationProperties.getVersion",
                "host",
                name,
            )
        items = value if isinstance(value, list) else []
        if any(isinstance(each, dict) and "type" not in each for each in items):
            raise source.error(
                f"host: an object in the list of {name} has to name its class, as in "
                "{type: com.atlassian.confluence.spaces.Space, key: DS}",
                "host",
                name,
            )


def overrides_of(jar: Path | None, given: Sequence[str]) -> Overrides:
    """What `--jar` and `--set` say in place of app.yaml.

    Args:
        jar: the plugin's jar.
        given: words of the form NAME=VALUE.

    Raises:
        BadInput: a word has another form.
    """
    found = {} if jar is None else {_JAR: str(jar.absolute())}
    for word in given:
        name, equals, value = word.partition("=")
        if not equals or not re.fullmatch(r"[a-z_]+(?:\.[\w-]+)*", name):
            raise BadInput(f"--set {word!r}: write NAME=VALUE, such as cloud.key=my-app")
        found[name] = value
    return found


_JAR = "server.jar"


def _override(data: Any, name: str, value: str) -> None:
    """Sets a value by its dotted name; a jar takes the place of sources."""
    *way, last = name.split(".")
    for part in way:
        if not isinstance(data, dict):
            return  # what is wrong with it, its validation says
        data = data.setdefault(part, {})
    if isinstance(data, dict):
        data[last] = value
        if name == _JAR:
            data.pop("source", None)


def find_jar(folder: Path, app: AppDescription) -> Path:
    """The jar that `server.jar` names: a path, or a glob that matches one file.

    Raises:
        BadInput: there is none, or more than one; says which.
    """
    assert app.server.jar is not None  # the model has one of the two
    named = str(app.server.jar)
    whole = Path(folder, named)
    if not _GLOB.search(named) or is_file(whole):
        if is_file(whole):
            return whole.resolve()
        if whole.is_dir():
            raise _about_jar(folder, f"{named} is a folder: name the jar in it, or {named}/*.jar")
        raise _about_jar(folder, f"there is no {named}{_built(folder, named)}")
    base, pattern = Path(whole.anchor), str(whole.relative_to(whole.anchor))
    found = sorted(each for each in base.glob(pattern) if each.is_file())
    if len(found) == 1:
        return found[0].resolve()
    if not found:
        raise _about_jar(folder, f"no file matches {named}: is the plugin built?")
    names = ", ".join(each.name for each in found[:_MOST_NAMES])
    more = f" and {len(found) - _MOST_NAMES} others" if len(found) > _MOST_NAMES else ""
    raise _about_jar(folder, f"{named} matches {len(found)} files: {names}{more}; it has to be one")


_GLOB = re.compile(r"[*?\[]")
_MOST_NAMES = 5


def _about_jar(folder: Path, what: str) -> BadInput:
    source = read(folder / DESCRIPTION)
    return source.error(f"server.jar: {what}", "server", "jar")


def _built(folder: Path, named: str) -> str:
    """What else is where a jar was looked for."""
    place = Path(folder, named).parent
    if not place.is_dir():
        return f": there is no folder {Path(named).parent} either; is the plugin built?"
    near = sorted(each.name for each in place.glob("*.jar"))
    return did_you_mean(Path(named).name, near) if near else "; is the plugin built?"


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
