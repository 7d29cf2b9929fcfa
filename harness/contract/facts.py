"""What the harness's drivers rely on: one fact for each thing that is asked of a Confluence.

Nothing is changed by asking. Each fact names its row of docs/fidelity.md, where its source stands
and how sure it is.
"""

from dataclasses import dataclass
from typing import Literal

from harness.contract.expectations import (
    Expectation,
    all_of,
    any_of,
    control,
    dated,
    feature_state,
    header,
    list_of,
    member,
    member_list,
    redirect_away_from,
    redirect_to,
    status,
    text,
    xsrf_token,
)
from harness.drivers.browser.migration_assistant import HOMES
from harness.drivers.confluence.upm import PLUGIN, ROOT, SAFE_MODE, resource_of
from harness.vocabulary.features import FEATURE

Who = Literal["nobody", "basic", "cookie", "admin"]
"""As whom a fact is asked: without a session, by Basic, by a cookie whose password was not
confirmed, or as an administrator in whichever way this Confluence allows."""

_INSTALLED = "application/vnd.atl.plugins.installed+json"
_SITE_PAGE = "/admin/darkfeatures.action"

# Rows that several facts have.
_STATUS = "/status: STARTING, FIRST_RUN, RUNNING, ERROR, STOPPING and their moves; 200"
_LOG_IN = "Legacy and two-step login forms, ids and members; tsv answer's shape"
_UPM = (
    "UPM token, 202 in textarea, pending poll, 303 to plugin, -key, 204 uninstall asynchronous, "
    "one task at a time (409)"
)
_DARK_FEATURES = (
    "Dark features: page and REST at site and user level, system by "
    "-Datlassian.darkfeature.KEY=true; union"
)


@dataclass(frozen=True)
class Claim:
    """One thing that is relied on.

    Attributes:
        id: its name, in reports.
        claim: what is relied on, in a sentence.
        row: the behaviour's row in docs/fidelity.md.
    """

    id: str
    claim: str
    row: str


@dataclass(frozen=True)
class Fact(Claim):
    """A claim that one request decides.

    Attributes:
        path: what is asked for by GET, below the base URL.
        expect: what the answer has to be like.
        who: as whom it is asked.
        accept: the media type that is asked for; None for the client's own.
        since: the assistant's version that has it; older ones are not asked.
    """

    path: str
    expect: Expectation
    who: Who = "admin"
    accept: str | None = None
    since: tuple[int, ...] = ()


