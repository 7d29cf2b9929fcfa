"""What is built twice is the same: the locks cover what is installed, within the bounds."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
AGAIN = "run scripts/lock.sh"


def locked(file: str) -> dict[str, set[str]]:
    """Package -> its versions; several where Python's version or the system decides."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / file).read_text().splitlines():
        requirement = Requirement(line)
        [pin] = requirement.specifier
        assert pin.operator == "==", line
        found.setdefault(canonicalize_name(requirement.name), set()).add(pin.version)
    return found


def unlocked(wanted: Iterable[str], pins: dict[str, set[str]]) -> list[str]:
    """Requirements that no version in the lock meets."""
    requirements = [Requirement(each) for each in wanted]
    return [
        str(each)
        for each in requirements
        if not any(
            each.specifier.contains(Version(version))
            for version in pins.get(canonicalize_name(each.name), ())
        )
    ]


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_lock_has_every_dependency_within_its_bounds(project: dict) -> None:
    every = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        every += extra
    assert unlocked(every, locked("constraints.txt")) == [], AGAIN


def test_the_images_lock_is_part_of_that_and_has_all_that_the_image_installs() -> None:
    image, whole = locked("docker/cloud/constraints.txt"), locked("constraints.txt")
    assert {name for name in image if image[name] - whole.get(name, set())} == set(), AGAIN
    lines = (ROOT / "docker/cloud/requirements.txt").read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert unlocked(wanted, image) == [], AGAIN


def test_the_set_up_and_the_image_install_by_the_locks() -> None:
    assert "-c constraints.txt" in (ROOT / "scripts/setup.sh").read_text()
    assert "-c /tmp/build/constraints.txt" in (ROOT / "docker/cloud/Dockerfile").read_text()


def test_the_package_says_what_it_is(project: dict) -> None:
    assert {"Typing :: Typed", "Framework :: Pytest"} <= {*project["classifiers"]}
    assert "urls" not in project, "none is public"
