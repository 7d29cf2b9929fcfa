"""Causes that lie in the set-up: flags, assessment, consent, installation, core migration."""

from harness.diagnosis.cause import DAC, FORUM, SUP, Cause, Party
from harness.vocabulary.features import FEATURE

PARTY: Party = "configuration"

CAUSES = (
    Cause(
        "feature-flag-off",
        PARTY,
        "App migration is switched off by its dark feature.",
        f'{FEATURE} reads back off, and the plan\'s page has no "App migration progress" block.',
        "The flag reads back on, or the page has the block.",
        f"Enable {FEATURE} on /admin/darkfeatures.action.",
        f"{FORUM}/testing-app-migration-platform-without-automated-pathway/45482",
    ),
    Cause(
        "app-disabled",
        PARTY,
        "The server app is installed and disabled.",
        "UPM has it installed and not enabled, without an error, and nothing in the log says that "
        "it could not be started.",
        "UPM has it enabled, or not at all, or says why it could not be started.",
        "Press Enable under Manage apps; Data Center leaves some apps disabled after their "
        "installation.",
        "https://confluence.atlassian.com/upm/about-the-universal-plugin-manager-305759439.html",
    ),
    Cause(
        "app-not-needed",
        PARTY,
        "The app is not marked Needed in cloud, so it is not part of the plan.",
        "The assessment says something else, dev mode is off, and no transfer was made.",
        "The assessment says needed, dev mode is on, or a transfer was made.",
        "Complete the app assessment and mark the app as Needed in cloud.",
        f"{SUP}/app-pre-migration-checks",
    ),
    Cause(
        "no-consent",
        PARTY,
        "Nobody agreed to the app's migration.",
        "Consent is not given, dev mode is off, and no transfer was made.",
        "Consent is given, dev mode is on, or a transfer was made.",
        "Prepare your apps > Agree to app migration: an admin consents to the access scopes.",
        f"{SUP}/app-pre-migration-checks",
    ),
    Cause(
        "email-domain-not-trusted",
        PARTY,
        "An email domain of the server's users is not trusted, so a plan with users fails.",
        "An admin has decided not to trust a domain, and the plan failed before it came to the "
        "apps.",
        "No domain is refused, or the server asked for the app migration.",
        "Review all email domains: mark each as trusted, or change the addresses of its users or "
        "remove them.",
        f"{SUP}/review-users-to-trust-email-domains/",
    ),
    Cause(
        "app-not-installed-in-cloud",
        PARTY,
        "The cloud app is not installed on the cloud site.",
        "The site says that the pair's cloud key is not installed.",
        "The site has it installed, or a webhook was delivered to it.",
        "Install the app on the cloud site before the migration.",
        f"{SUP}/app-pre-migration-checks",
    ),
    Cause(
        "core-migration-failed",
        PARTY,
        "The core migration did not get through, so apps are not notified.",
        "The plan is FAILED or STOPPED, and the server did not ask for the app migration.",
        "The server asked for the app migration, which comes after the core, or the plan ran to "
        "its end.",
        "Apps start when the core migration is successful or incomplete; see its errors first.",
        f"{SUP}/manage-and-view-the-details-of-confluence-migration-plans/",
        (
            "cloud-answered-errors",
            "server-cannot-reach-cloud",
            "email-domain-not-trusted",
            "connection-broke",
            "transfer-refused",
            "server-token-refused",
            "site-connection-expired",
            "key-getter-threw",
        ),
    ),
    Cause(
        "core-migration-incomplete",
        PARTY,
        "A part of the core migration failed: what was not migrated has no id in the cloud.",
        "The plan is INCOMPLETE, and the log says what of it could not be migrated.",
        "The plan ran to its end, or failed as a whole.",
        "See the core migration's errors and migrate what is missing. Apps start all the same: "
        "mappings of the missing part are not answered, and an app that leaves data out for that "
        "settles with INCOMPLETE.",
        f"{SUP}/manage-and-view-the-details-of-confluence-migration-plans/",
    ),
    Cause(
        "server-token-refused",
        PARTY,
        "The platform refuses the server's token.",
        "The last call of a kind was answered 401, and not because the site's connection is over.",
        "Calls were made, and the last of each kind was not answered 401.",
        "The server renews a token that has expired by itself: see in its log why that failed, "
        "POST /token first. A token that was revoked needs the site connected again.",
        f"{SUP}/troubleshoot-migration-with-confluence-migration-assistant/",
    ),
    Cause(
        "site-connection-expired",
        PARTY,
        "The connection of this server to the cloud site has expired.",
        "Calls were refused because the connection is over, and none was answered after them.",
        "A call was answered, and none was refused so after it.",
        "An administrator connects the cloud site again, on the Migration Assistant's home. The "
        "server cannot renew it by itself.",
        "https://confluence.atlassian.com/cloudkb/how-to-renew-authentication-token-for-the-cloud-"
        "migration-assistant-apps-ccma-jcma-1102610716.html",
    ),
    Cause(
        "transfer-cancelled",
        PARTY,
        "The migration was cancelled.",
        "The server asked to cancel the transfer, the platform settled it as CANCELLED, or the "
        "page says so.",
        "The journal has no such wish.",
        "Run the plan again. The app has an hour to settle after transfer-cancellation-requested.",
        f"{DAC}/transfer/",
    ),
)
