import httpx
import pytest
from recorded import ADMIN, BASE
from wizard import Wizard

from harness.drivers.confluence.licence import Licence, licence_from
from harness.drivers.confluence.setup import set_up
from harness.drivers.confluence.setup_steps import Database, SetupInput
from harness.errors import BadInput, DriverError, ServiceDied, WaitTimedOut

LICENCE = Licence("AAAB\nsecret-licence")
WANTED = SetupInput(ADMIN, LICENCE, Database("jdbc:postgresql://db/confluence", "c", "db-word"))
COMMON = [
    "setupdata-start.action",
    "setupusermanagementchoice-start.action",
    "setupadministrator-start.action",
]
TEN = ["setuplicense.action", "setupcluster-start.action", *COMMON]
SEVEN = [
    "setupstart.action",
    "setuplicense.action",
    "setupdbchoice-start.action",
    "setupdbtype-start.action",
    *COMMON,
]


def passage(wizard: Wizard, wanted: SetupInput = WANTED, **options: float) -> tuple[str, ...]:
    transport = httpx.MockTransport(wizard)
    return set_up(BASE, wanted, transport=transport, every=0.0, **options)


def test_the_whole_way_of_9_and_10():
    wizard = Wizard(TEN)
    assert passage(wizard) == (
        "licence",
        "deployment type",
        "content",
        "user management",
        "administrator",
    )
    sent = dict(wizard.posts)
    assert list(sent) == [
        "dosetuplicense.action",
        "setupcluster.action",
        "setupdata.action",
        "setupusermanagementchoice.action",
        "setupadministrator.action",
    ]
    assert sent["dosetuplicense.action"]["confLicenseString"] == "AAAB\nsecret-licence"
    assert sent["setupcluster.action"]["newCluster"] == "skipCluster"
    assert "isClusteringEnabled" not in sent["setupcluster.action"]
    assert sent["setupdata.action"]["dbchoiceSelect"] == "Empty Site"
    assert sent["setupdata.action"]["contentChoice"] == "blank"
    assert sent["setupusermanagementchoice.action"]["internal"].endswith("within Confluence")
    assert sent["setupadministrator.action"]["confirm"] == "s3cret-word"


def test_the_whole_way_of_7_with_its_database_pages():
    wizard = Wizard(SEVEN)
    assert passage(wizard)[:4] == ("start", "licence", "database choice", "database type")
    sent = dict(wizard.posts)
    assert sent["dosetupstart.action"]["setupType"] == "custom"
    assert sent["setupdbchoice.action"]["dbChoice"] == "custom"
    assert sent["setupdbtype.action"]["dbConfigInfo.databaseType"] == "postgresql"
    assert sent["setupdbtype.action"]["dbConfigInfo.simple"] == "false"


def test_pages_that_the_images_variables_skip():
    assert passage(Wizard(COMMON), SetupInput(ADMIN)) == (
        "content",
        "user management",
        "administrator",
    )


def test_the_embedded_database():
    wizard = Wizard(["setupdbchoice-start.action", *COMMON])
    passage(wizard, SetupInput(ADMIN))
    assert dict(wizard.posts)["setupdbchoice.action"]["dbChoice"] == "embedded"


def test_a_finished_instance_is_left_alone():
    wizard = Wizard([])
    assert passage(wizard) == ()
    assert wizard.posts == []


def test_early_5xx_is_retried_with_a_new_token():
    wizard = Wizard(TEN, broken_posts=3)
    passage(wizard)
    first = [fields["atl_token"] for action, fields in wizard.posts[:4]]
    assert len(set(first)) == 4


def test_5xx_for_ever_is_a_time_out():
    with pytest.raises(WaitTimedOut, match=r"step licence.*HTTP 500"):
        passage(Wizard(TEN, broken_posts=10**6), early=0.05)


def test_a_refused_licence_is_bad_input_at_once_and_does_not_show():
    wizard = Wizard(TEN, refuses="dosetuplicense")
    with pytest.raises(BadInput, match="Your license is not valid") as caught:
        passage(wizard)
    assert len(wizard.posts) == 1
    assert "secret" not in str(caught.value)


def test_no_licence_is_bad_input():
    with pytest.raises(BadInput, match="HARNESS_LICENCE_FILE"):
        passage(Wizard(TEN), SetupInput(ADMIN))


def test_the_same_form_again_is_bounded():
    wizard = Wizard(TEN, refuses="setupdata")
    with pytest.raises(DriverError, match=r"step content.*came back 6 times.*HTTP 200"):
        passage(wizard)
    assert len(wizard.posts) == 2 + 6


def test_the_next_step_comes_from_the_posts_answer():
    """On 10.2.13 a GET of / keeps leading to user management (section 2.3, rule 1)."""
    wizard = Wizard(TEN, root_leads_back_to="setupusermanagementchoice-start.action")
    assert passage(wizard)[-1] == "administrator"
    assert len(wizard.posts) == 5


def test_unknown_pages_are_bounded():
    with pytest.raises(WaitTimedOut, match=r"unknown page.*nowhere"):
        passage(Wizard(["nowhere.action"]), early=0.05)


def test_a_dead_container_ends_the_passage():
    ended = iter([None, None, "was killed: out of memory"])
    with pytest.raises(ServiceDied, match="out of memory"):
        set_up(
            BASE,
            WANTED,
            transport=httpx.MockTransport(Wizard(TEN, broken_posts=99)),
            alive=lambda: next(ended, "was killed: out of memory"),
            every=0.0,
        )


def test_a_licence_never_prints_itself():
    for text in (repr(LICENCE), str(LICENCE), f"{WANTED}"):
        assert "secret" not in text
        assert "AAAB" not in text
    assert "db-word" not in repr(WANTED)
    assert LICENCE.fingerprint == Licence("AAABsecret-licence ").fingerprint


def test_a_licence_is_found_in_a_file_or_a_variable(tmp_path):
    path = tmp_path / "licence"
    path.write_text(" AAAB-file \n")
    found = licence_from({"HARNESS_LICENCE": "AAAB-variable"}, path)
    assert found is not None
    assert found.reveal() == "AAAB-file"
    found = licence_from({"HARNESS_LICENCE_FILE": str(path)})
    assert found is not None
    assert found.reveal() == "AAAB-file"
    assert licence_from({"HARNESS_LICENCE": "AAAB"}) == Licence("AAAB")
    assert licence_from({}) is None
    with pytest.raises(BadInput, match="cannot be read"):
        licence_from({}, tmp_path / "missing")
    path.write_text("\n")
    with pytest.raises(BadInput, match="empty"):
        licence_from({}, path)
