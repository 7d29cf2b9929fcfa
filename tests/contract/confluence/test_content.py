"""Content as fixture scripts make, find and change it by REST, and as the next case finds it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from harness.drivers.confluence import site
from harness.drivers.confluence.session import Account, ConfluenceClient, open_client
from harness.environment.stack import Stack
from harness.errors import DriverError

DESCRIPTION: dict[str, Any] = {
    "spaces": [
        {
            "id": "98305",
            "key": "DS",
            "name": "Demo space",
            "pages": [
                {"id": "65601", "title": "Home", "body": "<p>Welcome</p>"},
                {"id": "65602", "title": "Charts", "body": "<p>a chart</p>", "parent": "65601"},
            ],
        }
    ],
    "users": [{"key": "k1", "username": "ada", "fullName": "Ada", "password": "ada-s"}],
    "groups": [{"name": "analysts", "members": ["ada"]}],
}


@pytest.fixture
def content(client: ConfluenceClient) -> Iterator[ConfluenceClient]:
    """Return the administrator's client of a Confluence that holds the description."""
    site.describe(client, DESCRIPTION)
    yield client
    site.describe(client, {"spaces": [], "users": [], "groups": []})


def created(client: httpx.Client, title: str = "New", **more: Any) -> Any:
    body = {
        "type": "page",
        "title": title,
        "space": {"key": "DS"},
        "body": {"storage": {"value": "<p>old</p>", "representation": "storage"}},
    }
    answer = client.post("/rest/api/content", json=body | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def updated(client: httpx.Client, page: Any, number: int, **more: Any) -> httpx.Response:
    body = {
        "version": {"number": number},
        "type": "page",
        "title": page["title"],
        "body": {"storage": {"value": "<p>new</p>", "representation": "storage"}},
    }
    return client.put(f"/rest/api/content/{page['id']}", json=body | more)


def refused(answer: httpx.Response, status: int, text: str) -> None:
    assert answer.status_code == status, answer.text
    assert text in answer.json()["message"]


@pytest.mark.standin
def test_what_a_description_says_is_there(content: ConfluenceClient) -> None:
    page = content.get("/rest/api/content/65602?expand=body.storage,ancestors,space").json()
    assert page["title"] == "Charts"
    assert page["body"]["storage"]["value"] == "<p>a chart</p>"
    assert [each["id"] for each in page["ancestors"]] == ["65601"]
    assert page["space"]["key"] == "DS"
    assert page["space"]["id"] == 98305
    assert content.get("/rest/api/user?username=ada").json()["userKey"] == "k1"
    members = content.get("/rest/api/group/analysts/member").json()["results"]
    assert [each["username"] for each in members] == ["ada"]


@pytest.mark.standin
def test_a_page_is_made_found_changed_and_removed(content: ConfluenceClient) -> None:
    page = created(content, ancestors=[{"id": "65601"}])
    assert page["version"]["number"] == 1
    by_title = content.get("/rest/api/content?spaceKey=DS&title=New&expand=body.storage,version")
    (found,) = by_title.json()["results"]
    assert (found["id"], found["body"]["storage"]["value"]) == (page["id"], "<p>old</p>")
    children = content.get("/rest/api/content/65601/child/page").json()["results"]
    assert [each["title"] for each in children] == ["Charts", "New"]
    assert updated(content, page, 2).json()["version"]["number"] == 2
    again = content.get(f"/rest/api/content/{page['id']}?expand=body.storage,version").json()
    assert again["body"]["storage"]["value"] == "<p>new</p>"
    old = content.get(f"/rest/api/content/{page['id']}?version=1&expand=body.storage").json()
    assert old["body"]["storage"]["value"] == "<p>old</p>"
    assert content.delete(f"/rest/api/content/{page['id']}").status_code == 204
    refused(content.get(f"/rest/api/content/{page['id']}"), 404, "No content found with id")
    trashed = content.get(f"/rest/api/content/{page['id']}?status=trashed").json()
    assert trashed["status"] == "trashed"
    gone = content.delete(f"/rest/api/content/{page['id']}?status=trashed")
    assert gone.status_code == 204
    refused(content.get(f"/rest/api/content/{page['id']}?status=any"), 404, "No content found")
    assert int(created(content)["id"]) > int(page["id"])  # no id is given twice


@pytest.mark.standin
def test_a_change_needs_the_next_version(content: ConfluenceClient) -> None:
    page = created(content)
    for number in (1, 3):
        refused(updated(content, page, number), 409, "Current version is: 1")
    answer = content.put(f"/rest/api/content/{page['id']}", json={"type": "page", "title": "x"})
    refused(answer, 400, "Must supply an incremented version")


@pytest.mark.standin
def test_a_title_is_used_once_in_a_space(content: ConfluenceClient) -> None:
    page = created(content)
    body = {"type": "page", "title": "New", "space": {"key": "DS"}}
    refused(content.post("/rest/api/content", json=body), 400, "A page with this title already")
    refused(updated(content, page, 2, title="Charts"), 400, "A page with this title already")
    content.delete(f"/rest/api/content/{page['id']}")
    assert content.post("/rest/api/content", json=body).status_code == 200


@pytest.mark.standin
def test_children_of_a_removed_page_move_up(content: ConfluenceClient) -> None:
    page = created(content, ancestors=[{"id": "65602"}])
    assert content.delete("/rest/api/content/65602").status_code == 204
    again = content.get(f"/rest/api/content/{page['id']}?expand=ancestors").json()
    assert [each["id"] for each in again["ancestors"]] == ["65601"]
    (below,) = content.get("/rest/api/content/65601/descendant/page").json()["results"]
    assert below["id"] == page["id"]


@pytest.mark.standin
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/rest/api/content/65601?expand=metadata.labels", None),
        ("GET", "/rest/api/content/65601?expand=body.view", None),
        ("GET", "/rest/api/content?spaceKey=DS&expand=children.attachment", None),
        ("GET", "/rest/api/content/65601?status=draft", None),
        ("GET", "/rest/api/search?cql=label%20%3D%20a", None),
        ("GET", "/rest/api/search?cql=type%3Dpage%20or%20type%3Dblogpost", None),
        ("POST", "/rest/api/content", {"type": "comment", "container": {"id": "65601"}}),
        (
            "POST",
            "/rest/api/content",
            {"type": "page", "title": "W", "space": {"key": "DS"}, "body": {"wiki": {}}},
        ),
    ],
)
def test_what_is_not_there_is_said(
    content: ConfluenceClient, method: str, path: str, body: object
) -> None:
    answer = content.request(method, path, json=body) if body else content.request(method, path)
    refused(answer, 501, "not there")
    assert content.get("/rest/api/content?spaceKey=DS").json()["size"] == 2


