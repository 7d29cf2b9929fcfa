"""What Atlassian has published about the Connect API, as a table of assertions with their sources.

A fact is here only if a document of Atlassian's states it. What was only observed, or chosen by
us, is tested elsewhere; `docs/fidelity.md` says which is which.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from cloud_processes import CloudDriver, ConnectApp

DOCUMENT = "app migration platform, OpenAPI document"
STATUS = f"{DOCUMENT}, status API"
NOTIFICATION = f"{DOCUMENT}, notification API"
MAPPING = f"{DOCUMENT}, mapping API"
RETRIEVAL = f"{DOCUMENT}, transfer retrieval API"
ERRORS = f"{DOCUMENT}, error retrieval API"


@dataclass
class Site:
    """A cloud with an app on it and a transfer of that app."""

    cloud: CloudDriver
    app: ConnectApp
    transfer: str

    def call(self, method: str, path: str, **arguments: Any) -> int:
        return self.app.call(self.cloud, method, path, **arguments).status_code

    def json(self, path: str, **params: Any) -> Any:
        return self.app.call(self.cloud, "GET", path, params=params).json()

    def report(self, *reports: tuple[str, int | None]) -> tuple[str, int | None]:
        """The row after these reports, each of which is answered 200."""
        for status, percent in reports:
            body = {"status": status} | ({} if percent is None else {"percent": percent})
            assert self.call("POST", f"/progress/{self.transfer}", json=body) == 200
        return self.row()

    def row(self) -> tuple[str, int | None]:
        (shown,) = self.cloud.control("GET", "transfers")["transfers"]
        return shown["status"], shown["percent"]

    def every_call(self, transfer: str) -> dict[str, int]:
        """The status of each operation about a transfer."""
        spaces = {"containerType": "ConfluenceSpace"}
        pages = {"namespace": "confluence:page"}
        return {
            path: self.call(method, f"{path.replace('ID', transfer)}", **arguments)
            for method, path, arguments in (
                ("POST", "/progress/ID", {"json": {"status": "IN_PROGRESS"}}),
                ("GET", "/data/ID/all", {}),
                ("GET", "/error/ID", {}),
                ("POST", "/feedback/ID", {"json": {"details": {}}}),
                ("GET", "/mapping/ID/page", {"params": pages}),
                ("POST", "/mapping/ID/find", {"params": pages, "json": ["1"]}),
                ("GET", "/container/ID/page", {"params": spaces}),
            )
        }


Fact = Callable[[Site], None]
FACTS: dict[str, tuple[str, Fact]] = {}


def fact(source: str) -> Callable[[Fact], Fact]:
    def add(check: Fact) -> Fact:
        FACTS[check.__name__] = (source, check)
        return check

    return add


@fact(STATUS)
def percent_zero_keeps_the_previous_value(site: Site) -> None:
    assert site.report(("IN_PROGRESS", 40), ("FAILED", 0)) == ("FAILED", 40)


@fact(STATUS)
def percent_left_out_keeps_the_previous_value(site: Site) -> None:
    assert site.report(("IN_PROGRESS", 40), ("FAILED", None)) == ("FAILED", 40)


@fact(STATUS)
def a_report_with_a_lower_percent_is_ignored(site: Site) -> None:
    assert site.report(("IN_PROGRESS", 40), ("SUCCESS", 39)) == ("IN_PROGRESS", 40)


@fact(STATUS)
def percent_is_between_0_and_100(site: Site) -> None:
    for percent, status in ((-1, 400), (0, 200), (100, 200), (101, 400)):
        body = {"status": "IN_PROGRESS", "percent": percent}
        assert site.call("POST", f"/progress/{site.transfer}", json=body) == status


@fact(STATUS)
def the_status_cannot_be_null(site: Site) -> None:
    assert site.call("POST", f"/progress/{site.transfer}", json={"status": None}) == 400


@fact(STATUS)
def a_long_message_is_truncated_and_says_so(site: Site) -> None:
    for length, suffix in ((65536, ""), (65537, "<truncated, message too large>")):
        body = {"status": "IN_PROGRESS", "message": "x" * length}
        assert site.call("POST", f"/progress/{site.transfer}", json=body) == 200
        (shown,) = site.cloud.control("GET", "transfers")["transfers"]
        assert shown["message"] == "x" * 65536 + suffix


@fact(f"{DOCUMENT}, all operations with a transfer")
def an_unknown_transfer_is_403_on_every_operation(site: Site) -> None:
    assert set(site.every_call(str(uuid4())).values()) == {403}


@fact(f"{DOCUMENT}, all operations with a transfer")
def a_settled_transfer_is_403_on_every_operation(site: Site) -> None:
    site.report(("SUCCESS", 100))
    assert set(site.every_call(site.transfer).values()) == {403}


@fact(NOTIFICATION)
def an_app_has_five_webhooks_at_most(site: Site) -> None:
    endpoints = [f"https://a.example/{number}" for number in range(6)]
    for count, status in ((5, 200), (6, 400)):
        body = {"endpoints": endpoints[:count]}
        assert site.call("PUT", "/webhook", json=body) == status


@fact(NOTIFICATION)
def new_webhooks_replace_the_old_ones(site: Site) -> None:
    for name in ("a", "b"):
        body = {"endpoints": [f"https://{name}.example/hook"]}
        assert site.call("PUT", "/webhook", json=body) == 200
    assert site.json("/webhook") == {"endpoints": ["https://b.example/hook"]}


@fact(NOTIFICATION)
def a_webhook_that_is_not_a_url_is_400(site: Site) -> None:
    assert site.call("PUT", "/webhook", json={"endpoints": ["hook"]}) == 400


@fact(MAPPING)
def a_null_or_empty_key_is_400(site: Site) -> None:
    for key in (None, ""):
        answer = site.call(
            "POST",
            f"/mapping/{site.transfer}/find",
            params={"namespace": "confluence:page"},
            json=["65601", key],
        )
        assert answer == 400


@fact(MAPPING)
def a_page_of_mappings_has_5000_by_default(site: Site) -> None:
    page = site.json(f"/mapping/{site.transfer}/page", namespace="confluence:page")
    assert page["meta"]["pageSize"] == 5000


@fact(RETRIEVAL)
def a_page_of_containers_has_1_to_250(site: Site) -> None:
    for size, status in ((0, 400), (1, 200), (250, 200), (251, 400)):
        params = {"containerType": "Site", "pageSize": str(size)}
        assert site.call("GET", f"/container/{site.transfer}/page", params=params) == status


@fact(RETRIEVAL)
def the_types_of_container_can_be_asked_for(site: Site) -> None:
    for kind in ("ConfluenceSpace", "JiraProject", "Site"):
        params = {"containerType": kind}
        assert site.call("GET", f"/container/{site.transfer}/page", params=params) == 200


@fact(f"{RETRIEVAL}, ContainerFetchResponse")
def containers_are_a_map_from_key_to_container(site: Site) -> None:
    """With the switch: the server's side of the same platform has a list."""
    site.cloud.control("PUT", "settings", {"container_page": "map"})
    page = site.json(f"/container/{site.transfer}/page", containerType="ConfluenceSpace")
    assert page["containers"]["DS"] == {
        "type": "ConfluenceSpace",
        "key": "DS",
        "sourceId": "98305",
    }


