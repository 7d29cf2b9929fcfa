"""The set-up: flags, what UPM and the assessment say, the cloud app's installation, the core."""

import pytest
from rule_evidence import (
    PAIR,
    asked,
    bundle,
    call,
    learn,
    log,
    made,
    plugin,
    ran,
    sent,
    shown,
    site_app,
)

from harness.diagnosis.evidence import (
    AssessmentDecision,
    Consent,
    Flag,
    MigrationMade,
    PlanStatus,
    RefusedDomains,
)
from harness.diagnosis.facts import NEW_MIGRATION, PAGE
from harness.diagnosis.finding import excluded, likely, proved, unknown
from harness.diagnosis.rules.configuration import (
    app_disabled,
    app_not_installed,
    app_not_needed,
    core_migration_failed,
    core_migration_incomplete,
    email_domains_not_trusted,
    feature_flag_off,
    no_consent,
)
from harness.store.layout import JOURNAL, SERVER_LOG, SITE, UPM
from harness.vocabulary.features import DEV_MODE, FEATURE

ON, OFF = (Flag(key=FEATURE, on=on) for on in (True, False))
DEV = Flag(key=DEV_MODE, on=True)
FLAG, DISABLED, INSTALLED = "feature-flag-off", "app-disabled", "app-not-installed-in-cloud"
CORE = "core-migration-failed"
ABSENT = shown("ABSENT")


def test_a_flag_that_is_off_and_a_page_without_the_block_go_together():
    assert asked(feature_flag_off, OFF, ABSENT) == proved(FLAG, OFF, ABSENT)
    assert asked(feature_flag_off, OFF, without=(PAGE,)) == likely(FLAG, OFF, missing=learn(PAGE))
    assert asked(feature_flag_off, ON, ABSENT) == excluded(FLAG, ON)
    assert asked(feature_flag_off, ABSENT) == unknown(
        FLAG, f"whether {FEATURE} is on: read it back from the server"
    )


def test_a_flag_that_is_off_while_nearly_its_key_is_on():
    near = Flag(key="migration-assistant.app-migration.featrue", on=True)
    note = f"{near.key}, which is on, is not that key"
    other, switched_off = Flag(key="app.other", on=True), Flag(key=near.key, on=False)

    assert asked(feature_flag_off, near, OFF, ABSENT) == proved(FLAG, OFF, ABSENT, note=note)
    missing = learn(PAGE)
    found = asked(feature_flag_off, OFF, near, without=(PAGE,))
    assert found == likely(FLAG, OFF, note=note, missing=missing)
    assert asked(feature_flag_off, OFF, DEV, other, switched_off, ABSENT) == proved(
        FLAG, OFF, ABSENT
    )


def test_a_block_on_the_page_needs_the_flag():
    first, last = shown("READY"), shown("RUNNING", 0)

    assert asked(feature_flag_off, OFF, first, last, ABSENT) == excluded(FLAG, last)


DOMAIN = "email-domain-not-trusted"
REFUSED_ONE, REFUSED_NONE = (RefusedDomains(domains=each) for each in (("x.com",), ()))
FAILED_PLAN, FINISHED_PLAN = (PlanStatus(status=each) for each in ("FAILED", "FINISHED"))


def test_a_refused_domain_fails_a_plan_before_it_comes_to_the_apps():
    rule, began = email_domains_not_trusted, MigrationMade()

    assert asked(rule, REFUSED_ONE, FAILED_PLAN) == proved(DOMAIN, REFUSED_ONE, FAILED_PLAN)
    for plan in ((), (FINISHED_PLAN,)):
        assert asked(rule, REFUSED_ONE, *plan) == (
            likely(DOMAIN, REFUSED_ONE, missing=("whether the plan failed",))
        )
    assert asked(rule, REFUSED_ONE, FAILED_PLAN, began) == excluded(DOMAIN, began)
    assert asked(rule, REFUSED_NONE, FAILED_PLAN, began) == excluded(DOMAIN, REFUSED_NONE)
    assert asked(rule, FAILED_PLAN, without=(SITE,)) == unknown(DOMAIN, *learn(SITE))


def test_an_app_is_disabled_where_nothing_else_kept_it_from_starting():
    off = plugin(enabled=False, installed=True)
    note = "nothing says that it could not be started"

    assert asked(app_disabled, off) == proved(DISABLED, off, note=note)
    assert asked(app_disabled, off, without=(SERVER_LOG,)) == (
        likely(DISABLED, off, missing=learn(SERVER_LOG))
    )
    assert asked(app_disabled, off, ran()) == excluded(DISABLED, ran())


def test_an_app_that_could_not_be_started_is_not_called_disabled():
    off, failed = plugin(enabled=False, installed=True), log("Failed to start the plugin")
    refused = plugin(enabled=False, installed=True, error="no such class")
    note = "it could not be started"

    assert asked(app_disabled, refused, bundle()) == excluded(
        DISABLED, refused, bundle(), note=note
    )
    unmet = bundle("INSTALLED", unresolved=("com.example",))
    assert asked(app_disabled, off, unmet) == excluded(DISABLED, off, unmet, note=note)
    assert asked(app_disabled, off, log("Hello"), failed) == excluded(DISABLED, failed, note=note)


