"""What the modelled CCMA versions can do, as the stand-in reads it."""

import pytest

from harness.settings import CCMA_VERSIONS, DEFAULT_CCMA
from harness.support import assets

FLAT, LIBRARY = "com.atlassian.migration.app", ("gateway", "tracker", "listener")
FIRST = {"osgi", "tracker", FLAT, *(f"{FLAT}.{each}" for each in LIBRARY)}
OF_337 = FIRST | {"discoverable", "refresh-each-minute", "report-listener-errors"}
OF_347 = OF_337 | {"rerun"}
OF_396 = OF_347 | {
    *("trigger-rest", "progress-logs", "end-reruns", "cancel-an-app", "progress-rest", "forge"),
    *(f"{FLAT}.check", f"{FLAT}.confluence"),
}
OF_3120 = OF_396 | {"choose-listener-by-cloud"}
HOLDS = {
    "3.1.7": FIRST | {"row-not-updated"},
    "3.3.7": OF_337,
    "3.4.7": OF_347,
    "3.9.6": OF_396,
    "3.12.0": OF_3120,
    "3.13.8": {each for each in OF_3120 if not each.startswith(f"{FLAT}.")},
}


def lines() -> list[tuple[list[str], str]]:
    """The words and the source of each line."""
    text = (assets.docker_context("confluence-standin") / "profiles.txt").read_text()
    split = [line.partition("|") for line in text.splitlines() if line and line[0] != "#"]
    return [(words.split(), source.strip()) for words, _, source in split]


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def test_the_versions_are_those_that_the_settings_take() -> None:
    assert tuple(words[1] for words, _ in lines() if words[0] == "version") == CCMA_VERSIONS
    assert DEFAULT_CCMA in CCMA_VERSIONS
    assert list(CCMA_VERSIONS) == sorted(CCMA_VERSIONS, key=number)


@pytest.mark.parametrize("version", CCMA_VERSIONS)
def test_what_a_version_can_do(version: str) -> None:
    holds = {
        what
        for _, what, begins, until in (words for words, _ in lines() if words[0] != "version")
        if number(begins) <= number(version) and (until == "-" or number(version) < number(until))
    }
    assert holds == HOLDS[version]


def test_each_line_has_its_source() -> None:
    assert [words for words, source in lines() if len(source) < len("DSIG")] == []