@fact(f"{DOCUMENT}, UserSelectionContainerV1")
def there_is_a_container_for_the_selection_of_users(site: Site) -> None:
    """Published is the container; that it is found by the type's name is our choice."""
    page = site.json(f"/container/{site.transfer}/page", containerType="UserSelection")
    assert page["containers"] == [{"type": "UserSelection", "selectedUsers": "ALL_USERS"}]


@fact(RETRIEVAL)
def recent_transfers_are_in_progress_or_being_cancelled(site: Site) -> None:
    assert [each["status"] for each in site.json("/transfer/recent")] == ["IN_PROGRESS"]
    site.cloud.server("POST", f"/transfers/{site.transfer}/cancel", 202, json={})
    assert [each["status"] for each in site.json("/transfer/recent")] == ["CANCELLATION_REQUESTED"]
    site.report(("INCOMPLETE", 50))
    assert site.json("/transfer/recent") == []


@fact(ERRORS)
def a_transfer_without_an_error_is_404(site: Site) -> None:
    assert site.call("GET", f"/error/{site.transfer}") == 404


@pytest.mark.parametrize("name", FACTS)
def test_the_fact_holds(cloud: CloudDriver, app: ConnectApp, transfer: str, name: str) -> None:
    source, check = FACTS[name]
    assert source
    check(Site(cloud, app, transfer))
