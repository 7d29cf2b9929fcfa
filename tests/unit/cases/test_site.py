"""What of a site's description the server is told."""

from pathlib import Path

from harness.cases.site import NOTHING, server_site

SITE = """
spaces:
  - key: DS
    server_id: 98305
    cloud_id: 131073
    pages:
      - {server_id: 65601, cloud_id: 262145, title: Home, body: <p/>}
      - {title: Charts, parent: 65601}
users:
  - {userkey: k1, account_id: "557058:a", email: ada@example.com, name: Ada}
  - {username: bob}
groups:
  - {name: analysts, cloud_id: g-1, members: [bob]}
"""


def test_the_server_is_told_of_its_own_ids_alone(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    told = server_site(tmp_path / "site.yaml")
    assert told["spaces"] == [
        {
            "id": "98305",
            "key": "DS",
            "pages": [
                {"id": "65601", "title": "Home", "body": "<p/>"},
                {"title": "Charts", "parent": "65601"},
            ],
        }
    ]
    ada = {"username": "Ada", "fullName": "Ada", "key": "k1", "email": "ada@example.com"}
    assert told["users"] == [ada, {"username": "bob", "fullName": "bob"}]
    assert told["groups"] == [{"name": "analysts", "members": ["bob"]}]


def test_without_a_description_it_holds_nothing() -> None:
    assert server_site(None) == NOTHING
