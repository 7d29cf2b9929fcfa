"""Where the project's non-Python parts lie: Docker contexts, Java sources, sample apps.

In a checkout they stand beside the package; in an installed wheel they are packed inside it.
"""

from pathlib import Path

_PACKED = Path(__file__).parents[1] / "_assets"


def root() -> Path:
    """The folder that holds `docker/` and `fixtures/`."""
    return _PACKED if _PACKED.is_dir() else Path(__file__).parents[2]


def docker_context(name: str) -> Path:
    """The build context of one of the project's images, such as `confluence-standin`."""
    return root() / "docker" / name


def sample_app(name: str) -> Path:
    """The folder of one of the project's sample apps, such as `charts`."""
    return root() / "fixtures" / "apps" / name