@pytest.mark.standin
@pytest.mark.parametrize(
    ("cql", "titles"),
    [
        ('space = DS and type = "page"', ["Home", "Charts"]),
        ("space=DS and title ~ 'char*'", ["Charts"]),
        ("text ~ welcome", ["Home"]),
        ("parent = 65601", ["Charts"]),
        ("ancestor in (65601, 1)", ["Charts"]),
        ("id != 65601 AND space in (DS)", ["Charts"]),
        ("space = DS order by title asc", ["Charts", "Home"]),
        ("space = ELSEWHERE", []),
    ],
)
def test_simple_cql_finds_content(content: ConfluenceClient, cql: str, titles: list[str]) -> None:
    found = content.get("/rest/api/search", params={"cql": cql, "expand": "content.space"}).json()
    assert [each["content"]["title"] for each in found["results"]] == titles
    assert found["totalSize"] == len(titles)
    pages = content.get("/rest/api/content/search", params={"cql": cql}).json()
    assert [each["title"] for each in pages["results"]] == titles


@pytest.mark.standin
def test_what_is_no_cql_is_refused(content: ConfluenceClient) -> None:
    for cql in ("space =", "= DS", "space = DS type = page", '"'):
        refused(content.get("/rest/api/search", params={"cql": cql}), 400, "Could not parse cql")


@pytest.mark.standin
def test_lists_come_in_pages_with_a_link_to_the_next(content: ConfluenceClient) -> None:
    path, titles = "/rest/api/content?spaceKey=DS&limit=1", []
    while path:
        answer = content.get(path).json()
        titles += [each["title"] for each in answer["results"]]
        path = answer["_links"].get("next")
    assert titles == ["Home", "Charts"]