def test_an_app_that_is_on_or_not_there_is_not_disabled():
    gone = plugin(enabled=False, installed=False)

    assert asked(app_disabled, plugin(installed=True)) == (
        excluded(DISABLED, plugin(installed=True))
    )
    assert asked(app_disabled, gone) == excluded(DISABLED, gone)
    assert asked(app_disabled, without=(UPM,)) == unknown(DISABLED, *learn(UPM))


NEEDED, UNDECIDED = (AssessmentDecision(decision=each) for each in ("needed", "undecided"))
GIVEN, REFUSED = (Consent(given=each) for each in (True, False))


@pytest.mark.parametrize(
    ("rule", "cause", "passed", "failed"),
    [
        (app_not_needed, "app-not-needed", NEEDED, UNDECIDED),
        (no_consent, "no-consent", GIVEN, REFUSED),
    ],
)
def test_what_is_asked_before_a_run_is_not_asked_in_dev_mode(rule, cause, passed, failed):
    assert asked(rule, passed) == excluded(cause, passed)
    assert asked(rule, passed, failed) == proved(cause, failed)
    assert asked(rule, failed, made()) == excluded(cause, made())
    note = "dev mode does not ask for it"
    assert asked(rule, failed, DEV, made()) == excluded(cause, DEV, note=note)
    assert asked(rule, without=(SITE,)) == unknown(cause, *learn(SITE))


def test_the_pairs_cloud_app_is_installed_or_not():
    gone = site_app(installed=False)

    assert asked(app_not_installed, PAIR, site_app(), gone) == proved(INSTALLED, gone)
    assert asked(app_not_installed, PAIR, gone, site_app()) == excluded(INSTALLED, site_app())
    heard = sent("listener-triggered")
    assert asked(app_not_installed, gone, heard) == excluded(INSTALLED, heard)


def test_of_a_listeners_mistaken_key_the_site_says_nothing():
    astray = made(linked=False)
    missing = "the pair's cloud key: the listener's is not linked to the server's"
    gone = site_app(installed=False)

    assert asked(app_not_installed, made(), astray, gone) == unknown(INSTALLED, missing)
    assert asked(app_not_installed, PAIR, astray, gone) == proved(INSTALLED, gone)
    assert asked(app_not_installed, made(), made(linked=None), gone) == proved(INSTALLED, gone)
    assert asked(app_not_installed) == unknown(INSTALLED, "nobody asked the site")
    assert asked(app_not_installed, without=(SITE, JOURNAL)) == (
        unknown(INSTALLED, *learn(SITE, JOURNAL))
    )


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("FAILED", proved),
        ("STOPPED", proved),
        ("FINISHED", excluded),
        ("INCOMPLETE", excluded),
    ],
)
def test_the_core_ends_as_the_plan_does(status, says):
    plan = PlanStatus(status=status)

    assert asked(core_migration_failed, plan) == says(CORE, plan)
    assert asked(core_migration_failed, plan, made()) == excluded(CORE, made())


@pytest.mark.parametrize("status", ["FAILED", "STOPPED"])
def test_without_the_journal_a_plan_may_have_failed_behind_its_core(status):
    plan = PlanStatus(status=status)

    assert asked(core_migration_failed, plan, without=(JOURNAL,)) == (
        likely(CORE, plan, missing=learn(JOURNAL))
    )


def test_a_part_of_the_core_that_failed_is_told_by_the_plan_and_the_log():
    cause, rule = "core-migration-incomplete", core_migration_incomplete
    plan, other = PlanStatus(status="INCOMPLETE"), log("Something else could not be migrated")
    said = log("Core migration of plan 7: Attachments could not be migrated")

    assert asked(rule, plan, other, said) == proved(cause, plan, said)
    assert asked(rule, plan, other) == likely(
        cause, plan, missing=("which part of the plan failed",)
    )
    assert asked(rule, plan, without=(SERVER_LOG,)) == (
        likely(cause, plan, missing=learn(SERVER_LOG))
    )
    for status in ("FINISHED", "FAILED"):
        whole = PlanStatus(status=status)
        assert asked(rule, whole, said) == excluded(cause, whole)
    for status in ("RUNNING", "STOPPED"):
        missing = f"how the plan ends: it is {status}"
        assert asked(rule, PlanStatus(status=status), said) == unknown(cause, missing)
    assert asked(rule, said) == unknown(cause, "the plan's status on the dashboard")


def test_the_core_comes_before_the_apps():
    plan, began = PlanStatus(status="FAILED"), call(NEW_MIGRATION)

    assert asked(core_migration_failed, plan, call("GET /x"), began) == excluded(
        CORE, began, note="the core comes first: it was over by then"
    )
    assert asked(core_migration_failed) == unknown(CORE, "the plan's status on the dashboard")
    running = PlanStatus(status="RUNNING")
    assert asked(core_migration_failed, running) == unknown(
        CORE, "how the plan ends: it is RUNNING"
    )
