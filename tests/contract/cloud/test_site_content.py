"""What a core migration moves to the site, and how an app reads and writes it there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cloud_processes import CloudDriver, ConnectApp, running

CONTENT: dict[str, Any] = {
    "spaces": [
        {"id": "98305", "key": "DS", "name": "Demo space", "homepageId": "65601"},
        {"id": "98400", "key": "NEW", "name": "New space", "homepageId": "65700"},
    ],
    "pages": [
        {"id": "65601", "spaceId": "98305", "title": "Home", "body": "<p>home</p>"},
        {"id": "65700", "spaceId": "98400", "title": "New Home"},
        {
            "id": "65701",
            "spaceId": "98400",
            "parentId": "65700",
            "title": "Macros",
            "body": '<ac:structured-macro ac:name="chart"/>',
        },
        {"id": "65702", "spaceId": "98400", "type": "blogpost", "title": "Post"},
    ],
    "users": [{"userkey": "8a7f80826b3a0001", "email": "ada@example.com"}, {"userkey": "k9"}],
    "groups": ["confluence-users", "analysts"],
}


@pytest.fixture
def writer(cloud: CloudDriver) -> Iterator[ConnectApp]:
    """An installed app whose descriptor asks for all that pages need."""
    made = ConnectApp(descriptor={"scopes": ["read", "DELETE"]})
    cloud.install(made.url)
    yield made
    made.close()


@pytest.fixture
def moved(cloud: CloudDriver, writer: ConnectApp) -> dict[str, str]:
    """What was moved by the plan `p-1`: server id -> cloud id of pages."""
    cloud.attach()
    assert move(cloud) == {"spaces": 2, "pages": 4, "users": 2, "groups": 2, "left": []}
    return mapped(cloud, writer, "confluence:page")


def move(cloud: CloudDriver, plan: str = "p-1", **content: Any) -> Any:
    return cloud.server("POST", f"/plans/{plan}/content", json=content or CONTENT)


def mapped(cloud: CloudDriver, app: ConnectApp, namespace: str) -> dict[str, str]:
    transfer = cloud.transfer(cloud.migration(), app.key)
    params = {"namespace": namespace}
    page = app.call(cloud, "GET", f"/mapping/{transfer}/page", params=params).json()
    return dict(page["items"])


def held(cloud: CloudDriver) -> dict[str, Any]:
    return {page["server_id"]: page for page in cloud.control("GET", "content")["pages"]}


def refused(answer: httpx.Response, status: int, text: str) -> None:
    assert answer.status_code == status, answer.text
    assert text in answer.json()["message"]


def test_what_is_moved_has_new_ids_or_those_that_were_stated(
    cloud: CloudDriver, writer: ConnectApp, moved: dict[str, str]
) -> None:
    assert moved["65601"] == "262145"
    new = {moved["65700"], moved["65701"]}
    assert len(new - {"65700", "65701"}) == 2
    assert mapped(cloud, writer, "confluence:space")["98305"] == "131073"
    assert "65702" in mapped(cloud, writer, "confluence:blogpost")
    users = mapped(cloud, writer, "identity:user")
    assert users["confluence.userkey/8a7f80826b3a0001"] == "557058:a"
    assert users["confluence.userkey/k9"]
    groups = mapped(cloud, writer, "identity:group")
    assert groups["identity:group:name/confluence-users"] == "g-1"
    assert groups["identity:group:name/analysts"]


def test_containers_are_the_spaces_of_the_plan(cloud: CloudDriver, writer: ConnectApp) -> None:
    def keys() -> list[str]:
        transfer = cloud.transfer(cloud.migration(), writer.key)
        params = {"containerType": "ConfluenceSpace"}
        page = writer.call(cloud, "GET", f"/container/{transfer}/page", params=params).json()
        return [each["key"] for each in page["containers"]]

    assert keys() == ["DS", "HR"]  # as described, since no core migration has said otherwise
    cloud.attach()
    move(cloud, spaces=[CONTENT["spaces"][1]])
    assert keys() == ["NEW"]


@pytest.mark.usefixtures("moved")
def test_a_space_that_an_earlier_plan_has_moved_is_left_as_it_is(cloud: CloudDriver) -> None:
    page = CONTENT["pages"][2] | {"body": "<p>later</p>"}
    told = move(cloud, "p-2", spaces=CONTENT["spaces"], pages=[page])
    assert (told["pages"], told["left"]) == (0, ["DS", "NEW"])
    assert "chart" in held(cloud)["65701"]["body"]
    move(cloud, "p-1", pages=[CONTENT["pages"][2] | {"id": "65703", "title": "One more"}])
    assert held(cloud)["65703"]["title"] == "One more"


def test_an_app_rewrites_a_macro_by_v2(
    cloud: CloudDriver, writer: ConnectApp, moved: dict[str, str]
) -> None:
    path = f"/api/v2/pages/{moved['65701']}"
    page = writer.ask(cloud, "GET", path, params={"body-format": "storage"}).json()
    assert page["parentId"] == moved["65700"]
    body = page["body"]["storage"]["value"].replace("chart", "chart-cloud")
    change = {
        "id": page["id"],
        "status": "current",
        "title": page["title"],
        "body": {"representation": "storage", "value": body},
        "version": {"number": 2, "message": "migrated"},
    }
    assert writer.ask(cloud, "PUT", path, json=change).json()["version"]["number"] == 2
    (entry,) = cloud.journal(effect="page saved")
    assert entry["detail"] == {"pageId": page["id"], "version": 2}
    assert entry["app_key"] == writer.key
    assert held(cloud)["65701"]["body"] == '<ac:structured-macro ac:name="chart-cloud"/>'
    refused(writer.ask(cloud, "PUT", path, json=change), 409, "Current version is: 2")
    assert cloud.effects()[-1] == "version conflict"
    numbers = writer.ask(cloud, "GET", f"{path}/versions").json()["results"]
    assert [each["number"] for each in numbers] == [2, 1]
    params = {"version": "1", "body-format": "storage"}
    old = writer.ask(cloud, "GET", path, params=params).json()
    assert 'ac:name="chart"' in old["body"]["storage"]["value"]


def test_an_app_rewrites_a_macro_by_v1(
    cloud: CloudDriver, writer: ConnectApp, moved: dict[str, str]
) -> None:
    path = f"/rest/api/content/{moved['65701']}"
    page = writer.ask(cloud, "GET", path, params={"expand": "body.storage,version,space"}).json()
    assert (page["space"]["key"], page["version"]["number"]) == ("NEW", 1)
    change = {
        "type": "page",
        "title": "Macros",
        "version": {"number": 2},
        "body": {"storage": {"value": "<p>new</p>", "representation": "storage"}},
    }
    changed = writer.ask(cloud, "PUT", path, json=change).json()
    assert changed["body"]["storage"]["value"] == "<p>new</p>"
    assert [each["title"] for each in changed["ancestors"]] == ["New Home"]
    refused(writer.ask(cloud, "PUT", path, json=change), 409, "Current version is: 2")
    del change["version"]
    assert writer.ask(cloud, "PUT", path, json=change).status_code == 400
    versions = writer.ask(cloud, "GET", f"{path}/version").json()["results"]
    assert [each["number"] for each in versions] == [2, 1]
    cloud.control("PUT", "settings", {"content_v1": "gone"})
    refused(writer.ask(cloud, "GET", path), 410, "removed")


@pytest.mark.usefixtures("moved")
def test_pages_are_made_listed_and_removed(cloud: CloudDriver, writer: ConnectApp) -> None:
    params = {"keys": "NEW"}
    (space,) = writer.ask(cloud, "GET", "/api/v2/spaces", params=params).json()["results"]
    body = {"spaceId": space["id"], "status": "current", "title": "Made"}
    made = writer.ask(cloud, "POST", "/api/v2/pages", json=body).json()
    assert made["parentId"] == space["homepageId"]
    refused(writer.ask(cloud, "POST", "/api/v2/pages", json=body), 400, "already exists")
    titles, path, query = [], f"/api/v2/spaces/{space['id']}/pages", {"limit": "2"}
    first = writer.ask(cloud, "GET", path, params=query).json()
    titles += [each["title"] for each in first["results"]]
    below = first["_links"]["next"].removeprefix("/wiki")
    following = writer.ask(cloud, "GET", below).json()
    titles += [each["title"] for each in following["results"]]
    assert titles == ["New Home", "Macros", "Made"]
    assert "next" not in following["_links"]
    params = {"spaceKey": "NEW", "title": "Made"}
    found = writer.ask(cloud, "GET", "/rest/api/content", params=params).json()
    assert [each["id"] for each in found["results"]] == [made["id"]]
    gone = writer.ask(cloud, "DELETE", f"/api/v2/pages/{made['id']}")
    assert gone.status_code == 204
    assert writer.ask(cloud, "GET", f"/rest/api/content/{made['id']}").status_code == 404
    params = {"purge": "true"}
    gone = writer.ask(cloud, "DELETE", f"/api/v2/pages/{made['id']}", params=params)
    assert gone.status_code == 204
    assert writer.ask(cloud, "GET", f"/api/v2/pages/{made['id']}").status_code == 404
    again = writer.ask(cloud, "POST", "/api/v2/pages", json=body).json()
    assert int(again["id"]) > int(made["id"])  # no id is given twice


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"), [([], 403, 403), (["READ"], 200, 403), (["admin"], 200, 409)]
)
def test_an_app_has_what_its_descriptor_asks_for(
    cloud: CloudDriver, scopes: list[str], reads: int, writes: int
) -> None:
    app = ConnectApp(descriptor={"scopes": scopes})
    cloud.install(app.url)
    path = "/rest/api/content/262145"
    change = {"type": "page", "title": "Home", "version": {"number": 7}}
    try:
        assert app.ask(cloud, "GET", path).status_code == reads
        assert app.ask(cloud, "PUT", path, json=change).status_code == writes
        assert app.ask(cloud, "GET", path, token="x.y.z").status_code == 401
    finally:
        app.close()


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/api/v2/pages", {"body-format": "atlas_doc_format"}),
        ("/api/v2/pages", {"sort": "title"}),
        ("/rest/api/content/262145", {"expand": "body.view"}),
        ("/rest/api/content/262145", {"expand": "metadata.labels"}),
        ("/rest/api/content/262145/label", {}),
        ("/rest/api/content", {"type": "comment"}),
    ],
)
def test_what_is_not_there_is_said(
    cloud: CloudDriver, writer: ConnectApp, path: str, params: dict[str, str]
) -> None:
    assert writer.ask(cloud, "GET", path, params=params).status_code == 501


def test_a_reset_brings_the_description_back(
    cloud: CloudDriver, writer: ConnectApp, moved: dict[str, str]
) -> None:
    assert len(moved) > 3
    cloud.control("POST", "reset", expect=204)
    assert set(held(cloud)) == {"65601", "65602", "65603"}
    assert set(mapped(cloud, writer, "confluence:page")) == {"65601", "65602", "65603"}


def test_what_was_moved_and_saved_survives_a_kill(tmp_path: Path) -> None:
    arguments = (
        "--port",
        "0",
        "--data",
        str(tmp_path / "data"),
        "--public-url",
        "http://127.0.0.1:0",
    )
    with running("harness.cloud", tmp_path, *arguments) as process:
        cloud = CloudDriver(process.url("http"))
        app = ConnectApp(descriptor={"scopes": ["WRITE"]})
        cloud.install(app.url)
        cloud.attach()
        move(cloud)
        page = held(cloud)["65701"]
        change = {"type": "page", "title": "Macros", "version": {"number": 2}}
        answer = app.ask(cloud, "PUT", f"/rest/api/content/{page['id']}", json=change)
        assert answer.status_code == 200
        before = cloud.control("GET", "content")
        process.kill()
        cloud.close()
        app.close()
    with running("harness.cloud", tmp_path, *arguments) as process:
        cloud = CloudDriver(process.url("http"))
        assert cloud.control("GET", "content") == before
        cloud.close()
