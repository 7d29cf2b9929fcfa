"""Stories: a whole run's evidence, with the named faults in it and everything else as it should be.

A story is told in order, and a fault that stops the run stops the story, so that each set of
evidence is one that a run could have left.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from harness.diagnosis.data_evidence import (
    CancelAsked,
    DataRead,
    DataUploaded,
    OnStandin,
    UploadsBegun,
)
from harness.diagnosis.evidence import (
    AppUnderTest,
    AssessmentDecision,
    AssistantVersion,
    Bundle,
    ConnectApp,
    Consent,
    Delivery,
    EndedByPlatform,
    Evidence,
    Flag,
    ListenerCall,
    ListenerClass,
    ListenerFailed,
    LogLine,
    MigrationMade,
    Origin,
    PageUnread,
    PlanStatus,
    Plugin,
    ProgressPost,
    RefusedDomains,
    RestRow,
    RowShown,
    SentElsewhere,
    ServerCall,
    TransferMade,
    Triggered,
    UnknownAddress,
)
from harness.diagnosis.facts import HOW_TO_LEARN, Facts
from harness.vocabulary.effects import Effect
from harness.vocabulary.features import DEV_MODE, FEATURE

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TRANSFER, OTHER = "transfer-1", "transfer-of-another"
SERVER_KEY, CLOUD_KEY = "charts-plugin", "charts-for-confluence"
SERVICE = "com.atlassian.migration.app.AppCloudMigrationListenerV1"
TRANSFERS = "POST /server/v1/migrations/{id}/transfers"
UPLOAD = "POST /server/v1/transfers/{id}/data"
POLL = "GET /server/v1/migrations/{id}/progress"

STOPS_BEFORE_THE_MIGRATION = {"server-cannot-reach-cloud", "site-connection-expired"}
NO_TRANSFER = {
    "app-disabled",
    "key-getter-threw",
    "feature-flag-off",
    "app-not-needed",
    "no-consent",
    "bundle-not-active",
    "context-not-started",
    "vendor-check-failed",
    "package-not-wired",
    "listener-not-exported",
    "listener-never-called",
    "cloud-key-null",
    "core-migration-failed",
    "email-domain-not-trusted",
}
REFUSED = {"transfer-refused", "server-token-refused"}
NOT_LINKED = {"keys-do-not-match"}
HAS_NO_ADDRESS = {"webhook-not-registered", "app-not-installed-in-cloud"}
HEARS_NOTHING = {
    *HAS_NO_ADDRESS,
    "webhook-never-acknowledged",
    "forge-environment-differs",
}


class Story:
    """Collects evidence minute by minute."""

    def __init__(self, faults: set[str]) -> None:
        self.faults = faults
        self.items: list[Evidence] = []

    def at(self, minutes: float) -> Origin:
        when = NOON + timedelta(minutes=minutes)
        return Origin("story", when, when)

    def has(self, *faults: str) -> bool:
        return not self.faults.isdisjoint(faults)

    def tell(self) -> Facts:
        self._settings()
        self._server_app()
        if self.has("site-connection-expired"):
            self._call("GET /server/v1/connection", 1, 401, effect=Effect.CONNECTION_EXPIRED)
            self._row("READY", None)
        elif self.has("server-cannot-reach-cloud"):
            self._log("could not be sent: java.net.ConnectException to api.atlassian.com")
            self._row("READY", None)
        else:
            self._run()
        return Facts(tuple(self.items), frozenset(HOW_TO_LEARN))

    def _settings(self) -> None:
        dev_mode = self.has("dev-mode-row-not-updated")
        is_old = dev_mode or self.has("listener-never-called")
        add = self.items.append
        add(Flag(origin=self.at(0), key=FEATURE, on=not self.has("feature-flag-off")))
        add(Flag(origin=self.at(0), key=DEV_MODE, on=dev_mode))
        add(AssistantVersion(origin=self.at(0), version="3.1.7" if is_old else "3.9.6"))
        add(AppUnderTest(origin=self.at(0), server_key=SERVER_KEY, cloud_key=CLOUD_KEY))
        add(
            AssessmentDecision(
                origin=self.at(0), decision=self._unless("app-not-needed", "needed", "undecided")
            )
        )
        refused = ("example.org",) if self.has("email-domain-not-trusted") else ()
        add(RefusedDomains(origin=self.at(0), domains=refused))
        add(Consent(origin=self.at(0), given=not self.has("no-consent")))
        add(
            ConnectApp(
                origin=self.at(0),
                key=CLOUD_KEY,
                installed=not self.has("app-not-installed-in-cloud"),
                webhook=self._unless("webhook-not-registered", "/migration-webhook", None),
            )
        )

    def _server_app(self) -> None:
        disabled = self.has("app-disabled")
        down = disabled or self.has("bundle-not-active", "package-not-wired", "context-not-started")
        if self.has("key-getter-threw"):
            frame = "\tat org.example.ChartsListener.getCloudAppKey(ChartsListener.java:9)"
            self._log("App migration failed", ("java.lang.IllegalStateException", frame))
        missing = ("com.example.missing",) if self.has("package-not-wired") else ()
        exported = not down and not self.has("listener-not-exported")
        if self.has("context-not-started"):
            self._log("Unable to start the plugin container for plugin 'org.example.charts'")
        if self.has("vendor-check-failed"):
            self._log("App vendor check failed: Charts: Charts are too old")
        self.items += [
            Plugin(
                origin=self.at(0),
                key="org.example.charts",
                enabled=not down,
                installed=not down or disabled,
            ),
            Bundle(
                origin=self.at(0),
                name="org.example.charts",
                state="INSTALLED" if down else "ACTIVE",
                unresolved=missing,
                services=(SERVICE,) if exported else (),
            ),
        ]
        if not down:
            self._listener_class("loader#1")
        if self.has("two-listeners"):
            self._listener_class("loader#2")
            self._log("More than one listener for server app key charts-plugin")

    def _listener_class(self, loader: str) -> None:
        wrong = self.has("keys-do-not-match")
        cloud = self._unless("cloud-key-null", "charts" if wrong else CLOUD_KEY, None)
        called = not self.has(*NO_TRANSFER, *NOT_LINKED, *REFUSED, *STOPS_BEFORE_THE_MIGRATION)
        asked = called or self.has("cloud-key-null", "keys-do-not-match")
        self.items.append(
            ListenerClass(
                origin=self.at(0),
                name="org.example.ChartsListener",
                loader=loader,
                interface_loaders=("assistant#9",),
                interface_copies=1,
                armed=NOON,
                by_name=self.has("listener-never-called"),
                keys=(SERVER_KEY, cloud) if asked else None,
            )
        )

    def _run(self) -> None:
        failed = self.has("core-migration-failed", "email-domain-not-trusted")
        if not failed:
            self.items.append(MigrationMade(origin=self.at(1)))
            self._call("POST /server/v1/migrations", 1)
        failed = failed or self.has(*REFUSED)  # a plan without an app migration fails, too
        ends = self._unless("core-migration-incomplete", "FINISHED", "INCOMPLETE")
        self.items.append(PlanStatus(origin=self.at(1), status="FAILED" if failed else ends))
        if self.has("core-migration-incomplete"):
            self._log("Core migration of plan 7: Attachments could not be migrated")
        if self.has(*NO_TRANSFER):
            self._row("ABSENT" if self.has("feature-flag-off") else "READY", None)
            return
        if self.has(*REFUSED):
            self._call(TRANSFERS, 1, http=429 if self.has("transfer-refused") else 401)
            self._row("READY", None)
            return
        linked = not self.has(*NOT_LINKED)
        cloud = "charts" if self.has("keys-do-not-match") else CLOUD_KEY
        self._call(TRANSFERS, 1, http=201)
        self.items.append(
            TransferMade(
                origin=self.at(1),
                transfer=TRANSFER,
                server_key=SERVER_KEY,
                cloud_key=cloud,
                linked=linked,
            )
        )
        if not linked:
            self._row("READY", None)
            return
        self.items.append(Triggered(origin=self.at(2), transfer=TRANSFER))
        has_data = self._listener()
        if self.has("transfer-cancelled"):
            self.items.append(CancelAsked(origin=self.at(2.05), transfer=TRANSFER))
        can_read = has_data and self._hears_of_data()
        if not self.has(*HEARS_NOTHING):
            self._posts(can_read and self._reads())
        self._polls_and_row()

    def _listener(self) -> bool:
        """Calls the listener; whether its data arrives in the cloud."""
        ends = {
            "not-in-the-model": ("threw", "java.lang.NoSuchMethodError: com.atlassian.X.y()"),
            "listener-ended-by-error": ("threw", "java.lang.OutOfMemoryError: Java heap space"),
            "host-service-missing": ("threw", "java.lang.NullPointerException"),
            "listener-threw": ("threw", "java.lang.IllegalStateException: no spaces"),
            "listener-still-running": ("running", None),
        }
        outcome, exception = next(
            (end for fault, end in ends.items() if self.has(fault)), ("returned", None)
        )
        if self.has("host-service-missing"):
            self._log(
                "Listener of charts failed in the method that called com.example.Host.all(), which "
                "answered with an empty value: the stand-in does not have com.example.Host"
            )
        swallowed = self.has("listener-swallowed-failure")
        self.items += [
            OnStandin(origin=self.at(2)),
            ListenerCall(
                origin=self.at(2),
                listener="org.example.ChartsListener",
                method="onStartAppMigration",
                outcome=outcome,
                exception=exception,
                caught=("java.io.IOException in org.example.ChartsListener",) if swallowed else (),
                stack=("java.lang.Object.wait", "org.example.X.y") if outcome == "running" else (),
            ),
        ]
        if outcome == "threw":
            failed = ListenerFailed(
                origin=self.at(2), transfer=TRANSFER, exception=str(exception).split(":")[0]
            )
            self.items.append(failed)
            where = ("\tat org.example.ChartsListener.onStartAppMigration(Charts.java:9)",)
            self._log("Listener of charts failed", (str(exception), *where))
        begun = outcome == "returned" and not (swallowed or self.has("nothing-uploaded"))
        self.items.append(UploadsBegun(origin=self.at(2), times=int(begun)))
        self._deliver("listener-triggered", 2.1)
        if outcome == "threw":
            self._deliver("listener-errored", 2.1)
        if begun and self.has("upload-refused"):
            self._call(UPLOAD, 2.1, http=404, effect="not found")
        if not begun or self.has("upload-not-closed", "upload-refused"):
            return False
        self.items.append(DataUploaded(origin=self.at(2.1), transfer=TRANSFER, label="charts"))
        return True

    def _hears_of_data(self) -> bool:
        self._deliver("app-data-uploaded", 2.2)
        return not self.has("event-lost", *HEARS_NOTHING)

    def _deliver(self, event: str, minutes: float) -> None:
        if self.has(*HAS_NO_ADDRESS):
            return
        if self.has("forge-environment-differs"):
            elsewhere = SentElsewhere(origin=self.at(minutes), event=event, transfer=TRANSFER)
            self.items.append(elsewhere)
            return
        lost = self.has("event-lost") and (event == "app-data-uploaded" or self.has("all-events"))
        acknowledged = not lost and not self.has("webhook-never-acknowledged")
        self.items.append(
            Delivery(
                origin=self.at(minutes),
                event=event,
                transfer=TRANSFER,
                status=None if lost else 200 if acknowledged else 503,
                acknowledged=acknowledged,
                lost=lost,
                message=f"of {event}",
            )
        )

    def _reads(self) -> bool:
        """The cloud app's questions for its data; whether it gets it."""
        if self.has("app-never-read", "cloud-app-never-posted"):
            return False
        refused = {"app-read-failed": 503, "app-read-refused": 401}
        for fault, http in refused.items():
            if self.has(fault):
                self._read(2.3, http, "fault" if http > 500 else "refused: bad signature")
                return False
        self._read(2.3, 200, "url signed")
        if self.has("signed-link-expired", "signed-link-refused"):
            late = 70 if self.has("signed-link-expired") else 2.4
            self._read(late, 403, "link expired", is_bytes=True)
            return False
        self._read(2.4, 200, "bytes served", is_bytes=True)
        return True

    def _read(self, minutes: float, http: int, effect: str, is_bytes: bool = False) -> None:
        self.items.append(
            DataRead(
                origin=self.at(minutes),
                transfer=TRANSFER,
                what="for the bytes" if is_bytes else "for app data",
                http=http,
                effect=effect,
                is_bytes=is_bytes,
                is_link=not is_bytes,
            )
        )

    def _posts(self, has_data: bool) -> None:
        if self.has("cloud-app-never-posted"):
            return
        if self.has("progress-not-authorised"):
            self._post(3, "refused: bad signature", "IN_PROGRESS", 0, http=401)
            return
        is_told = not (self.has("event-lost") and self.has("all-events"))
        if self.has("base-url-wrong"):
            if is_told and (has_data or not self.has("quiet-app")):
                what = f"POST /other/rest/atlassian-connect/1/migration/progress/{TRANSFER}"
                self.items.append(UnknownAddress(origin=self.at(3), what=what, base="/other"))
            return
        if is_told and not self.has("quiet-app"):
            self._post(3, "recorded", "IN_PROGRESS", 0)
        self._faulty_posts()
        if self.has("never-settled") and has_data:
            self._post(4, "recorded", "IN_PROGRESS", 50)
        if self._never_settles() or not has_data:
            return
        self._post(5, "settled", "SUCCESS", 40 if self.has("settled-without-100") else 100)
        if self.has("settled-too-early"):
            self._call(UPLOAD, 6, http=409, effect="already settled")
        if self.has("posted-after-settling"):
            self._post(6, "already settled", "FAILED", 100, http=403)

    def _faulty_posts(self) -> None:
        if self.has("posted-to-another-transfer"):
            self._post(4, "unknown transfer", "SUCCESS", 100, http=404, transfer=OTHER)
        if self.has("outdated-keys"):
            self._post(4, "outdated keys", "SUCCESS", 100)
        if self.has("unknown-status"):
            self._post(4, "unknown status", "DONE", 100, http=400)
        if self.has("report-malformed"):
            self._post(4, "malformed request", "SUCCESS", None, http=400)
        if self.has("percent-fell"):
            self._post(4, "recorded", "IN_PROGRESS", 50)
            self._post(4.5, "lower percent", "SUCCESS", 20)
        if self.has("transfer-timed-out"):
            timed_out = EndedByPlatform(origin=self.at(5), transfer=TRANSFER, status="TIMED_OUT")
            self.items.append(timed_out)

    def _never_settles(self) -> bool:
        return self.has(
            "posted-to-another-transfer",
            "outdated-keys",
            "unknown-status",
            "report-malformed",
            "percent-fell",
            "transfer-timed-out",
            "never-settled",
        )

    def _polls_and_row(self) -> None:
        if self.has("poll-not-due"):
            self._row("RUNNING", 0, until=8)
            return
        self._call(POLL, 11, is_poll=True)
        if self.has("connection-broke"):
            self._call(POLL, 21, http=0, is_poll=True)
        if self.has("cloud-answered-errors"):
            self._call(POLL, 21, http=503, is_poll=True)
        settled = [p for p in self.items if isinstance(p, ProgressPost) and p.effect == "settled"]
        shown = ("COMPLETE", settled[0].percent) if settled else ("RUNNING", 0)
        if self.has("transfer-timed-out"):
            shown = ("TIMED_OUT", None)
        if self.has("browser-stale"):
            rest = RestRow(origin=self.at(30), status="SUCCESS", percent=100)
            self.items.append(rest)
            shown = ("RUNNING", 0)
        if self.has("poll-answered-old-state") and settled:
            told = ((TRANSFER, "IN_PROGRESS", 0),)
            call = ServerCall(origin=self.at(25), what=POLL, http=200, is_poll=True, told=told)
            self.items.append(call)
            shown = ("RUNNING", 0)
        self._row(*(("READY", None) if self.has("dev-mode-row-not-updated") else shown))

    def _post(
        self,
        minutes: float,
        effect: str,
        status: str,
        percent: int | None,
        http: int = 200,
        transfer: str = TRANSFER,
    ) -> None:
        self.items.append(
            ProgressPost(
                origin=self.at(minutes),
                transfer=transfer,
                http=http,
                effect=effect,
                status=status,
                percent=percent,
            )
        )

    def _call(
        self, what: str, minutes: float, http: int = 200, is_poll: bool = False, effect: str = ""
    ) -> None:
        self.items.append(
            ServerCall(
                origin=self.at(minutes), what=what, http=http, is_poll=is_poll, effect=effect
            )
        )

    def _log(self, message: str, stack: tuple[str, ...] = ()) -> None:
        self.items.append(LogLine(origin=self.at(1), level="WARN", message=message, stack=stack))

    def _row(self, status: str, percent: int | None, until: float = 40) -> None:
        if self.has("session-ended"):
            self.items.append(PageUnread(origin=self.at(until), met="logged-out"))
            return
        last = NOON + timedelta(minutes=until)
        self.items.append(RowShown(origin=self.at(2), status=status, percent=percent, until=last))

    def _unless(self, fault, good, bad):
        return bad if self.has(fault) else good


@pytest.fixture
def story() -> Callable[..., Facts]:
    """Tells the story of a run with these faults."""

    def tell(*faults: str) -> Facts:
        return Story(set(faults)).tell()

    return tell
