"""Every kind of call that atlassian-python-api has for a server: it passes, or it is told 501.

What it asks for is its authors' knowledge of Confluence. Nothing may succeed that was not done, and
nothing may be told to be absent because this server has no such resource.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from atlassian import Confluence
from atlassian.errors import ApiError

from harness.drivers.confluence import site
from harness.drivers.confluence.session import Account, ConfluenceClient

pytestmark = [
    pytest.mark.witness,
    pytest.mark.standin,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]

DESCRIPTION: dict[str, Any] = {
    "spaces": [
        {
            "id": "98305",
            "key": "DS",
            "name": "Demo space",
            "pages": [
                {"id": "65601", "title": "Home", "body": "<p>Welcome</p>"},
                {"id": "65602", "title": "Charts", "body": "<p>a chart</p>", "parent": "65601"},
                {"id": "65603", "title": "Post", "type": "blogpost", "body": "<p>news</p>"},
            ],
        }
    ],
    "users": [{"key": "k1", "username": "ada", "fullName": "Ada", "email": "ada@example.com"}],
    "groups": [{"name": "analysts", "members": ["ada"]}],
}
HOME, CHARTS = "65601", "65602"


@pytest.fixture
def theirs(client: ConfluenceClient, confluence_url: str, admin: Account) -> Iterator[Any]:
    """Their client of a Confluence that holds the description."""
    site.describe(client, DESCRIPTION)
    yield Confluence(confluence_url, username=admin.user, password=admin.password, cloud=False)
    site.describe(client, {"spaces": [], "users": [], "groups": []})


def titles(found: Any) -> list[str]:
    return [each["title"] for each in (found["results"] if isinstance(found, dict) else found)]


READS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "get_content": (lambda c: c.get_content(HOME)["title"], "Home"),
    "get_content_by_type": (lambda c: titles(c.get_content_by_type("blogpost")), ["Post"]),
    "get_content_children": (lambda c: "page" in c.get_content_children(HOME)["_expandable"], True),
    "get_descendant_pages": (lambda c: titles(c.get_descendant_pages(HOME)), ["Charts"]),
    "get_content_by_title": (lambda c: titles(c.get_content_by_title("DS", "Home")), ["Home"]),
    "get_content_by_id": (lambda c: c.get_content_by_id(CHARTS)["title"], "Charts"),
    "get_all_pages_from_space": (
        lambda c: titles(list(c.get_all_pages_from_space("DS"))),
        ["Home", "Charts"],
    ),
    "get_all_blog_posts_from_space": (
        lambda c: titles(list(c.get_all_blog_posts_from_space("DS"))),
        ["Post"],
    ),
    "get_page_by_title": (lambda c: titles(c.get_page_by_title("DS", "Charts")), ["Charts"]),
    "get_blog_post_by_title": (lambda c: titles(c.get_blog_post_by_title("DS", "Post")), ["Post"]),
    "page_exists": (
        lambda c: (c.page_exists("DS", "Home"), c.page_exists("DS", "x")),
        (True, False),
    ),
    "blog_post_exists": (lambda c: c.blog_post_exists("DS", "Post"), True),
    "get_content_id": (lambda c: c.get_content_id("DS", "Home"), HOME),
    "get_page_space": (lambda c: c.get_page_space(HOME), "DS"),
    "get_page_child_by_type": (lambda c: titles(c.get_page_child_by_type(HOME)), ["Charts"]),
    "get_page_child_count": (lambda c: c.get_page_child_count(HOME), 1),
    "page_has_children": (lambda c: c.page_has_children(CHARTS), False),
    "get_child_title_list": (lambda c: c.get_child_title_list(HOME), ["Charts"]),
    "get_child_id_list": (lambda c: c.get_child_id_list(HOME), [CHARTS]),
    "get_child_pages": (lambda c: titles(list(c.get_child_pages(HOME))), ["Charts"]),
    "get_page_id": (lambda c: c.get_content_id("DS", "Charts"), CHARTS),
    "get_parent_content_id": (lambda c: c.get_parent_content_id(CHARTS), HOME),
    "get_parent_content_title": (lambda c: c.get_parent_content_title(CHARTS), "Home"),
    "get_page_by_id": (lambda c: c.get_page_by_id(HOME, expand="version")["version"]["number"], 1),
    "get_tables_from_page": (lambda c: c.get_tables_from_page(HOME)["number_of_tables_in_page"], 0),
    "scrap_regex_from_page": (lambda c: c.scrap_regex_from_page(HOME, "Wel.*e"), ["Welcome"]),
    "get_all_pages_from_space_raw": (
        lambda c: titles(c.get_all_pages_from_space_raw("DS")),
        ["Home", "Charts"],
    ),
    "get_all_pages_from_space_as_generator": (
        lambda c: titles(list(c.get_all_pages_from_space_as_generator("DS", limit=1))),
        ["Home", "Charts"],
    ),
    "history": (lambda c: c.history(HOME)["lastUpdated"]["number"], 1),
    "get_content_history": (lambda c: c.get_content_history(HOME)["latest"], True),
    "iter_page_versions": (lambda c: [v["number"] for v in c.iter_page_versions(HOME)], [1]),
    "get_all_page_versions": (lambda c: len(list(c.get_all_page_versions(HOME))), 1),
    "get_content_history_by_version_number": (
        lambda c: c.get_content_history_by_version_number(HOME, 1)["number"],
        1,
    ),
    "is_page_content_is_already_updated": (
        lambda c: c.is_page_content_is_already_updated(HOME, "<p>Welcome</p>"),
        True,
    ),
    "get_page_ancestors": (lambda c: titles(c.get_page_ancestors(CHARTS)), ["Home"]),
    "get_all_spaces": (lambda c: [s["key"] for s in c.get_all_spaces()["results"]], ["DS"]),
    "get_space_names": (lambda c: len(c.get_space_names()), 1),
    "get_spaces": (lambda c: c.get_spaces()["size"], 1),
    "get_space": (lambda c: c.get_space("DS")["name"], "Demo space"),
    "get_space_content": (
        lambda c: titles(c.get_space_content("DS", expand="version")),
        ["Home", "Charts"],
    ),
    "get_home_page_of_space": (lambda c: c.get_home_page_of_space("DS")["id"], HOME),
    "get_user": (lambda c: c.get_user("ada")["userKey"], "k1"),
    "get_user_by_key": (lambda c: c.get_user_by_key("k1")["username"], "ada"),
    "get_user_details_by_username": (
        lambda c: c.get_user_details_by_username("ada")["displayName"],
        "Ada",
    ),
    "get_user_details_by_userkey": (
        lambda c: c.get_user_details_by_userkey("k1")["displayName"],
        "Ada",
    ),
    "get_current_user": (lambda c: c.get_current_user()["username"], "admin"),
    "get_groups": (lambda c: len(c.get_groups()["results"]), 3),
    "get_all_groups": (
        lambda c: [g["name"] for g in c.get_all_groups()],
        ["analysts", "confluence-administrators", "confluence-users"],
    ),
    "get_group_members": (
        lambda c: [u["username"] for u in c.get_group_members("analysts")["results"]],
        ["ada"],
    ),
    "get_all_members": (lambda c: [u["username"] for u in c.get_all_members("analysts")], ["ada"]),
    "search_content": (lambda c: titles(c.search_content("title = Charts")), ["Charts"]),
    "cql": (lambda c: titles(c.cql("space = DS and type = page")), ["Home", "Charts"]),
    "iter_cql": (lambda c: titles(list(c.iter_cql("type = blogpost", limit=1))), ["Post"]),
    "cql_all": (lambda c: len(list(c.cql_all("space = DS", limit=1))), 3),
    "get_descendant_page_id": (lambda c: c.get_descendant_page_id("DS", HOME, "Charts"), CHARTS),
    "get_subtree_of_content_ids": (lambda c: c.get_subtree_of_content_ids(HOME), {HOME, CHARTS}),
    "get_all_pages_from_space_trash": (lambda c: list(c.get_all_pages_from_space_trash("DS")), []),
    "get_all_blog_posts_from_space_trash": (
        lambda c: list(c.get_all_blog_posts_from_space_trash("DS")),
        [],
    ),
    "get_trash_content": (lambda c: list(c.get_trash_content("DS")), []),
    "anonymous": (lambda c: c.anonymous()["type"], "anonymous"),
    "collaborative_editing_get_configuration": (
        lambda c: c.collaborative_editing_get_configuration()["synchronyEnabled"],
        True,
    ),
    "get_license_remaining": (lambda c: c.get_license_remaining()["count"] > 0, True),
    "check_long_tasks_result": (lambda c: "results" in c.check_long_tasks_result(), True),
}
"""What reads, and what it has to say of the description."""

MISSING: dict[str, Callable[[Any], Any]] = {
    "get_content_ancestors": lambda c: c.get_content_ancestors(CHARTS),
    "get_content_descendants": lambda c: c.get_content_descendants(HOME),
    "get_page_labels": lambda c: c.get_page_labels(HOME),
    "get_page_comments": lambda c: c.get_page_comments(HOME),
    "get_draft_page_by_id": lambda c: c.get_draft_page_by_id(HOME),
    "get_all_restrictions_for_content": lambda c: c.get_all_restrictions_for_content(HOME),
    "set_restrictions_for_content": lambda c: c.set_restrictions_for_content(HOME, []),
    "get_all_restrictions_from_page_json_rpc": (
        lambda c: c.get_all_restrictions_from_page_json_rpc(HOME)
    ),
    "move_page": lambda c: c.move_page("DS", CHARTS, target_id=HOME),
    "remove_page_as_draft": lambda c: c.remove_page_as_draft(HOME),
    "add_comment": lambda c: c.add_comment(HOME, "well"),
    "get_inline_comments": lambda c: c.get_inline_comments(HOME),
    "get_likes": lambda c: c.get_likes(HOME),
    "add_like": lambda c: c.add_like(HOME),
    "remove_like": lambda c: c.remove_like(HOME),
    "attach_content": lambda c: c.attach_content(b"x", name="x.txt", page_id=HOME),
    "delete_attachment_by_id": lambda c: c.delete_attachment_by_id(HOME, 1),
    "get_attachments_from_content": lambda c: c.get_attachments_from_content(HOME),
    "download_attachments_from_page": lambda c: c.download_attachments_from_page(HOME),
    "set_page_label": lambda c: c.set_page_label(HOME, "a"),
    "remove_page_label": lambda c: c.remove_page_label(HOME, "a"),
    "remove_content_history": lambda c: c.remove_content_history(HOME, 1),
    "convert_wiki_to_storage": lambda c: c.convert_wiki_to_storage("h1. a"),
    "convert_storage_to_view": lambda c: c.convert_storage_to_view("<p/>"),
    "set_page_property": lambda c: c.set_page_property(HOME, {"key": "a", "value": 1}),
    "update_page_property": lambda c: c.update_page_property(HOME, {"key": "a", "value": 1}),
    "delete_page_property": lambda c: c.delete_page_property(HOME, "a"),
    "get_page_property": lambda c: c.get_page_property(HOME, "a"),
    "get_page_properties": lambda c: c.get_page_properties(HOME),
    "archive_space": lambda c: c.archive_space("DS"),
    "get_trashed_contents_by_space": lambda c: c.get_trashed_contents_by_space("DS"),
    "remove_trashed_contents_by_space": lambda c: c.remove_trashed_contents_by_space("DS"),
    "get_space_property": lambda c: c.get_space_property("DS"),
    "get_space_settings": lambda c: c.get_space_settings("DS"),
    "get_labels": lambda c: c.get_labels(),
    "get_content_labels": lambda c: c.get_content_labels(HOME),
    "add_content_labels": lambda c: c.add_content_labels(HOME, []),
    "remove_content_label": lambda c: c.remove_content_label(HOME, "a"),
    "get_attachments": lambda c: c.get_attachments(HOME),
    "create_attachment": lambda c: c.create_attachment(HOME, {}),
    "download_attachment": lambda c: c.download_attachment(HOME),
    "get_comments": lambda c: c.get_comments(HOME),
    "create_comment": lambda c: c.create_comment(HOME, {}),
    "get_content_properties": lambda c: c.get_content_properties(HOME),
    "create_content_property": lambda c: c.create_content_property(HOME, {}),
    "create_or_update_template": lambda c: c.create_or_update_template("a", "<p/>"),
    "get_content_template": lambda c: c.get_content_template("1"),
    "get_blueprint_templates": lambda c: c.get_blueprint_templates("DS"),
    "get_content_templates": lambda c: c.get_content_templates("DS"),
    "remove_template": lambda c: c.remove_template("1"),
    "get_draft_content": lambda c: c.get_draft_content(HOME),
    "get_all_draft_pages_from_space": lambda c: list(c.get_all_draft_pages_from_space("DS")),
    "share_with_others": lambda c: c.share_with_others(HOME, "a", "b"),
    "export_content": lambda c: c.export_content(HOME),
    "export_space": lambda c: c.export_space("DS"),
    "get_page_as_pdf": lambda c: c.get_page_as_pdf(HOME),
    "get_page_as_word": lambda c: c.get_page_as_word(HOME),
    "get_space_export": lambda c: c.get_space_export("DS", "html"),
    "clean_all_caches": lambda c: c.clean_all_caches(),
    "get_metadata": lambda c: c.get_metadata(),
    "reindex": lambda c: c.reindex(),
    "reindex_get_status": lambda c: c.reindex_get_status(),
    "check_access_mode": lambda c: c.check_access_mode(),
    "audit": lambda c: c.audit(),
    "team_calendars_get_sub_calendars": lambda c: c.team_calendars_get_sub_calendars(),
    "get_mobile_parameters": lambda c: c.get_mobile_parameters("ada"),
    "avatar_set_default_for_user": lambda c: c.avatar_set_default_for_user("k1"),
    "add_user": lambda c: c.add_user("e@example.com", "Eve", "eve", "eve-s"),
    "change_user_password": lambda c: c.change_user_password("ada", "other"),
    "get_all_space_permissions": lambda c: c.get_all_space_permissions("DS"),
    "set_permissions_to_anonymous_for_space": (
        lambda c: c.set_permissions_to_anonymous_for_space("DS", [])
    ),
    "add_space_permission_json_rpc": (
        lambda c: c.add_space_permission_json_rpc("DS", "ada", "VIEWSPACE")
    ),
    "set_inline_tasks_checkbox": lambda c: c.set_inline_tasks_checkbox(HOME, 1, "CHECKED"),
    "get_jira_metadata": lambda c: c.get_jira_metadata(HOME),
    "get_license_user_count": lambda c: c.get_license_user_count(),
}
"""What this server does not have."""


@pytest.mark.parametrize("name", READS)
def test_a_read_says_what_the_server_has(theirs: Any, name: str) -> None:
    call, wanted = READS[name]
    assert call(theirs) == wanted


@pytest.mark.parametrize("name", MISSING)
def test_what_is_missing_is_told_by_501(
    theirs: Any,
    client: ConfluenceClient,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # some of them would write files
    told: list[int] = []

    def note(answer: requests.Response, *_: Any, **_more: Any) -> None:
        told.append(answer.status_code)

    theirs._impl._session.hooks["response"].append(note)
    try:
        result = MISSING[name](theirs)
    except Exception:
        result = 501
    assert told[-1] == 501
    # Some of them hand the status to their caller instead of raising.
    assert getattr(result, "status_code", result) == 501
    assert not site.is_changed(client)


def create(c: Any) -> str:
    return str(c.create_page("DS", "Made", "<p>one</p>", parent_id=HOME)["id"])


def body(c: Any, page: str) -> str:
    return str(c.get_page_by_id(page, expand="body.storage")["body"]["storage"]["value"])


def create_page(c: Any) -> None:
    page = create(c)
    assert body(c, page) == "<p>one</p>"
    assert c.get_parent_content_id(page) == HOME
    with pytest.raises(requests.HTTPError, match="A page with this title already exists"):
        create(c)


def update_page(c: Any) -> None:
    page = create(c)
    changed = c.update_page(page, "Renamed", "<p>two</p>", version_comment="why")
    assert changed["version"]["number"] == 2
    assert (c.get_page_by_id(page)["title"], body(c, page)) == ("Renamed", "<p>two</p>")
    assert c.history(page)["lastUpdated"]["message"] == "why"
    old = c.get_page_by_id(page, version=1, expand="body.storage")
    assert (old["title"], old["body"]["storage"]["value"]) == ("Made", "<p>one</p>")


def update_existing_page(c: Any) -> None:
    page = create(c)
    assert c.update_existing_page(page, "Made", "<p>three</p>")["version"]["number"] == 2
    assert body(c, page) == "<p>three</p>"


def append_page(c: Any) -> None:
    page = create(c)
    c.append_page(page, "Made", "<p>end</p>")
    assert body(c, page) == "<p>one</p><p>end</p>"


def prepend_page(c: Any) -> None:
    page = create(c)
    c.prepend_page(page, "Made", "<p>begin</p>")
    assert body(c, page) == "<p>begin</p><p>one</p>"


def update_or_create(c: Any) -> None:
    made = c.update_or_create(HOME, "Anew", "<p>a</p>")
    again = c.update_or_create(HOME, "Anew", "<p>b</p>")
    assert made["id"] == again["id"]
    assert body(c, again["id"]) == "<p>b</p>"


def create_content(c: Any) -> None:
    made = c.create_content({"type": "blogpost", "title": "More", "space": {"key": "DS"}})
    assert c.blog_post_exists("DS", "More")
    assert c.get_content(made["id"])["type"] == "blogpost"


def update_content(c: Any) -> None:
    page = create(c)
    data = {"type": "page", "title": "Made", "version": {"number": 2}}
    assert c.update_content(page, data)["version"]["number"] == 2
    with pytest.raises(requests.HTTPError, match="Current version is: 2"):
        c.update_content(page, data)


def delete_content(c: Any) -> None:
    page = create(c)
    c.delete_content(page)
    assert not c.page_exists("DS", "Made")


def remove_page(c: Any) -> None:
    page = create(c)
    assert c.remove_page(page) == 204
    assert not c.page_exists("DS", "Made")
    assert [each["id"] for each in c.get_all_pages_from_space_trash("DS")] == [page]
    assert c.remove_page(page) == 404


def remove_page_from_trash(c: Any) -> None:
    page = create(c)
    c.remove_page(page)
    assert c.remove_page_from_trash(page) == 204
    assert list(c.get_all_pages_from_space_trash("DS")) == []


def remove_content(c: Any) -> None:
    page = create(c)
    c.remove_content(page)
    assert not c.page_exists("DS", "Made")
    with pytest.raises(ApiError):
        c.remove_content(page)


def create_space(c: Any) -> None:
    assert c.create_space("NEW", "New space")["key"] == "NEW"
    assert c.get_space("NEW", expand="homepage")["homepage"]["title"] == "New space Home"
    with pytest.raises(requests.HTTPError, match="already exists"):
        c.create_space("NEW", "New space")


def update_space(c: Any) -> None:
    c.update_space("DS", {"name": "Renamed"})
    assert c.get_space("DS")["name"] == "Renamed"


def set_space_homepage(c: Any) -> None:
    c.set_space_homepage("DS", CHARTS)
    assert c.get_home_page_of_space("DS")["id"] == CHARTS


def delete_space(c: Any) -> None:
    c.delete_space("DS")
    with pytest.raises((ApiError, requests.HTTPError)):
        c.get_space("DS")


def check_long_task_result(c: Any) -> None:
    task = c.delete_space("DS")["id"]
    assert c.check_long_task_result(task)["successful"] is True


def create_group(c: Any) -> None:
    assert c.create_group("testers")["name"] == "testers"
    assert "testers" in [group["name"] for group in c.get_all_groups()]


def remove_group(c: Any) -> None:
    c.remove_group("analysts")
    assert "analysts" not in [group["name"] for group in c.get_all_groups()]


WRITES: tuple[Callable[[Any], None], ...] = (
    create_page,
    update_page,
    update_existing_page,
    append_page,
    prepend_page,
    update_or_create,
    create_content,
    update_content,
    delete_content,
    remove_page,
    remove_page_from_trash,
    remove_content,
    create_space,
    update_space,
    set_space_homepage,
    delete_space,
    check_long_task_result,
    create_group,
    remove_group,
)
"""What changes something, each with a look at what it changed."""


@pytest.mark.parametrize("change", WRITES, ids=lambda change: change.__name__)
def test_a_write_does_what_it_says(theirs: Any, change: Callable[[Any], None]) -> None:
    change(theirs)


IN_THE_OTHER_FILE = 8
"""Further calls of theirs, about apps, safe mode and health: `test_clients_of_others`."""


def test_the_register_has_these_counts() -> None:
    page = (Path(__file__).parents[3] / "docs" / "fidelity.md").read_text()
    (row,) = [line for line in page.splitlines() if line.startswith("| `atlassian-python-api`")]
    calls, passed, missing = (int(cell) for cell in row.split("|")[3:6])
    own = set(READS) | {each.__name__ for each in WRITES}
    assert (passed, missing) == (len(own) + IN_THE_OTHER_FILE, len(MISSING))
    assert calls == passed + missing