@pytest.mark.standin
def test_a_space_is_made_with_a_home_page_and_removed(content: ConfluenceClient) -> None:
    body = {"key": "NEW", "name": "New space", "description": {"plain": {"value": "about"}}}
    assert content.post("/rest/api/space", json=body).status_code == 200
    refused(content.post("/rest/api/space", json=body), 400, "A space already exists with key NEW")
    space = content.get("/rest/api/space/NEW?expand=homepage,description.plain").json()
    assert space["description"]["plain"]["value"] == "about"
    (page,) = content.get("/rest/api/space/NEW/content/page").json()["results"]
    assert page["id"] == space["homepage"]["id"]
    keys = [each["key"] for each in content.get("/rest/api/space").json()["results"]]
    assert keys == ["DS", "NEW"]
    removed = content.delete("/rest/api/space/NEW")
    assert removed.status_code == 202
    task = content.get(removed.json()["links"]["status"]).json()
    assert (task["percentageComplete"], task["successful"]) == (100, True)
    refused(content.get("/rest/api/space/NEW"), 404, "No space found with key")
    refused(content.get(f"/rest/api/content/{page['id']}"), 404, "No content found")


@pytest.mark.standin
def test_users_and_groups_are_made_and_who_is_no_administrator_may_not(
    content: ConfluenceClient, confluence_url: str
) -> None:
    body = {"userName": "bob", "fullName": "Bob", "email": "b@example.com", "password": "bob-s"}
    made = content.post("/rest/api/admin/user", json=body)
    assert made.status_code == 201
    found = content.get("/rest/api/user?username=bob").json()
    assert found["userKey"] == made.json()["userKey"]
    refused(content.post("/rest/api/admin/user", json=body), 400, "already exists")
    refused(content.post("/rest/api/admin/user", json=body | {"userName": "Bob"}), 400, "lower")
    assert content.post("/rest/api/admin/group", json={"name": "testers"}).status_code == 201
    assert content.put("/rest/api/user/bob/group/testers").status_code == 204
    groups = content.get("/rest/api/user/memberof?username=bob").json()["results"]
    assert [each["name"] for each in groups] == ["confluence-users", "testers"]
    with open_client(confluence_url, Account("bob", "bob-s")) as bob:
        assert created(bob)["history"]["createdBy"]["username"] == "bob"
        assert bob.post("/rest/api/admin/group", json={"name": "more"}).status_code == 403
        assert bob.get("/rest/plugins/1.0/").status_code == 403
        content.put("/rest/api/user/bob/group/confluence-administrators")
        assert bob.post("/rest/api/admin/group", json={"name": "more"}).status_code == 201
        content.delete("/rest/api/admin/user/bob")
        assert bob.get("/rest/api/content").status_code == 401
    refused(content.get("/rest/api/user?username=bob"), 404, "No user found")
    refused(content.get("/rest/api/group/none"), 404, "No group found")


@pytest.mark.standin
def test_all_that_was_changed_is_put_back(content: ConfluenceClient) -> None:
    assert not site.is_changed(content)
    page = created(content)
    assert site.is_changed(content)
    updated(content, {"id": "65601", "title": "Home"}, 2)
    content.delete("/rest/api/content/65602")
    content.post("/rest/api/space", json={"key": "NEW", "name": "New"})
    content.post("/rest/api/admin/group", json={"name": "testers"})
    content.delete("/rest/api/admin/user/ada")
    site.put_back(content)
    assert not site.is_changed(content)
    assert content.get(f"/rest/api/content/{page['id']}").status_code == 404
    home = content.get("/rest/api/content/65601?expand=body.storage,version").json()
    assert (home["body"]["storage"]["value"], home["version"]["number"]) == ("<p>Welcome</p>", 1)
    assert content.get("/rest/api/content/65602").status_code == 200
    assert content.get("/rest/api/space/NEW").status_code == 404
    assert content.get("/rest/api/user?username=ada").status_code == 200
    assert content.get("/rest/api/group/testers").status_code == 404


@pytest.mark.standin
@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"spaces": [{"name": "no key"}]}, "a space needs a key"),
        ({"users": [{"key": "k"}]}, "a user needs a username"),
        ({"groups": [{"name": "g", "members": ["nobody"]}]}, "nobody, who is none of the users"),
        ({"spaces": [{"key": "A", "pages": [{"title": "x"}, {"title": "x"}]}]}, "already exists"),
    ],
)
def test_a_description_that_cannot_be_is_refused(
    content: ConfluenceClient, wrong: dict[str, Any], why: str
) -> None:
    with pytest.raises(DriverError, match=why):
        site.describe(content, wrong)


@pytest.mark.standin
def test_no_file_of_the_home_has_a_password(
    content: ConfluenceClient, confluence_stack: Stack
) -> None:
    assert content.get("/rest/api/user?username=ada").status_code == 200
    confluence = confluence_stack.running["confluence"]
    for name in ("site.json", "users.json"):
        kept = confluence.read("home", f"standin/{name}")
        assert kept
        assert b"ada-s" not in kept
