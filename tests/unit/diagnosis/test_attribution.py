"""Evidence about another app of the same Confluence is left out before any rule sees it."""

import pytest

from harness.diagnosis.attribution import about_the_pair
from harness.diagnosis.evidence import (
    AppUnderTest,
    Bundle,
    ListenerCall,
    ListenerClass,
    LogLine,
    OtherLoaders,
    ProgressPost,
    RowShown,
    TransferMade,
)

PAIR = AppUnderTest(server_key="a-plugin", cloud_key="a-cloud")
BUNDLE = Bundle(name="a", state="ACTIVE", services=(), loaders=("7",))


def listener(loader: str) -> ListenerClass:
    return ListenerClass(
        name="x.L", loader=loader, interface_loaders=(), interface_copies=1, armed=None
    )


def call(loader: str) -> ListenerCall:
    return ListenerCall(listener="x.L", method="m", outcome="threw", loader=loader)


def made(transfer: str, server: str | None, cloud: str = "b-cloud") -> TransferMade:
    return TransferMade(transfer=transfer, server_key=server, cloud_key=cloud, linked=True)


def post(transfer: str) -> ProgressPost:
    return ProgressPost(transfer=transfer, http=200, effect="settled")


def log(key: str) -> LogLine:
    message = f"More than one listener for server app key {key}: the one of X is left out"
    return LogLine(level="WARN", message=message)


@pytest.mark.parametrize("kind", [listener, call])
def test_classes_of_other_bundles_are_left_out(kind):
    own, other = kind("Loader#7"), kind("Loader#17")

    assert about_the_pair([BUNDLE, own, other]) == (BUNDLE, own)


@pytest.mark.parametrize("loader", ["7", "17"], ids=["of another", "of one that was removed"])
def test_an_app_without_a_class_loader_has_loaded_no_class(loader):
    assert about_the_pair([OtherLoaders(loaders=("7",)), listener(f"L#{loader}")]) == ()


def test_without_the_bundles_loaders_every_class_stays():
    items = (listener("Loader#7"), listener("Loader#17"))

    assert about_the_pair(items) == items


def test_transfers_of_other_apps_go_with_all_that_is_of_them():
    items = [PAIR, made("1", "a-plugin"), made("2", "b-plugin"), post("1"), post("2")]

    assert about_the_pair(items) == (PAIR, items[1], post("1"))


def test_a_post_to_a_transfer_of_nobody_stays():
    items = (PAIR, made("1", "a-plugin"), post("3"))

    assert about_the_pair(items) == items


def test_the_pairs_cloud_app_under_another_server_key_stays():
    items = (PAIR, made("1", "a", cloud="a-cloud"))

    assert about_the_pair(items) == items


def test_but_not_where_the_pair_has_a_transfer_of_its_own():
    own, other = made("1", "a-plugin", "a-cloud"), made("2", "b-plugin", "a-cloud")

    assert about_the_pair([PAIR, own, other]) == (PAIR, own)


def test_log_lines_that_name_another_key_are_left_out():
    assert about_the_pair([PAIR, log("a-plugin"), log("b-plugin")]) == (PAIR, log("a-plugin"))


def test_without_a_pair_nothing_is_known_to_be_anothers():
    items = (log("b-plugin"), made("1", "b-plugin"), RowShown(status="READY"))

    assert about_the_pair(items) == items
