"""Each cause is proved by the evidence that has it, and by no other; several are all found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from harness.diagnosis.causes import BY_ID, CATALOGUE
from harness.diagnosis.diagnose import RULES, diagnose
from harness.diagnosis.evidence import (
    AppUnderTest,
    ConnectApp,
    Evidence,
    Flag,
    ListenerClass,
    LogLine,
    MigrationMade,
    Origin,
    ProgressPost,
    RestRow,
    RowBesideRest,
    RowShown,
    ServerCall,
)
from harness.diagnosis.facts import HOW_TO_LEARN, Facts
from harness.diagnosis.finding import Finding
from harness.store.layout import OSGI

EVERY_CAUSE = [cause.id for cause in CATALOGUE]

VISIBLE_BEFORE_A_RUN = [
    "feature-flag-off",
    "app-not-needed",
    "no-consent",
    "bundle-not-active",
    "package-not-wired",
    "app-not-installed-in-cloud",
    "webhook-not-registered",
    "core-migration-failed",
    "cloud-key-null",
]
VISIBLE_IN_A_RUN = [
    "dev-mode-row-not-updated",
    "two-listeners",
    "listener-threw",
    "outdated-keys",
    "unknown-status",
    "percent-fell",
    "posted-to-another-transfer",
    "cloud-answered-errors",
]


def by_confidence(facts: Facts, confidence: str) -> set[str]:
    return {each.cause for each in diagnose(facts) if each.confidence == confidence}


def finding(facts: Facts, cause: str) -> Finding:
    return next(each for each in diagnose(facts) if each.cause == cause)


def without(facts: Facts, *kinds: type[Evidence], source: str = "") -> Facts:
    kept = tuple(item for item in facts.items if not isinstance(item, kinds))
    return Facts(kept, facts.sources - {source})


def test_there_is_one_rule_for_each_cause():
    assert set(RULES) == set(EVERY_CAUSE)
    assert len(BY_ID) == len(CATALOGUE)
    assert {each for cause in CATALOGUE for each in cause.follows_from} <= set(BY_ID)


def test_a_run_without_faults_has_no_cause(story):
    facts = story()

    assert by_confidence(facts, "proved") == set()
    assert by_confidence(facts, "likely") == set()


@pytest.mark.parametrize("cause", EVERY_CAUSE)
def test_each_cause_alone_is_proved_and_no_other(story, cause):
    facts = story(cause)

    assert by_confidence(facts, "proved") == {cause}
    assert by_confidence(facts, "likely") == set()
    assert finding(facts, cause).evidence


@pytest.mark.parametrize("cause", EVERY_CAUSE)
def test_each_cause_is_not_proved_when_nothing_is_known(cause):
    nothing = RULES[cause](Facts((), frozenset()))

    assert nothing.confidence == "unknown"
    assert nothing.missing


@pytest.mark.parametrize("cause", EVERY_CAUSE)
def test_no_cause_is_proved_by_sources_that_say_nothing(cause):
    assert RULES[cause](Facts((), frozenset(HOW_TO_LEARN))).confidence == "unknown"


CANNOT_MEET = {
    # A class of a bundle that does not start is never loaded, so its getters cannot be asked.
    ("bundle-not-active", "cloud-key-null"),
    ("package-not-wired", "cloud-key-null"),
}


def pairs(causes: list[str]) -> list[tuple[str, str]]:
    return [
        (one, other)
        for one, other in combinations(causes, 2)
        if one not in BY_ID[other].follows_from
        and other not in BY_ID[one].follows_from
        and (one, other) not in CANNOT_MEET
    ]


@pytest.mark.parametrize(
    "pair", pairs(VISIBLE_BEFORE_A_RUN) + pairs(VISIBLE_IN_A_RUN), ids="+".join
)
def test_two_causes_together_are_both_found(story, pair):
    facts = story(*pair)

    assert by_confidence(facts, "proved") == set(pair)


@pytest.mark.parametrize(
    ("root", "consequence"),
    [
        ("package-not-wired", "bundle-not-active"),
        ("bundle-not-active", "listener-not-exported"),
        ("webhook-not-registered", "cloud-app-never-posted"),
        ("webhook-never-acknowledged", "cloud-app-never-posted"),
        ("listener-not-exported", "listener-never-called"),
        ("listener-threw", "never-settled"),
    ],
)
def test_what_follows_is_not_named_beside_its_root(story, root, consequence):
    found = finding(story(root, consequence), consequence)

    assert found.confidence in ("excluded", "unknown")
    assert finding(story(root, consequence), root).confidence == "proved"


@pytest.mark.parametrize("poll", ["cloud-answered-errors", "connection-broke"])
@pytest.mark.parametrize("app", ["never-settled", "cloud-app-never-posted"])
def test_a_poll_that_fails_hides_nothing_that_the_cloud_app_does(story, poll, app):
    assert by_confidence(story(poll, app), "proved") == {poll, app}


def test_the_seed_thread(story):
    """Dev mode on, 3.1.7: posts got 200, the listener ran, the log line is absent, READY."""
    facts = story("dev-mode-row-not-updated")
    found = finding(facts, "dev-mode-row-not-updated")

    assert found.confidence == "proved"
    assert [type(each).__name__ for each in found.evidence] == [
        "Flag",
        "AssistantVersion",
        "Triggered",
        "ProgressPost",
        "ServerCall",
        "RowShown",
    ]
    excluded = by_confidence(facts, "excluded")
    assert {"keys-do-not-match", "listener-not-exported", "cloud-app-never-posted"} <= excluded
    assert {"app-not-needed", "app-not-installed-in-cloud", "cloud-key-null"} <= excluded


def test_the_seed_thread_with_dev_mode_off(story):
    facts = story()

    assert finding(facts, "dev-mode-row-not-updated").confidence == "excluded"
    assert facts.row is not None
    assert (facts.row.status, facts.row.percent) == ("COMPLETE", 100)


@pytest.mark.parametrize(
    ("version", "confidence"),
    [("3.1.7", "proved"), ("3.4.14", "likely"), ("3.9.6", "excluded"), ("3.12.0", "excluded")],
)
def test_the_dev_mode_defect_is_bound_to_versions(story, version, confidence):
    facts = story("dev-mode-row-not-updated")
    items = tuple(
        replace(item, version=version) if item is facts.version else item for item in facts.items
    )

    assert finding(Facts(items, facts.sources), "dev-mode-row-not-updated").confidence == confidence


def test_a_row_that_moved_on_is_not_the_dev_mode_defect(story):
    facts = story("dev-mode-row-not-updated")
    items = tuple(
        replace(item, status="RUNNING", percent=0) if isinstance(item, RowShown) else item
        for item in facts.items
    )

    assert finding(Facts(items, facts.sources), "dev-mode-row-not-updated").confidence == "excluded"


def test_without_a_poll_the_dev_mode_defect_is_likely_only(story):
    facts = without(story("dev-mode-row-not-updated"), ServerCall)

    assert finding(facts, "dev-mode-row-not-updated").confidence == "likely"


def test_a_missing_journal_proves_nothing_about_posts(story):
    facts = without(story("cloud-app-never-posted"), ProgressPost, source="journal")
    found = finding(facts, "cloud-app-never-posted")

    assert found.confidence == "unknown"
    assert "journal" in found.missing[0]


def with_its_own_copy(**more: object) -> ListenerClass:
    return ListenerClass(
        name="org.example.Listener",
        loader="a#1",
        interface_loaders=("a#1",),
        interface_copies=2,
        armed=None,
        **more,
    )


@pytest.mark.parametrize(("by_name", "confidence"), [(False, "proved"), (True, "excluded")])
def test_a_copy_of_the_interface_of_its_own_breaks_only_what_is_not_found_by_name(
    by_name, confidence
):
    own = with_its_own_copy(by_name=by_name)

    assert finding(Facts((own,), frozenset({OSGI})), "package-not-wired").confidence == confidence


def test_without_the_bundles_a_copy_of_the_interface_may_be_a_removed_apps():
    own = with_its_own_copy()

    assert finding(Facts((own,), frozenset()), "package-not-wired").confidence == "likely"


def test_the_apps_own_interface_is_enough_once_its_calls_were_watched_in_vain():
    """The assistant loads no copy of its own as long as it finds no listener."""
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    own = ListenerClass(
        origin=Origin("probe"),
        name="org.example.Listener",
        loader="a#1",
        interface_loaders=("a#1",),
        interface_copies=1,
        armed=noon,
    )
    began = MigrationMade(origin=Origin("journal", wall=noon + timedelta(seconds=1)))

    def judged(*items):
        return {
            each.cause: each.confidence
            for each in diagnose(Facts(items, frozenset({"journal", "probe", OSGI})))
        }

    assert judged(own)["package-not-wired"] == "likely"
    assert judged(own, began)["package-not-wired"] == "proved"
    assert judged(own, began)["listener-never-called"] == "excluded"


def test_unequal_keys_alone_prove_nothing():
    asked = ListenerClass(
        name="org.example.Listener",
        loader="a",
        interface_loaders=("b",),
        interface_copies=1,
        armed=None,
        keys=("tableau-plugin", "tableau-for-confluence"),
    )

    assert finding(Facts((asked,), frozenset()), "keys-do-not-match").confidence == "unknown"


def test_another_apps_webhook_is_no_webhook_of_the_pair():
    pair = AppUnderTest(server_key="charts-plugin", cloud_key="charts")
    own = ConnectApp(key="charts", installed=True, webhook=None)
    other = ConnectApp(key="tables", installed=True, webhook="https://tables/webhook")
    facts = Facts((pair, own, other), frozenset({"site"}))

    assert finding(facts, "webhook-not-registered").confidence == "proved"
    assert finding(facts, "app-not-installed-in-cloud").confidence == "excluded"


def test_an_absent_log_line_excludes_nothing():
    facts = Facts((LogLine(level="WARN", message="something else"),), frozenset({"server_log"}))

    assert finding(facts, "cloud-key-null").confidence == "unknown"


def test_the_log_line_alone_proves_a_null_key():
    line = LogLine(level="WARN", message="Cloud app key is null for server app key charts-plugin")

    assert finding(Facts((line,), frozenset()), "cloud-key-null").confidence == "proved"


def test_a_user_level_flag_is_not_taken_for_the_sites():
    flag = Flag(key="migration-assistant.app-migration.feature", on=True, level="user")

    assert finding(Facts((flag,), frozenset()), "feature-flag-off").confidence == "unknown"


def test_a_poll_that_is_not_due_says_when_the_next_is(story):
    assert "12:11:00" in finding(story("poll-not-due"), "poll-not-due").note


def test_a_poll_that_is_overdue_is_not_called_not_due(story):
    facts = story("poll-not-due")
    row = facts.row
    assert row is not None
    assert row.until is not None
    late = replace(row, until=row.until.replace(hour=13))
    items = tuple(late if isinstance(item, RowShown) else item for item in facts.items)

    assert finding(Facts(items, facts.sources), "poll-not-due").confidence == "excluded"


@pytest.mark.parametrize(("shown", "confidence"), [("RUNNING", "proved"), ("COMPLETE", "excluded")])
def test_a_page_loaded_anew_between_two_answers_of_the_rest_decides_whether_it_is_stale(
    shown, confidence
):
    items = (
        RowShown(status="RUNNING", percent=0),
        RestRow(status="SUCCESS", percent=100),
        RowBesideRest(status=shown, percent=100 if shown == "COMPLETE" else 0),
    )

    assert finding(Facts(items, frozenset()), "browser-stale").confidence == confidence
