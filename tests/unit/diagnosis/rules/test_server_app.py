"""The server app: its bundle, its listener, and the listener's keys and calls."""

from datetime import timedelta

import pytest
from rule_evidence import (
    NOON,
    PAIR,
    TRANSFER,
    asked,
    at,
    bundle,
    call,
    learn,
    listener,
    log,
    made,
    plugin,
    ran,
)

from harness.diagnosis.data_evidence import OnStandin
from harness.diagnosis.evidence import (
    UNNAMED,
    AssistantVersion,
    ListenerFailed,
    MigrationMade,
    Origin,
    Triggered,
)
from harness.diagnosis.facts import NEW_TRANSFER
from harness.diagnosis.finding import excluded, likely, proved, unknown
from harness.diagnosis.link_names import LISTENER_THERE
from harness.diagnosis.rules import server_app
from harness.diagnosis.rules.container import MADE_UP
from harness.store.layout import JOURNAL, OSGI, PROBE, SERVER_LOG, UPM

SERVICE = "com.atlassian.migration.app.AppCloudMigrationListenerV1"
CALLED = Triggered(transfer=TRANSFER)
ENTRY = "\tat org.example.Listener.onStartAppMigration(Listener.java:9)"
WRONG, HEAP = "java.lang.IllegalStateException: no", "java.lang.OutOfMemoryError: Java heap space"
KEYS = ("charts-plugin", "charts")


def failed(exception: str):
    return log("Listener of charts failed", exception, ENTRY, level="ERROR")


def reported(exception: str) -> ListenerFailed:
    return ListenerFailed(transfer=TRANSFER, exception=exception)


def test_a_null_cloud_key_is_told_by_the_getter_and_by_the_log():
    cause, rule = "cloud-key-null", server_app.cloud_key_null
    null, named = listener(keys=("charts-plugin", None)), listener(keys=KEYS)
    line = log("Cloud app key is null for server app key charts-plugin")

    assert asked(rule, null, named, line) == proved(cause, null, line)
    assert asked(rule, line) == proved(cause, line)
    later = log("It said: Cloud app key is null for server app key charts-plugin")
    assert asked(rule, named, later, made()) == excluded(cause, named, made())
    assert asked(rule, made(cloud_key=None), made()) == excluded(cause, made())
    assert asked(rule, listener(), made(cloud_key=None)) == (
        unknown(cause, "what getCloudAppKey() returns: it was never called")
    )
    wanted = call(NEW_TRANSFER, 429)
    assert asked(rule, listener(), wanted) == excluded(cause, wanted)
    assert asked(rule, without=(PROBE,)) == unknown(cause, *learn(PROBE))


@pytest.mark.parametrize("getter", ["getCloudAppKey", "getServerAppKey", "getDataAccessScopes"])
def test_a_getter_that_threw_is_on_the_stack(getter):
    cause, rule = "key-getter-threw", server_app.key_getter_threw
    threw = log("It failed", WRONG, f"at org.example.Listener.{getter}(Listener.java:9)")

    assert asked(rule, log("Other", "at org.example.X.y()"), threw) == (
        proved(cause, threw, note=f"it was {getter}()")
    )
    second = log(
        "It failed", WRONG, "at A.getServerAppKey(A.java:1)", "at A.getCloudAppKey(A.java)"
    )
    assert asked(rule, second).note == "it was getCloudAppKey and getServerAppKey()"
    assert asked(rule, threw, CALLED) == excluded(cause, CALLED)
    assert asked(rule, threw, made(), made(is_rerun=True)) == excluded(cause, made(is_rerun=True))


def test_a_getter_that_threw_returned_no_key():
    cause, rule = "cloud-key-null", server_app.cloud_key_null
    threw = log("It failed", WRONG, "at org.example.Listener.getCloudAppKey(Listener.java:9)")

    assert asked(rule, log("x", "at y"), threw) == (
        excluded(cause, threw, note="a key getter threw instead")
    )
    assert asked(rule, threw, made()) == excluded(cause, made())


def test_a_getter_that_lacks_what_the_library_lacks_did_not_throw_of_itself():
    cause, rule = "key-getter-threw", server_app.key_getter_threw
    lacks = log(
        "It failed when it was asked for its keys",
        "java.lang.NoSuchMethodError: com.atlassian.X.y()",
        "at org.example.Listener.getCloudAppKey(Listener.java:9)",
    )

    assert asked(rule, lacks, listener(keys=KEYS)) == excluded(cause, listener(keys=KEYS))
    assert asked(rule, lacks, listener()) == unknown(cause, "its getters were not called")
    assert asked(rule, without=(SERVER_LOG, PROBE)) == unknown(cause, *learn(SERVER_LOG, PROBE))


