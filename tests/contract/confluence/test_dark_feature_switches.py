import pytest

from harness.drivers.confluence import dark_features
from harness.errors import BadInput

FEATURE = "migration-assistant.app-migration.feature"
DEV_MODE = "migration-assistant.app-migration.dev-mode"


def test_site_features_are_switched_and_read_back(clean):
    dark_features.set_site(clean, {FEATURE: True, DEV_MODE: True})
    assert {FEATURE, DEV_MODE} <= dark_features.site(clean)
    dark_features.set_site(clean, {FEATURE: True, DEV_MODE: False})
    assert FEATURE in dark_features.site(clean)
    assert DEV_MODE not in dark_features.site(clean)


def test_the_page_does_what_rest_does(clean):
    dark_features._by_page(clean, "site", {FEATURE: True})
    assert FEATURE in dark_features.site(clean)
    assert dark_features.is_on(clean, FEATURE) in {True, None}
    dark_features._by_page(clean, "site", {FEATURE: False})
    assert FEATURE not in dark_features.site(clean)


def test_switching_twice_is_no_error(clean):
    for _ in range(2):
        dark_features.set_site(clean, {DEV_MODE: True})
    for _ in range(2):
        dark_features.set_site(clean, {DEV_MODE: False})


def test_a_bad_key_is_refused_here(clean):
    with pytest.raises(BadInput):
        dark_features.set_site(clean, {"no key": True})
