"""Writes a working example into a vendor's repository: app, cases, test, CI.

Nothing that exists is overwritten. Where a jar is given, its keys are read from it, so that the
example fits without being edited.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import BadInput
from harness.plugin_jar.read import PluginJar, read_plugin

_STARTER = Path(__file__).parent / "starter"
_FOLDER = "migration"

FILES: Mapping[str, str] = {
    "app.yaml": f"{_FOLDER}/app.yaml",
    "cases.yaml": f"{_FOLDER}/cases.yaml",
    "test_migration.py": f"{_FOLDER}/test_migration.py",
    "migration.yml": ".github/workflows/migration.yml",
}
"""Template -> where it goes."""

_NO_JAR = "../target/my-app.jar"


@dataclass(frozen=True)
class Keys:
    """What the example says of the app."""

    name: str
    server: str
    cloud: str
    jar: str


def write(
    folder: Path,
    jar: Path | None = None,
    server_key: str | None = None,
    cloud_key: str | None = None,
) -> list[Path]:
    """Writes the example.

    Args:
        folder: the vendor's repository; made when missing.
        jar: the plugin, built; its keys are read where they are constant.
        server_key, cloud_key: the app's keys, where the jar does not show them.

    Returns:
        The files written; those that were there are left as they are.

    Raises:
        BadInput: the jar is none or returns other keys, or the folder cannot be written to. Then
            nothing is written.
    """
    places = {name: folder / place for name, place in FILES.items()}
    targets = {name: path for name, path in places.items() if not path.exists()}
    keys = _keys(folder, jar, server_key, cloud_key)
    texts = {name: _filled(name, keys) for name in targets}
    try:
        for name, path in targets.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(texts[name])
    except OSError as error:
        raise BadInput(f"the example cannot be written there: {error}", path=folder) from error
    return list(targets.values())


def _keys(folder: Path, jar: Path | None, server_key: str | None, cloud_key: str | None) -> Keys:
    plugin = read_plugin(jar) if jar else None
    _check(plugin, "server_key", server_key)
    _check(plugin, "cloud_key", cloud_key)
    server = server_key or _constant(plugin, "server_key")
    server = server or (plugin.facts.key if plugin else None) or "my-app"
    place = _NO_JAR if jar is None else os.path.relpath(jar.resolve(), (folder / _FOLDER).resolve())
    cloud = cloud_key or _constant(plugin, "cloud_key") or server
    name = (plugin.facts.manifest.get("Bundle-Name") if plugin else None) or server
    return Keys(name, server, cloud, Path(place).as_posix())


def _check(plugin: PluginJar | None, getter: str, given: str | None) -> None:
    """Refuses a key that no listener of the jar returns, where the jar shows what they return."""
    returned = [getattr(each, getter) for each in plugin.listeners] if plugin else []
    values = [str(each.value) for each in returned if each is not None and each.value]
    if given and values and len(values) == len(returned) and given not in values:
        option = f"--{getter.replace('_', '-')}"
        raise BadInput(
            f"{option} {given}: the jar's listener returns {' and '.join(sorted(set(values)))}, "
            f"and its row would stay READY; leave {option} out"
        )


def _constant(plugin: PluginJar | None, getter: str) -> str | None:
    """What the listener's getter returns, where the jar shows it."""
    for listener in plugin.listeners if plugin else ():
        constant = getattr(listener, getter)
        if constant is not None and constant.value:
            return str(constant.value)
    return None


def _filled(name: str, keys: Keys) -> str:
    text = (_STARTER / f"{name}.in").read_text(encoding="utf-8")
    plain = re.sub(r"[^\w .,:()&-]", "", keys.name)
    case = re.sub(r"[^a-z0-9]+", "-", keys.server.lower()).strip("-")
    values = {
        "NAME": plain if name.endswith(".py") else _yaml(keys.name),
        "SERVER_KEY": _yaml(keys.server),
        "CLOUD_KEY": _yaml(keys.cloud),
        "JAR": _yaml(keys.jar),
        "CASE": case if case[:1].isalpha() else f"app-{case}".rstrip("-"),
    }
    return re.sub(r"@@([A-Z_]+)@@", lambda match: values[match[1]], text)


def _yaml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