FACTS = (
    Fact(
        "status",
        "/status says RUNNING to anybody",
        _STATUS,
        "/status",
        all_of(status(200), member("state", "RUNNING")),
        "nobody",
    ),
    Fact(
        "date",
        "an answer carries the server's own time",
        _STATUS,
        "/status",
        dated,
        "nobody",
    ),
    Fact(
        "heartbeat",
        "Synchrony's heartbeat answers OK",
        "Synchrony heartbeat body OK on 8091 and on 8090's /synchrony/heartbeat",
        "/synchrony/heartbeat",
        all_of(status(200), text("OK")),
        "nobody",
    ),
    Fact(
        "set-up-is-over",
        "after the set-up its pages lead away",
        "Before set-up pages redirect to /bootstrap/selectsetupstep.action, REST is 503; after it "
        "/setup/* redirects away",
        "/setup/setuplicense.action",
        redirect_away_from("/setup/"),
        "nobody",
    ),
    Fact(
        "log-in-form",
        "the log-in page has one of the two forms that are known",
        _LOG_IN,
        "/login.action",
        all_of(status(200), control("os_username", "username-field", "login-button")),
        "nobody",
    ),
    Fact(
        "nobody",
        "REST tells nobody from a user",
        "Bad REST input: 400, 404, 415 in JSON; pages without a stack trace; forms come back with "
        "200",
        "/rest/api/user/current",
        any_of(status(401, 403), member("type", "anonymous")),
        "nobody",
    ),
    Fact(
        "basic",
        "Basic lets an administrator in, or is closed with 401 or 403",
        "Basic open by default, 403 when off, force.allow re-opens",
        "/rest/api/user/current",
        any_of(status(401, 403), member("username")),
        "basic",
    ),
    Fact(
        "user",
        "REST names the session's user",
        _LOG_IN,
        "/rest/api/user/current",
        all_of(status(200), any_of(member("username"), member("userName"), member("name"))),
    ),
    Fact(
        "password-again",
        "an administrator's page is shown by cookie, or asks for the password again",
        "Websudo on admin pages and UPM by cookie, 10 min rolling, password.confirmation.disabled",
        _SITE_PAGE,
        any_of(status(200), redirect_to("/authenticate.action")),
        "cookie",
    ),
    Fact(
        "xsrf-token",
        "an administrator's page carries an atl_token",
        "XSRF: atl_token in forms; X-Atlassian-Token no-check spelled so; foreign Origin of a "
        "browser refused",
        _SITE_PAGE,
        xsrf_token,
    ),
    Fact(
        "access-tokens",
        "personal access tokens can be listed",
        "PAT: POST name, expirationDuration -> rawToken",
        "/rest/pat/latest/tokens",
        all_of(status(200), list_of("id", "name")),
    ),
    Fact(
        "upload-token",
        "UPM's root gives a token for uploads",
        _UPM,
        ROOT,
        all_of(status(200), header("upm-token")),
        accept=_INSTALLED,
    ),
    Fact(
        "installed-apps",
        "UPM lists the apps with key, version and state",
        _UPM,
        ROOT,
        member_list("plugins", "key", "version", "enabled", "userInstalled"),
        accept=_INSTALLED,
    ),
    Fact(
        "app-that-is-not-there",
        "UPM answers 404 for an app that is not installed",
        _UPM,
        resource_of("org.migrationharness.not-installed"),
        status(404),
        accept=PLUGIN,
    ),
    Fact(
        "safe-mode",
        "UPM says whether safe mode is on",
        "Safe mode, licence and module media types",
        f"{ROOT}safe-mode",
        all_of(status(200), member("enabled")),
        accept=SAFE_MODE,
    ),
    Fact(
        "dark-feature-page",
        "the site's dark features have a page with a form",
        _DARK_FEATURES,
        _SITE_PAGE,
        all_of(status(200), control("featureKey")),
    ),
    Fact(
        "dark-feature-rest",
        "REST says of the assistant's feature whether it is on",
        _DARK_FEATURES,
        f"/rest/feature/1/site/{FEATURE}",
        feature_state(FEATURE),
    ),
    Fact(
        "dark-feature-body",
        "that answer has the members key and enabled",
        'Body of GET /rest/feature/1/site/{key} is {"key","enabled"}; free-form keys are accepted',
        f"/rest/feature/1/site/{FEATURE}",
        all_of(member("key", FEATURE), member("enabled")),
    ),
    *(
        Fact(
            f"assistant-at-{number}",
            f"the assistant's home is served at {home}",
            "Two addresses of the assistant's home",
            home,
            status(200),
        )
        for number, home in enumerate(HOMES, 1)
    ),
    Fact(
        "progress",
        "the assistant's progress resource answers 404 for a plan that is not there",
        "Trigger and progress REST only on 3.9.6; each trigger makes new transfers; 409/400/502 "
        "answers",
        "/rest/migration/latest/app-migration/progress/no-such-plan",
        status(404),
        since=(3, 9, 6),
    ),
    Fact(
        "apps",
        "the assistant lists the apps and whether they have a cloud version",
        "GET /rest/migration/latest/app: hasCloudVersion, appStatus NO_APPS",
        "/rest/migration/latest/app",
        status(200),
    ),
    Fact(
        "email-domains",
        "the assistant lists the users' email domains",
        "Email domains: GET /rest/migration/latest/email/domains, PUT .../email/domain-rules; the "
        "scripted wizard goes on once each is decided about",
        "/rest/migration/latest/email/domains",
        all_of(status(200), member_list("availableDomains", "domainName")),
    ),
)
"""Every fact, in the order in which they are asked."""