def test_a_listener_is_exported_as_a_service_of_an_active_bundle():
    cause, rule = "listener-not-exported", server_app.listener_not_exported
    with_it, bare = bundle(services=("x", SERVICE)), bundle(services=("x",))
    down = bundle("INSTALLED", services=())

    assert asked(rule, bare, listener()) == proved(cause, bare, listener())
    assert asked(rule, bare) == likely(cause, bare)
    assert asked(rule, bare, without=(PROBE,)) == likely(cause, bare, missing=learn(PROBE))
    assert asked(rule, with_it, listener()) == excluded(cause, with_it)
    assert asked(rule, with_it, bare, listener()) == proved(cause, bare, listener())
    assert asked(rule, down, listener()) == (
        unknown(cause, "which services it registers once its bundle is active")
    )


def test_a_listener_that_was_found_is_exported():
    cause, rule = "listener-not-exported", server_app.listener_not_exported
    bare, last = bundle(services=()), made(is_rerun=True)

    assert asked(rule, bare, listener(), CALLED, made()) == excluded(cause, CALLED)
    assert asked(rule, bare, listener(), made(), last) == excluded(cause, last)
    for items in ((), (bundle(),)):
        assert asked(rule, *items) == unknown(cause, "which services the bundle registers")
    assert asked(rule, without=(OSGI,)) == unknown(cause, *learn(OSGI))


NOT_WIRED = "package-not-wired"


def test_a_package_that_is_missing_is_told_by_bundle_upm_and_log():
    rule = server_app.package_not_wired
    unmet = bundle("INSTALLED", unresolved=("com.example",))
    refused = plugin(enabled=False, error="missing requirement osgi.wiring.package")
    line = log("It failed", "NoClassDefFoundError: com/atlassian/migration/app/X")

    assert asked(rule, unmet, refused, line) == proved(NOT_WIRED, unmet, refused, line)
    assert asked(rule, line) == proved(NOT_WIRED, line)
    assert asked(rule, log("Unable to resolve charts")) == (
        proved(NOT_WIRED, log("Unable to resolve charts"))
    )
    assert asked(rule, line, CALLED) == excluded(NOT_WIRED, CALLED)


def own(**more):
    return listener(**{"interface_loaders": ("app#1",), **more})


def test_an_interface_of_the_apps_own_beside_the_assistants_is_another_type():
    rule = server_app.package_not_wired
    two, other = own(interface_copies=2), listener(interface_copies=2)

    assert asked(rule, other, two) == proved(
        NOT_WIRED, two, note="the assistant has another copy of the interface"
    )
    assert asked(rule, own()) == (
        likely(NOT_WIRED, own(), note="the app brings the interface itself")
    )
    for each in (other, own(by_name=True, interface_copies=2)):
        assert asked(rule, each) == excluded(NOT_WIRED, each)


def test_without_the_bundles_a_class_may_be_left_of_an_app_that_was_removed():
    two, same = own(interface_copies=2), listener(keys=KEYS)

    assert asked(server_app.package_not_wired, two, without=(OSGI,)) == (
        likely(NOT_WIRED, two, missing=learn(OSGI))
    )
    assert asked(server_app.two_listeners, same, same, without=(OSGI,)) == (
        likely("two-listeners", same, same, missing=learn(OSGI))
    )


BEGAN = MigrationMade(origin=at(1))


def test_an_interface_of_the_apps_own_is_why_its_listener_was_watched_in_vain():
    rule = server_app.package_not_wired
    watched, other = own(armed=NOON), listener(name="Other", armed=NOON)
    note = "the app brings the interface itself; it was not called"

    assert asked(rule, watched, BEGAN) == proved(NOT_WIRED, watched, BEGAN, note=note)
    assert asked(rule, watched, other, BEGAN) == (
        proved(NOT_WIRED, watched, BEGAN, other, note=note)
    )


def test_a_package_is_wired_where_the_app_runs():
    rule = server_app.package_not_wired
    off = (plugin(enabled=False), bundle("INSTALLED"))

    assert asked(rule, bundle(), listener(), plugin(), *off) == (
        excluded(NOT_WIRED, bundle(), listener(), plugin())
    )
    assert asked(rule, *off) == unknown(NOT_WIRED)
    sources = (OSGI, UPM, SERVER_LOG, PROBE)
    assert asked(rule, without=sources) == unknown(NOT_WIRED, *learn(*sources))


