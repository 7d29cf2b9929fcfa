"""Makes an app's two halves ready: its jar is built or checked, its cloud half installed."""

from pathlib import Path

from harness.cases.app import DESCRIPTION, AppDescription, find_jar
from harness.engines import builds, images
from harness.engines.ready import Ready
from harness.errors import BadInput
from harness.plugin_jar.validate import check_jar
from harness.support.console import Progress

_SERVER_FOLDER = "server"


def server_jar(folder: Path, app: AppDescription, progress: Progress) -> Path:
    """The server app's jar, compiled first when the app is kept as sources.

    Raises:
        BadInput: no such jar, no plugin in it, or the compiler refused the sources.
    """
    if app.server.source is not None:
        sources = (folder / app.server.source).resolve()
        if sources.name != _SERVER_FOLDER or not sources.is_dir():
            raise BadInput(
                f"server.source: {app.server.source} is not a folder named `{_SERVER_FOLDER}`",
                path=folder / DESCRIPTION,
            )
        jar = builds.server_app(sources.parent, progress)
    else:
        jar = find_jar(folder, app)
    check_jar(jar)
    return jar


def cloud_half(app: AppDescription, ready: Ready, progress: Progress) -> str:
    """Makes a cloud half on Node.js ready to be started: a Connect app, or a Forge app's functions.

    Args:
        app: the app.
        ready: the engine it is to run on.
        progress: takes lines about what is built.

    Returns:
        Its image's name on Docker, else its folder with all packages in it.

    Raises:
        BadInput: npm is missing here, or cannot install what the lock file says.
    """
    assert app.cloud.source is not None
    if ready.client:
        return images.node_app(ready.client, app.cloud.kind, app.cloud.source, progress)
    return str(builds.node_app(app.cloud.source, progress))
