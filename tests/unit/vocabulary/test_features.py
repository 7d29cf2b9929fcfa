"""Which keys are taken for a misspelt one."""

import pytest

from harness.vocabulary.features import DEV_MODE, FEATURE, doubt, meant


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("migration-assistant.app-migration.featur", FEATURE),
        ("migration-assistant.app-migration.features", FEATURE),
        ("Migration-Assistant.app-migration.feature", FEATURE),
        ("migration-assistant.app_migration.feature", FEATURE),
        ("app-migration.feature", FEATURE),
        ("feature", FEATURE),
        ("atlassian.darkfeature.migration-assistant.app-migration.feature", FEATURE),
        ("migration-assistant.app-migration.devmode", DEV_MODE),
        ("migration-assistent.app-migration.dev-mode", DEV_MODE),
        ("dev-mode", DEV_MODE),
    ],
)
def test_a_key_that_is_nearly_one_of_the_two(key: str, known: str) -> None:
    assert meant(key) == known
    assert doubt(key).endswith(f"called {key!r}; did you mean {known!r}?")


@pytest.mark.parametrize(
    "key",
    [
        FEATURE,
        DEV_MODE,
        "migration-assistant.app-migration.container",
        "migration-assistant.app-migration",
        "migration-assistant.users",
        "site-wide.shared-drafts.disable",
        "mode",
        "",
    ],
)
def test_a_right_key_and_another_features(key: str) -> None:
    assert (meant(key), doubt(key)) == (None, "")