def test_a_bundle_is_not_active_by_upms_word_or_the_frameworks():
    cause, rule = "bundle-not-active", server_app.bundle_not_active
    off, down = plugin(enabled=False), bundle("INSTALLED")
    why = "why it is not running: there is no install error, and not all was read"

    assert asked(rule, off, down) == proved(cause, off, down)
    assert asked(rule, down) == proved(cause, down)
    assert asked(rule, off) == likely(cause, off, missing=(why,))
    for source in (OSGI, SERVER_LOG, UPM):
        found = asked(rule, off, *(() if source == OSGI else (down,)), without=(source,))
        assert (found.confidence, found.missing) == ("likely", (*learn(source), why))
    refused = plugin(enabled=False, error="no such class")
    assert asked(rule, refused, without=(OSGI, SERVER_LOG, UPM)) == proved(cause, refused)
    assert asked(rule, refused, OnStandin(), without=(SERVER_LOG,)) == (
        likely(cause, refused, missing=learn(SERVER_LOG))
    )
    assert asked(rule, refused, OnStandin()) == proved(cause, refused)


def test_a_bundle_is_active_where_nothing_says_otherwise():
    cause, rule = "bundle-not-active", server_app.bundle_not_active

    assert asked(rule, plugin(), bundle(), CALLED) == excluded(cause, plugin(), bundle(), CALLED)
    assert asked(rule, CALLED) == excluded(cause, CALLED)
    assert asked(rule, bundle()) == excluded(cause, bundle())
    assert asked(rule, without=(UPM, OSGI)) == unknown(cause, *learn(UPM, OSGI))


def test_two_listeners_answer_for_one_key():
    cause, rule = "two-listeners", server_app.two_listeners
    one, two = listener(keys=KEYS), listener(name="B", keys=KEYS)
    other, silent = listener(name="C", keys=("other", "charts")), listener(name="D")
    line = log("There is MORE than one listener for charts-plugin")

    assert asked(rule, line, one) == proved(cause, line)
    assert asked(rule, one, two, silent) == proved(cause, one, two, silent)
    assert asked(rule, one) == excluded(cause, one)
    open_ = "whether the listener classes answer for one key: not all were asked"
    assert asked(rule, one, other) == unknown(cause, open_)
    assert asked(rule, one, silent) == unknown(cause, open_)


def test_two_transfers_for_one_key_may_be_of_two_listeners():
    cause, rule = "two-listeners", server_app.two_listeners
    again, other = made(is_rerun=True), made(server_key="other")

    assert asked(rule, made(), made()) == likely(cause, made(), made())
    assert asked(rule, made(), made(), again, without=(PROBE,)) == (
        likely(cause, made(), made(), missing=learn(PROBE))
    )
    for transfers in ((made(), again), (made(), other), ()):
        assert asked(rule, *transfers) == unknown(cause, "no listener class was loaded")
    assert asked(rule, without=(PROBE,)) == unknown(cause, *learn(PROBE))


THREW = "listener-threw"
UPLOAD = call("POST /server/v1/transfers/{id}/data", 503)


def test_a_listener_threw_by_probe_server_and_log():
    rule = server_app.listener_threw
    threw, said, line = ran("threw", exception=WRONG), reported(WRONG), failed(WRONG)

    assert asked(rule, ran(), threw, said, line) == proved(THREW, threw, said, line)
    assert asked(rule, said) == proved(THREW, said)
    assert asked(rule, line) == proved(THREW, line)
    assert asked(rule, threw, without=(SERVER_LOG,)) == (
        likely(THREW, threw, missing=learn(SERVER_LOG))
    )


OWN = "at org.example.Listener.onStartAppMigration(Listener.java:9)"
CALLER = "at com.atlassian.migration.agent.Caller.call(Caller.java:62)"
UPLOADS = "at com.atlassian.migration.agent.Upload.close(Upload.java:50)"


@pytest.mark.parametrize(
    "frames", [(UPLOADS, OWN, CALLER), (OWN, CALLER, "Caused by: java.io.IOException", UPLOADS)]
)
def test_without_the_journal_an_exception_of_the_assistants_own_is_no_proof(frames):
    rule = server_app.listener_threw
    line, own = log("It failed", WRONG, *frames), log("It failed", WRONG, OWN, CALLER)
    cause = log("It failed", WRONG, OWN, CALLER, "Caused by: x", "at org.example.X.y(X.java:1)")

    assert asked(rule, line, without=(JOURNAL,)) == likely(THREW, line, missing=learn(JOURNAL))
    assert asked(rule, line) == proved(THREW, line)
    for told in (own, cause):
        assert asked(rule, told, without=(JOURNAL,)) == proved(THREW, told)


def test_what_a_listener_threw_may_be_anothers_fault():
    rule = server_app.listener_threw
    threw, line = ran("threw", exception=WRONG), failed(WRONG)
    made_up = log(f"It called Host.all: {MADE_UP} Host")
    lacks = ran("threw", exception="java.lang.NoSuchMethodError: com.atlassian.X.y()")

    missing = "whether what the stand-in made up is why it threw: that is no fault of the app"
    assert asked(rule, threw, made_up) == likely(THREW, threw, missing=(missing,))
    note = "it follows from its upload, which the cloud did not take"
    assert asked(rule, threw, UPLOAD) == excluded(THREW, UPLOAD, note=note)
    note = "what it lacks is missing in the stand-in's model"
    assert asked(rule, OnStandin(), lacks) == excluded(THREW, lacks, note=note)
    heap = ran("threw", exception=HEAP)
    assert asked(rule, heap, line) == excluded(THREW, heap, line, note="it ended with an Error")
    for more in ((), (UPLOAD,)):
        assert asked(rule, failed(HEAP), *more) == (
            excluded(THREW, failed(HEAP), note="it ended with an Error")
        )


