"""Causes for which the server app's vendor is responsible."""

from harness.diagnosis.cause import DAC, SEED, Cause, Party

PARTY: Party = "server app"

_NO_LISTENER = (
    "context-not-started",
    "vendor-check-failed",
    "feature-flag-off",
    "cloud-key-null",
    "keys-do-not-match",
    "listener-not-exported",
    "package-not-wired",
    "bundle-not-active",
    "two-listeners",
    "app-not-needed",
    "no-consent",
    "app-not-installed-in-cloud",
    "core-migration-failed",
    "key-getter-threw",
    "app-disabled",
    "email-domain-not-trusted",
    "cloud-answered-errors",
    "connection-broke",
    "server-cannot-reach-cloud",
    "transfer-refused",
    "server-token-refused",
    "site-connection-expired",
    "transfer-cancelled",
    "not-in-the-model",
)

CAUSES = (
    Cause(
        "bundle-not-active",
        PARTY,
        "The server app is not running.",
        "UPM has it disabled or not at all, or its bundle is not ACTIVE, though its packages "
        "resolve.",
        "UPM has it enabled and the bundle is ACTIVE, or the listener was called.",
        "Enable the app under Manage apps; the application log says why its bundle did not start.",
        "https://confluence.atlassian.com/upm/",
        ("package-not-wired", "context-not-started", "app-disabled", "not-in-the-model"),
    ),
    Cause(
        "package-not-wired",
        PARTY,
        "A package that the server app imports is not wired to whoever exports it.",
        "The bundle has unresolved packages, the log has a NoClassDefFoundError or "
        "ClassNotFoundException of the listener library, or the listener implements another copy "
        "of the interface than the assistant's, or one of the app's own and was watched in vain.",
        "The bundle is resolved with one copy of the interface, or the listener was called.",
        "The current listener library is exported by the assistant at run time and needs no "
        "import instructions: take a plugin that imports com.atlassian.migration.app.* over to "
        "DiscoverableListener.",
        f"{DAC}/tutorials/migrating-osgi-to-discoverable-listener/",
    ),
    Cause(
        "listener-not-exported",
        PARTY,
        "The listener is there, but not as an OSGi service, so the assistant cannot see it.",
        "Its class is loaded and the bundle active, and no listener interface is among the "
        "services that the bundle registers.",
        "A listener service is registered, or the listener was called.",
        "Export the listener as an OSGi service: @ExportAsService with the Spring scanner's "
        "indexes, or registerService in an activator.",
        f"{DAC}/prepare-server-app-connect/",
        ("bundle-not-active", "package-not-wired", "context-not-started", "app-disabled"),
    ),
    Cause(
        "two-listeners",
        PARTY,
        "More than one listener answers for the same server app key.",
        "Two listener services return the same server key, or the log says so.",
        "One listener class of one class loader is loaded, or one bundle registers one.",
        "There is one listener per server app key; several server apps may feed one cloud app.",
        f"{DAC}/prepare-server-app-connect/",
    ),
    Cause(
        "cloud-key-null",
        PARTY,
        "The listener names no cloud app.",
        'getCloudAppKey() returned null, or the log says "Cloud app key is null for server app '
        'key ...". That the line is absent proves nothing.',
        "getCloudAppKey() returned a key, or a transfer with a cloud key was made.",
        "Return your cloud app's key from getCloudAppKey().",
        f"{DAC}/prepare-server-app-connect/",
    ),
    Cause(
        "key-getter-threw",
        PARTY,
        "A getter of the listener threw an exception, so the assistant does not learn its keys.",
        "The log has an exception with getCloudAppKey, getServerAppKey or getDataAccessScopes on "
        "its stack, and no transfer was made.",
        "A transfer was made, or the getters returned.",
        "Return constants from the getters: they are called before anything is migrated, on pages "
        "too.",
        f"{DAC}/prepare-server-app-connect/",
    ),
    Cause(
        "keys-do-not-match",
        PARTY,
        "The platform cannot link the server app to the cloud app: their keys do not match.",
        "The transfer was made without a link, or the listener's keys are not those of the pair.",
        "The transfer is linked. Unequal keys alone prove nothing: the seed's were unequal too.",
        "getCloudAppKey() and getServerAppKey() have to match your Marketplace entries; for a "
        "private or testing app they have to match each other. In a run, server.key and cloud.key "
        "of app.yaml stand for that entry: a wrong one there looks the same.",
        SEED,
    ),
    Cause(
        "listener-never-called",
        PARTY,
        "The listener is there and was not called.",
        "Its calls were watched since before the migration began, there was none, and the "
        "assistant's version does not look for listeners of its kind.",
        "A call was seen, or the server reported the listener as triggered.",
        "Ensure in the server that onStartAppMigration() is being called and visible via OSGi; "
        "for a test, GET /rest/migration/latest/app-migration/trigger/<planId> calls every "
        "listener (CCMA 3.4.8 and later). Assistants from before November "
        "2021 do not look for discoverable listeners.",
        SEED,
        _NO_LISTENER,
    ),
    Cause(
        "listener-threw",
        PARTY,
        "onStartAppMigration ended with an uncaught exception.",
        "The method was seen to be left by an exception, the server reported listener-errored, or "
        "the log has the exception with the method on its stack.",
        "Every call was seen to return.",
        "Catch the exception on the server and settle the transfer from the cloud app when it "
        "receives listener-errored (CCMA 3.3.7 and later); before, the row stays RUNNING for ever.",
        f"{DAC}/server-side-exceptions/",
        ("host-service-missing",),
    ),
    Cause(
        "listener-ended-by-error",
        PARTY,
        "onStartAppMigration ended with a java.lang.Error, such as OutOfMemoryError.",
        "The method was seen to be left by an Error, or the server reported listener-errored with "
        "one.",
        "Every call was seen to return, or ended with an exception.",
        "Give the JVM the memory that the app needs, or write the data in parts; settle the "
        "transfer from the cloud app when it receives listener-errored.",
        f"{DAC}/server-side-exceptions/",
        ("host-service-missing",),
    ),
    Cause(
        "listener-still-running",
        PARTY,
        "onStartAppMigration has not returned.",
        "A call was entered and not left at the last look, the transfer is not settled, and the "
        "thread's stack shows that it does not wait for the cloud.",
        "Every call was seen to end, or the transfer is settled.",
        "See on the thread's stack what it waits for; a long export may go on, but the row stays "
        "RUNNING until the cloud app settles the transfer.",
        f"{DAC}/prepare-server-app-connect/",
    ),
    Cause(
        "listener-swallowed-failure",
        PARTY,
        "The listener caught an exception in its own code and returned without uploading anything.",
        "An exception was caught in the app's own classes inside a call that returned, and no data "
        "arrived in the cloud.",
        "The calls were watched and nothing was caught in the app's own classes, or the transfer "
        "is settled.",
        "Let the exception leave onStartAppMigration: then the cloud app receives listener-errored "
        "and can settle the transfer (CCMA 3.3.7 and later).",
        f"{DAC}/server-side-exceptions/",
    ),
    Cause(
        "upload-not-closed",
        PARTY,
        "The listener began an upload and did not close it, so the cloud never has it whole.",
        "More uploads were begun than arrived or were refused, and the listener returned.",
        "Every upload that was begun arrived.",
        "Close the stream that createAppData() returns, best with try-with-resources: only then "
        "is app-data-uploaded sent.",
        f"{DAC}/app-data/",
        ("listener-swallowed-failure",),
    ),
    Cause(
        "upload-refused",
        PARTY,
        "The listener's upload is refused for what it asks.",
        "The last upload was answered 4xx, other than 401 and 429, while the transfer was under "
        "way.",
        "The last upload was taken, or there was none.",
        "Pass the transferId of this call of onStartAppMigration to createAppData(): it is new for "
        "each migration, listener and re-run.",
        f"{DAC}/app-data/",
    ),
    Cause(
        "nothing-uploaded",
        PARTY,
        "The listener returned without beginning an upload.",
        "Its calls returned, no upload was begun while it was watched, none arrived, and the "
        "transfer is not settled.",
        "Data arrived, an upload was begun, or the transfer is settled.",
        "Write the app's data to the stream of createAppData(), or settle the transfer from the "
        "cloud app without it.",
        f"{DAC}/app-data/",
        ("listener-swallowed-failure",),
    ),
    Cause(
        "context-not-started",
        PARTY,
        "The app's Spring context did not start, so none of its beans is there.",
        "UPM's task or the log says that the plugin container could not be started: a bean, a "
        "dependency or a file of the context, or the time that it took.",
        "UPM has the app enabled and its bundle is ACTIVE, or the listener was called.",
        "Mend the bean that the message names: its class has to be in the jar, what it needs has "
        "to be among the components or imports, and its constructor must neither throw nor wait.",
        "https://developer.atlassian.com/server/framework/atlassian-sdk/"
        "dependency-issues-during-plugin-initialisation/",
        ("package-not-wired", "not-in-the-model"),
    ),
    Cause(
        "vendor-check-failed",
        PARTY,
        "A check that the app itself brings failed before the migration.",
        "The log names the check that failed.",
        "A transfer was made: the checks let the plan through.",
        "Do what the check asks for, or mend the check: PreMigrationCheckRepository.executeCheck "
        "returned no success.",
        f"{DAC}/build-app-vendor-checks/",
    ),
    Cause(
        "forge-environment-differs",
        PARTY,
        "The listener names another environment than the one in which the Forge app is deployed, "
        "so nobody hears of its events.",
        "The journal has events that went to an environment in which the app is not deployed.",
        "An event was sent to the app.",
        "Deploy the Forge app to that environment and install it from there on the site, or return "
        "the deployed one from getForgeEnvironmentName(); left out, it is production.",
        f"{DAC}/events/",
        ("app-not-installed-in-cloud",),
    ),
)
