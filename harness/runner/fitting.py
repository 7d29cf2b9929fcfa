"""Whether an app.yaml fits the jar, the cloud app and the program that it names.

All of it is seen before anything is started.

A key is written in five places: the plugin's two getters, app.yaml, the cloud app's descriptor
and its tokens. A wrong one shows as a row that stays READY, minutes later.
"""

import json
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.cases import app as apps
from harness.cases.app import DESCRIPTION, OUT_OF_REACH, AppDescription, Overrides
from harness.plugin_jar.read import JarListener, read_plugin
from harness.settings import Settings
from harness.support.console import Progress
from harness.support.yaml_source import Source, read

_CONNECT_DESCRIPTOR = "atlassian-connect.json"


def check_apps(folders: Iterable[Path], overrides: Overrides) -> None:
    """Refuses what is wrong in apps and can be read without building anything.

    Args:
        folders: the apps'.
        overrides: what the command line says in place of app.yaml.

    Raises:
        BadInput: a description, a jar or a key is wrong; nothing was started.
    """
    for folder in dict.fromkeys(folders):
        app = apps.load(folder, overrides)
        if app.server.source is None:
            check_keys(folder, app, apps.find_jar(folder, app), lambda _: None)


def fitted_engine(
    settings: Settings, folders: Iterable[Path], overrides: Overrides, progress: Progress
) -> Settings:
    """The settings, with the engine on which a cloud app that runs on this machine is reached.

    Args:
        settings: the run's.
        folders: the apps'.
        overrides: what the command line says in place of app.yaml.
        progress: takes a line where an app decides what `auto` is.

    Raises:
        BadInput: an app is out of the chosen engine's reach, or its command is no program here;
            with the line in app.yaml.
    """
    if settings.is_attached or not settings.has_stub:
        return settings  # no cloud app is started
    for folder in dict.fromkeys(folders):
        app = apps.load(folder, overrides)
        if not app.cloud.is_on_this_machine:
            continue
        source = read(folder / DESCRIPTION)
        _check_command(app, source)
        if settings.engine == "local":
            continue
        if settings.engine == "docker" or not settings.is_standin:
            raise source.error(
                f"cloud.kind: {app.cloud.kind}: {OUT_OF_REACH}: use --engine local, with the "
                "stand-in",
                *("cloud", "kind"),
            )
        progress(f"--engine auto is local here: {OUT_OF_REACH} ({app.name})")
        settings = settings.model_copy(update={"engine": "local"})
    return settings


def check_keys(folder: Path, app: AppDescription, jar: Path, progress: Progress) -> None:
    """Compares the keys of an app.yaml with those in its jar and its cloud app's descriptor.

    Args:
        folder: the app's.
        app: its description.
        jar: its plugin.
        progress: takes a line for what may be meant so, such as a pair of unequal keys.

    Raises:
        BadInput: no listener of the jar can have the server key, or the descriptor has another
            cloud key; with the line in app.yaml.
    """
    plugin = read_plugin(jar)
    source = read(folder / DESCRIPTION)
    servers = _constants(plugin.listeners, "server_key")
    if servers and app.server.key not in servers:
        said = f"{jar.name} has {_shown(servers)} (getServerAppKey), app.yaml says"
        raise source.error(f"server.key: {said} {app.server.key!r}", "server", "key")
    described = _descriptor_key(app)
    if described is not None and described != app.cloud.key:
        raise source.error(
            f"cloud.key: {_CONNECT_DESCRIPTOR} has {described!r}, app.yaml says {app.cloud.key!r}",
            *("cloud", "key"),
        )
    clouds = _constants(plugin.listeners, "cloud_key")
    if clouds and app.cloud.key not in clouds:
        wrong = source.error(
            f"cloud.key: {jar.name} has {_shown(clouds)} (getCloudAppKey), app.yaml says "
            f"{app.cloud.key!r}: the platform will not link them",
            *("cloud", "key"),
        )
        progress(f"warning: {wrong}")


def _check_command(app: AppDescription, source: Source) -> None:
    """Refuses a command whose program is not here."""
    cloud = app.cloud
    if cloud.kind != "command" or cloud.source is None:
        return
    word = cloud.command[0]
    # A path is one in the folder that the command runs in, and so are those of PATH.
    program = str(cloud.source / word) if os.sep in word else word
    path = cloud.env.get("PATH", os.environ.get("PATH", os.defpath))
    places = os.pathsep.join(str(cloud.source / each) for each in path.split(os.pathsep))
    if shutil.which(program, path=places) is None:
        where = f"in {cloud.source}" if os.sep in word else "on PATH"
        why = f"cloud.command: there is no program {word!r} {where}"
        raise source.error(why, "cloud", "command")


def _constants(listeners: Sequence[JarListener], getter: str) -> set[str | None]:
    """What the listeners return, where the jar shows it of all of them; else nothing."""
    found = [getattr(each, getter) for each in listeners]
    if not found or any(each is None for each in found):
        return set()
    return {each.value for each in found}


def _shown(keys: set[str | None]) -> str:
    return " and ".join("null" if each is None else repr(each) for each in sorted(keys, key=str))


def _descriptor_key(app: AppDescription) -> str | None:
    """The key in the descriptor beside a vendor's Connect app, where that is a plain file."""
    if app.cloud.source is None:
        return None
    try:
        content = json.loads((app.cloud.source / _CONNECT_DESCRIPTOR).read_text())
    except (OSError, ValueError):
        return None
    key = content.get("key") if isinstance(content, dict) else None
    # What a framework fills in when it starts is not known yet.
    return key if isinstance(key, str) and "{{" not in key else None