def test_an_exception_without_a_name_proves_nothing_alone():
    rule = server_app.listener_threw
    unnamed = reported(UNNAMED)

    assert asked(rule, unnamed, ran()) == excluded(THREW, ran())
    threw = ran("threw", exception=WRONG)
    assert asked(rule, unnamed, threw) == proved(THREW, threw, unnamed)


def test_a_listener_did_not_throw_that_returned_or_runs():
    rule = server_app.listener_threw
    running = ran("running")

    assert asked(rule, ran(), ran(), UPLOAD) == excluded(THREW, ran(), ran())
    assert asked(rule, ran(), running) == excluded(THREW, ran(), running, note="it has not ended")
    assert asked(rule) == unknown(THREW, "the listener was not called")
    assert asked(rule, without=(PROBE,)) == unknown(THREW, *learn(PROBE))


NEVER = "listener-never-called"
NOTE = "its calls were watched, and there was none"


def watched(minutes: float = 1, **more):
    return listener(**{"armed": NOON + timedelta(minutes=minutes), **more})


@pytest.mark.parametrize(
    ("version", "by_name", "is_too_new"),
    [("3.1.7", True, True), ("3.1.8", True, False), ("3.1.7", False, False), (None, True, False)],
)
def test_a_listener_is_too_new_for_an_assistant_that_looks_for_services(
    version, by_name, is_too_new
):
    rule = server_app.listener_never_called
    assistant = (AssistantVersion(version=version),) if version else ()
    found = asked(rule, *assistant, BEGAN, watched(by_name=by_name))

    if is_too_new:
        assert found == proved(
            *(NEVER, BEGAN, *assistant, watched(by_name=by_name)),
            note=f"{NOTE}: it is too new",
            link=LISTENER_THERE,
        )
    else:
        assert found == likely(
            *(NEVER, BEGAN, watched(by_name=by_name)), note=NOTE, missing=("why it was not called",)
        )


def test_that_a_listener_was_not_called_takes_a_watch_from_before_the_migration():
    rule = server_app.listener_never_called
    late, unarmed = watched(1.1), listener()

    assert asked(rule, BEGAN, watched(), CALLED) == excluded(NEVER, CALLED)
    for each in (late, unarmed):
        assert asked(rule, BEGAN, each) == (
            unknown(NEVER, "no listener was watched from before the migration")
        )
    assert asked(rule, BEGAN, without=(PROBE,)) == unknown(NEVER, *learn(PROBE))
    undated = MigrationMade(origin=Origin("story"))
    assert asked(rule, undated, watched()).confidence == "unknown"
    open_ = "whether the migration began at all"
    assert asked(rule, watched()) == unknown(NEVER, open_)
    assert asked(rule, without=(JOURNAL,)) == unknown(NEVER, *learn(JOURNAL), open_)


MATCH = "keys-do-not-match"


def test_the_platform_links_keys_or_does_not():
    rule = server_app.keys_do_not_match
    unlinked, null = made(linked=False), made(linked=False, cloud_key=None)

    assert asked(rule, made(), unlinked, null) == proved(MATCH, unlinked)
    assert asked(rule, made(), null) == excluded(MATCH, made())


def test_where_the_platform_does_not_tell_the_listeners_keys_are_compared():
    rule = server_app.keys_do_not_match
    wrong, right = listener(keys=("charts-plugin", "tables")), listener(keys=KEYS)
    untold = made(linked=None, cloud_key="tables")
    open_ = "whether the platform linked the two: no transfer tells"

    assert asked(rule, PAIR, right, wrong) == proved(MATCH, wrong, PAIR)
    assert asked(rule, PAIR, untold) == proved(MATCH, untold, PAIR)
    other = listener(keys=("tables-plugin", "charts"))
    assert asked(rule, PAIR, other) == proved(MATCH, other, PAIR)
    assert asked(rule, wrong) == unknown(MATCH, open_)
    assert asked(rule, PAIR, right) == unknown(MATCH, open_)
    for keys in ((None, "tables"), ("charts-plugin", None), None):
        assert asked(rule, PAIR, listener(keys=keys)) == unknown(MATCH, "no keys were seen")
    assert asked(rule, without=(JOURNAL, PROBE)) == unknown(MATCH, *learn(JOURNAL, PROBE))
