"""Serves a run's folder and Playwright's trace viewer on loopback, until Ctrl-C.

The viewer comes with Playwright's package and is a page, so any browser shows it; the command
`playwright show-trace` would need a browser of Playwright's own.
"""

from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from harness.errors import BadInput

_VIEWER = Path("driver", "package", "lib", "vite", "traceViewer")
_TRACE, _RUN = "/trace/", "/run/"


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *given: Any, roots: dict[str, Path], **more: Any) -> None:
        self._roots = roots
        super().__init__(*given, **more)

    def translate_path(self, path: str) -> str:
        """Where a path is served from: the viewer's folder or the run's, and nowhere else."""
        for prefix, root in self._roots.items():
            if path.startswith(prefix):
                self.directory = str(root)
                return super().translate_path(path.removeprefix(prefix[:-1]))
        self.directory = str(self._roots[_TRACE] / "none")
        return super().translate_path("/none")

    def log_message(self, *_: Any) -> None:
        """Says nothing of each request."""


def viewer_folder() -> Path:
    """Where Playwright's package has its trace viewer.

    Raises:
        BadInput: this version of it has none there.
    """
    found = find_spec("playwright")
    place = Path(found.origin or "").parent / _VIEWER if found else _VIEWER
    if not (place / "index.html").is_file():
        raise BadInput("Playwright's package has no trace viewer here", path=place)
    return place


def serve(run: Path, opened: Callable[[Callable[[str], str]], None]) -> None:
    """Serves until it is interrupted.

    Args:
        run: the run's folder.
        opened: called once it is served, with what makes the address of a file in the run's
            folder: of a trace in the viewer, of any other by itself.
    """
    roots = {_TRACE: viewer_folder(), _RUN: run}
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, roots=roots)) as server:
        base = f"http://127.0.0.1:{server.server_address[1]}"

        def address(file: str) -> str:
            at = f"{base}{_RUN}{quote(file)}"
            is_trace = file.endswith(".zip")
            return f"{base}{_TRACE}index.html?trace={quote(at, safe='')}" if is_trace else at

        opened(address)
        server.serve_forever()
