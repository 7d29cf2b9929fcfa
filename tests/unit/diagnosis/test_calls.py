"""Rules about calls to the cloud, and what keeps a cause from being blamed on another party."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from harness.diagnosis.data_evidence import DataRead, OnStandin, UploadsBegun
from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.evidence import (
    Evidence,
    ListenerFailed,
    LogLine,
    Origin,
    Plugin,
    ProgressPost,
    ServerCall,
)
from harness.diagnosis.facts import HOW_TO_LEARN, Facts
from harness.diagnosis.links import links
from harness.vocabulary.effects import Effect

UPLOAD = "POST /server/v1/transfers/{id}/data"
NOON = Origin("journal #1", None, datetime(2026, 11, 23, 12, tzinfo=UTC))
POLL = "GET /server/v1/migrations/{id}/progress"


def added(facts: Facts, *items: Evidence) -> Facts:
    """The facts, and what came after all of them."""
    last = max(item.origin.server for item in facts.items if item.origin.server)
    later = [
        replace(item, origin=Origin("later", None, last + timedelta(minutes=n + 1)))
        for n, item in enumerate(items)
    ]
    return Facts((*facts.items, *later), facts.sources)


def confidence(facts: Facts, cause: str) -> str:
    (found,) = [each for each in diagnose(facts) if each.cause == cause]
    return found.confidence


def proved(facts: Facts) -> set[str]:
    return {each.cause for each in diagnose(facts) if each.confidence == "proved"}


def test_only_the_last_call_of_a_kind_counts(story):
    told = added(story(), ServerCall(what=POLL, http=503), ServerCall(what=POLL, http=200))

    assert proved(told) == set()


def test_a_call_that_the_caller_did_not_go_on_with_is_no_error_of_the_cloud(story):
    call = ServerCall(what=UPLOAD, http=408, effect=Effect.CLIENT_TOO_SLOW)

    assert proved(added(story("upload-not-closed"), call)) == {"upload-not-closed"}


def test_a_listener_that_threw_for_its_upload_is_not_blamed(story):
    call = ServerCall(what=UPLOAD, http=503, effect=Effect.FAULT)
    told = added(story("listener-threw"), call)

    assert proved(told) == {"cloud-answered-errors"}


def test_what_a_mere_lookup_was_answered_breaks_nothing(story):
    assert proved(added(story(), ServerCall(what="GET /server/v1/apps/my-app", http=503))) == set()


@pytest.mark.parametrize(
    ("http", "effect", "cause"),
    [
        (401, Effect.BAD_SIGNATURE, "app-read-refused"),
        (403, Effect.FAULT, "app-read-failed"),
        (429, Effect.FAULT, "app-read-failed"),
        (0, Effect.FAULT, "connection-broke"),
    ],
)
def test_a_read_is_blamed_on_who_refused_it(story, http, effect, cause):
    read = DataRead(transfer="transfer-1", what="for app data", http=http, effect=effect)

    assert cause in proved(added(story("never-settled"), read))
    assert proved(added(story("never-settled"), read)) == {cause}


@pytest.mark.parametrize(
    ("http", "effect", "cause"),
    [
        (401, Effect.BAD_SIGNATURE, "progress-not-authorised"),
        (403, Effect.FAULT, "cloud-answered-errors"),
        (0, Effect.FAULT, "connection-broke"),
    ],
)
def test_a_post_is_blamed_on_who_refused_it(story, http, effect, cause):
    post = ProgressPost(transfer="transfer-1", http=http, effect=effect)

    assert proved(added(story("never-settled"), post)) == {cause}


def test_an_app_that_has_a_link_and_did_not_use_it_may_be_at_its_data_still(story):
    link = DataRead(transfer="transfer-1", what="for app data", http=200, is_link=True)

    assert confidence(added(story("never-settled"), link), "never-settled") == "unknown"


def test_an_upload_that_is_left_open_is_one_though_the_transfer_was_settled(story):
    told = story()
    items = tuple(
        replace(each, times=2) if isinstance(each, UploadsBegun) else each for each in told.items
    )

    assert proved(Facts(items, told.sources)) == {"upload-not-closed"}


def test_a_call_that_ended_after_the_last_look_does_not_run_still(story):
    line = LogLine(
        level="ERROR",
        message="Listener of charts failed",
        stack=("java.lang.StackOverflowError", "\tat x.Charts.onStartAppMigration(Charts.java:9)"),
    )
    told = added(story("listener-still-running"), line)

    assert proved(told) == {"listener-ended-by-error"}


def test_a_report_without_the_exceptions_class_does_not_tell_an_error_from_an_exception(story):
    told = added(story(), ListenerFailed(transfer="transfer-1", exception="an exception"))

    assert confidence(told, "listener-threw") == "excluded"
    assert "listener-threw" not in proved(told)


def test_a_getter_that_lacks_a_class_of_the_library_is_the_models_gap():
    line = LogLine(
        level="ERROR",
        message="Listener of Charts failed when it was asked for its keys",
        stack=(
            "java.lang.NoClassDefFoundError: com/atlassian/migration/app/SiteContainerV1",
            "\tat x.Charts.getCloudAppKey(Charts.java:9)",
        ),
    )
    told = Facts((OnStandin(), line), frozenset(HOW_TO_LEARN))

    assert "not-in-the-model" in proved(told)
    assert "key-getter-threw" not in proved(told)


def test_an_app_that_could_not_be_started_is_not_called_disabled():
    off = Plugin(key="my.app", enabled=False, installed=True)
    failed = LogLine(level="ERROR", message="Unable to start the plugin container for my.app")
    sources = frozenset(HOW_TO_LEARN)

    assert confidence(Facts((off,), sources), "app-disabled") == "proved"
    assert confidence(Facts((off, failed), sources), "app-disabled") == "excluded"
    assert confidence(Facts((off,), sources - {"server_log"}), "app-disabled") == "likely"


def test_a_server_whose_call_was_answered_can_reach_the_cloud():
    line = LogLine(level="ERROR", message="POST https://api.atlassian.com: ConnectException")
    answered = ServerCall(what="GET /server/v1/apps/my-app", http=200)
    sources = frozenset(HOW_TO_LEARN)

    assert confidence(Facts((line,), sources), "server-cannot-reach-cloud") == "proved"
    told = added(Facts((replace(answered, origin=NOON),), sources), line)
    assert confidence(told, "server-cannot-reach-cloud") == "excluded"
    assert confidence(told, "connection-broke") == "proved"


def test_what_threw_is_not_the_models_where_nothing_was_made_up(story):
    assert confidence(story("listener-threw"), "host-service-missing") == "excluded"


@pytest.mark.parametrize(
    ("name", "cause"),
    [("SiteContainerV1", "not-in-the-model"), ("ContainerV1", "package-not-wired")],
)
def test_a_class_that_only_the_stand_in_lacks_is_no_fault_of_the_apps_start(name, cause):
    error = f"java.lang.NoClassDefFoundError: com/atlassian/migration/app/{name}"
    refused = Plugin(key="my.app", enabled=False, error=error, installed=False)

    told = proved(Facts((OnStandin(), refused), frozenset(HOW_TO_LEARN)))
    assert told & {"not-in-the-model", "package-not-wired", "bundle-not-active"} == {cause}
    found = Facts((OnStandin(), refused), frozenset(HOW_TO_LEARN))
    broken = [link.name for link in links(found, diagnose(found)) if link.state == "broken"]
    assert broken == ["the server app runs"]


def test_a_class_of_the_library_is_not_called_missing_in_a_real_confluence():
    error = "java.lang.NoClassDefFoundError: com/atlassian/migration/app/SiteContainerV1"
    refused = Plugin(key="my.app", enabled=False, error=error, installed=False)

    assert "not-in-the-model" not in proved(Facts((refused,), frozenset(HOW_TO_LEARN)))
