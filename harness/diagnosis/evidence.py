"""Evidence: one observed fact each, with where it came from and when.

A rule may rest only on these. Each reads as one line, because a finding is worth no more
than the evidence a reader can check.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

from harness.vocabulary.effects import Effect

ROW_OF_STATE = {
    "IN_PROGRESS": "RUNNING",
    "SUCCESS": "COMPLETE",
    "CANCELLATION_REQUESTED": "CANCELLING",
}
"""The platform's word -> the row's, where they differ."""


_CAUSED_BY = "Caused by:"

UNNAMED = "an exception"
"""What a listener threw, where its class is not known."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact was read, and when it held.

    `server` is the server's own time; the platform's clock follows it, so both are comparable.
    """

    source: str
    wall: datetime | None = None
    server: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One observed fact."""

    origin: Origin = field(default_factory=lambda: Origin("unknown"))

    @property
    def says(self) -> str:
        """The fact in one line."""
        return self._say()

    def _say(self) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        when = f" at {self.origin.server:%H:%M:%S} server time" if self.origin.server else ""
        return f"{self.says} [{self.origin.source}{when}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Evidence):
    """A dark feature as it was read back; `level` is site, system or user."""

    key: str
    on: bool
    level: str = "site"

    def _say(self) -> str:
        return f"dark feature {self.key} is {'on' if self.on else 'off'} ({self.level} level)"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantVersion(Evidence):
    """The version of the migration assistant."""

    version: str

    def _say(self) -> str:
        return f"the assistant is version {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppUnderTest(Evidence):
    """The keys that belong together: the server app's, and the installed cloud app's own."""

    server_key: str
    cloud_key: str

    def _say(self) -> str:
        return f"the pair under test is {self.server_key} and {self.cloud_key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShown(Evidence):
    """What the browser showed; ABSENT is no block at all, NO_ROW a block without the app.

    `until` is the server time of the last look that still showed it.
    """

    status: str
    percent: int | None = None
    until: datetime | None = None

    def _say(self) -> str:
        shown = self.status if self.percent is None else f"{self.status} {self.percent} %"
        until = f" until {self.until:%H:%M:%S}" if self.until else ""
        return f"the page showed {shown}{until}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestRow(Evidence):
    """What the assistant's progress REST answered for the app, in the platform's words."""

    status: str
    percent: int | None = None

    def _say(self) -> str:
        return f"the progress REST answered {self.status} {self.percent}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowBesideRest(Evidence):
    """What the page, loaded anew, showed between two equal answers of the progress REST."""

    status: str
    percent: int | None = None

    def _say(self) -> str:
        shown = self.status if self.percent is None else f"{self.status} {self.percent} %"
        return f"the page, loaded anew between two such answers, showed {shown}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageUnread(Evidence):
    """The last look met something else than the plan's page: `met`, in a word."""

    met: str

    def _say(self) -> str:
        if self.is_log_in:
            return "the browser was asked to log in where the plan's page should be"
        return f"the last look could not read the plan's page: {self.met}"

    @property
    def is_log_in(self) -> bool:
        """Whether it was the page to log in."""
        return self.met == "logged-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAway(Evidence):
    """The server, or a proxy before it, did not serve the plan's page for a while."""

    def _say(self) -> str:
        return "the plan's page was not served for a while"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStatus(Evidence):
    """The plan's own status on the dashboard."""

    status: str

    def _say(self) -> str:
        return f"the plan is {self.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentDecision(Evidence):
    """What the app assessment says: `needed`, `not-needed` or `undecided`."""

    decision: str

    def _say(self) -> str:
        return f"the app assessment says {self.decision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedDomains(Evidence):
    """Email domains that an admin has decided not to trust."""

    domains: tuple[str, ...]

    def _say(self) -> str:
        names = ", ".join(self.domains)
        return (
            f"email domains that are not trusted: {names}"
            if names
            else "no email domain is refused"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Evidence):
    """Whether an admin agreed to the app's migration."""

    given: bool

    def _say(self) -> str:
        return f"consent to the app's migration is {'given' if self.given else 'not given'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin(Evidence):
    """What UPM says about the server app; `error` is its install error.

    `installed` is None where an older run did not say.
    """

    key: str
    enabled: bool
    error: str | None = None
    installed: bool | None = None

    def _say(self) -> str:
        disabled = "installed and disabled" if self.installed else "not enabled"
        state = "enabled" if self.enabled else disabled
        return f"UPM has {self.key} {state}" + (f": {self.error}" if self.error else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle(Evidence):
    """The server app's OSGi bundle: state, unmet requirements, interfaces registered.

    `loaders` are the JVM's ids of its class loaders, as the probe has them too.
    """

    name: str
    state: str
    unresolved: tuple[str, ...] = ()
    services: tuple[str, ...] | None = None
    loaders: tuple[str, ...] = ()

    def _say(self) -> str:
        text = f"bundle {self.name} is {self.state}"
        if self.unresolved:
            text += f", nobody exports {', '.join(self.unresolved)}"
        if self.services is not None:
            text += f", registers {', '.join(self.services) or 'no service'}"
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherLoaders(Evidence):
    """Class loaders, by the JVM's ids, of other apps' bundles and of the app's older versions."""

    loaders: tuple[str, ...]

    def _say(self) -> str:
        return f"{len(self.loaders)} class loaders are not the app's own"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCalled(Evidence):
    """Calls of the server app into what stands for Confluence's own classes on the stand-in.

    Args:
        type: the class, dotted.
        method: its method.
        answered: whether the answer was known or stated; else it was an empty value.
        times: how often since the app was installed; its origin's time is that of the last one.
    """

    type: str
    method: str
    answered: bool
    times: int

    def _say(self) -> str:
        answer = "" if self.answered else ", and got a made-up, empty answer"
        return f"the app called {self.type}.{self.method} {_often(self.times)}{answer}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotThere(Evidence):
    """What clients, the app or a person's browser asked the stand-in for and it does not have.

    Args:
        method: of the requests.
        path: with `{id}` for what tells one object from another.
        times: how often; its origin's time is that of the last one.
    """

    method: str
    path: str
    times: int

    def _say(self) -> str:
        asked = f"{self.method} {self.path} was asked for {_often(self.times)}"
        return f"{asked}, and the stand-in does not have it"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine(Evidence):
    """A record of the application log; `stack` holds the lines below it."""

    level: str
    message: str
    stack: tuple[str, ...] = ()

    def _say(self) -> str:
        first = f" ({self.stack[0].strip()})" if self.stack else ""
        root = f", caused by {self.root}" if self.root else ""
        return f"the log says {self.level} {self.message}{first}{root}"

    @property
    def root(self) -> str:
        """The innermost cause below the record, where its stack names one."""
        lines = (line.strip() for line in reversed(self.stack))
        found = next((line for line in lines if line.startswith(_CAUSED_BY)), "")
        return found.removeprefix(_CAUSED_BY).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerClass(Evidence):
    """A loaded class that implements a listener interface.

    Args:
        name: the class.
        loader: its class loader.
        interface_loaders: the loaders of the listener interfaces it implements.
        interface_copies: how many loaders have one of these interfaces, by its name, in the JVM.
        by_name: whether an assistant finds it by its interface's name, whichever copy that is.
        armed: since when its calls would have been seen, wall time; None when they are not.
        keys: (server key, cloud key) as its getters returned them; None when they were not asked.
    """

    name: str
    loader: str
    interface_loaders: tuple[str, ...]
    interface_copies: int
    armed: datetime | None
    by_name: bool = False
    keys: tuple[str | None, str | None] | None = None

    def _say(self) -> str:
        text = f"listener class {self.name} is loaded by {self.loader}"
        if self.keys is not None:
            server, cloud = (json_null(key) for key in self.keys)
            text += f"; its getters return server key {server} and cloud key {cloud}"
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerCall(Evidence):
    """One entry into a listener method: outcome `returned`, `threw` or `running`.

    Args:
        listener: its class.
        method: the method.
        outcome: how it ended; `running` when it had not ended at the last look.
        exception: what it threw.
        loader: its class's loader.
        caught: what was thrown inside and caught in the app's own classes; None when that was not
            watched.
        stack: where a running one stood at the last look, the innermost frame first.
    """

    listener: str
    method: str
    outcome: str
    exception: str | None = None
    loader: str = ""
    caught: tuple[str, ...] | None = None
    stack: tuple[str, ...] = ()

    def _say(self) -> str:
        how = {"threw": f"threw {self.exception}", "running": "has not returned"}
        text = f"{self.listener}.{self.method} was called and {how.get(self.outcome, self.outcome)}"
        if self.caught:
            text += f"; inside it the app caught {', '.join(self.caught)}"
        return text + (f"; it stands at {' < '.join(self.stack[:6])}" if self.stack else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class PollerRuns(Evidence):
    """How often the assistant's poller ran while it was watched; dated by the last run."""

    method: str
    times: int

    def _say(self) -> str:
        return f"{self.method} ran {self.times} times" + (", the last" if self.times else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectApp(Evidence):
    """What the site says of a cloud app: installed or not, and its webhook's address if given."""

    key: str
    installed: bool
    webhook: str | None = None
    webhook_known: bool = True

    def _say(self) -> str:
        if not self.installed:
            return f"{self.key} is not installed in the cloud"
        webhook = f", its migration webhook is {self.webhook}" if self.webhook_known else ""
        return f"{self.key} is installed in the cloud{webhook}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationMade(Evidence):
    """The server told the platform that a plan runs."""

    def _say(self) -> str:
        return "the server began the migration in the cloud"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferMade(Evidence):
    """The platform made a transfer for a listener; `linked`: whether it knows the pair."""

    transfer: str
    server_key: str | None
    cloud_key: str | None
    linked: bool | None
    is_rerun: bool = False

    def _say(self) -> str:
        linked = {True: "linked", False: "NOT linked", None: "made"}[self.linked]
        pair = f"{json_null(self.server_key)} and {json_null(self.cloud_key)}"
        return f"transfer {self.transfer} of {pair} was {linked}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggered(Evidence):
    """The server said that it calls the listener."""

    transfer: str

    def _say(self) -> str:
        return f"the server reported the listener of {self.transfer} as triggered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerFailed(Evidence):
    """The server said that the listener ended with an exception."""

    transfer: str
    exception: str

    def _say(self) -> str:
        return f"the server reported that the listener of {self.transfer} threw {self.exception}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Evidence):
    """One try to deliver a webhook to the cloud app; `lost`: it never arrived there.

    All tries of one message have its `message` id. `for_forge`: to a Forge app's function, which
    fails with what it calls, since it works an event off before it answers.
    """

    event: str
    transfer: str
    status: int | None
    acknowledged: bool
    reason: str = ""
    lost: bool = False
    message: str = ""
    for_forge: bool = False

    def _say(self) -> str:
        if self.lost:
            return f"webhook {self.event} of {self.transfer} was lost on its way ({self.answer})"
        how = "acknowledged" if self.acknowledged else f"not acknowledged ({self.answer})"
        return f"webhook {self.event} of {self.transfer} was {how}"

    @property
    def answer(self) -> str:
        """What came back."""
        return self.reason or f"status {self.status}"

    @property
    def within(self) -> int:
        """How many seconds the app has to answer."""
        return 25 if self.for_forge else 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SentElsewhere(Evidence):
    """An event that went to an environment in which a Forge app is not deployed."""

    event: str
    transfer: str
    reason: str = ""

    def _say(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"event {self.event} of {self.transfer} went to the wrong environment{why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPost(Evidence):
    """The cloud app posted progress; `effect` is what it changed, or why it changed nothing.

    `body` is what it sent: each key with its value as JSON.
    """

    transfer: str
    http: int
    effect: str
    status: str | None = None
    percent: int | None = None
    reason: str = ""
    body: tuple[tuple[str, str], ...] = ()

    def _say(self) -> str:
        said = (self.status, None if self.percent is None else str(self.percent))
        what = " ".join(each for each in said if each)
        why = f", {self.reason}" if self.reason else ""
        answer = f"{self.http or 'no answer'}, {self.effect}{why}"
        if not what:
            return f"a post of the cloud app to {self.transfer} was not read: {answer}"
        return f"the cloud app posted {what} to {self.transfer}: {answer}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStatus(ProgressPost):
    """A Forge app's report: it acknowledged messages, from which the platform makes the progress.

    `reported` is what it said of the messages; `status` is the transfer's own after it, and
    `effect` is RECORDED where they were worked off and others are left.
    """

    reported: str | None = None

    def _say(self) -> str:
        why = f", {self.reason}" if self.reason else ""
        effect = "worked off" if self.effect == Effect.RECORDED else self.effect
        answer = f"{self.http or 'no answer'}, {effect}{why}"
        what = f" as {self.reported}" if self.reported else ""
        return f"the cloud app acknowledged messages of {self.transfer}{what}: {answer}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWritten(Evidence):
    """A Forge app wrote to the log that the customer sees, or tried to."""

    transfer: str
    http: int
    effect: str = ""

    def _say(self) -> str:
        answer = f"{self.http or 'no answer'}, {self.effect}"
        return f"the cloud app wrote to the log of {self.transfer}: {answer}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleratedCall(Evidence):
    """A call of the cloud app that the stub let through although production would not."""

    what: str
    why: str

    def _say(self) -> str:
        return f"{self.what}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownAddress(Evidence):
    """Somebody asked the stub for an address that it does not have.

    `base` is what stands before an address of the cloud app's that the stub has; None where no part
    of the address is one.
    """

    what: str
    base: str | None

    def _say(self) -> str:
        if self.base:
            return f"the cloud app asked {self.what}: the stub has it without {self.base}"
        return f"{self.what}: the stub has no such address"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedByPlatform(Evidence):
    """The platform settled the transfer itself: timed out, cancelled, or a Forge app's as done.

    `reason` says for a time-out which limit passed.
    """

    transfer: str
    status: str
    reason: str = ""

    def _say(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"the platform settled {self.transfer} as {self.status}{why}"


def _often(times: int) -> str:
    return "once" if times == 1 else f"{times} times"


_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}", re.IGNORECASE)


def kind_of_call(method: str, path: str) -> str:
    """What a server called, without the ids in it: rules compare calls by that."""
    return f"{method} {_IDS.sub('{id}', path)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCall(Evidence):
    """The server called the cloud; `http` is 0 without a whole answer, `is_poll`: for progress.

    `told` is what a poll was answered of each transfer: id, status, percent; None where it is not
    known.
    """

    what: str
    http: int
    is_poll: bool = False
    effect: str = ""
    told: tuple[tuple[str, str, int | None], ...] | None = None

    def _say(self) -> str:
        why = f" ({self.effect})" if self.effect and self.http and not self.ok else ""
        told = [f"{status} {percent}" for _, status, percent in self.told or ()]
        why += f", which said {', '.join(told)}" if told else ""
        return f"the server called {self.what} and got {self.http or 'no answer'}{why}"

    @property
    def ok(self) -> bool:
        """Whether the cloud answered with success."""
        return 0 < self.http < 400

    @property
    def is_unauthorised(self) -> bool:
        """Whether the cloud did not take the server's token."""
        return self.http == _UNAUTHORISED


_UNAUTHORISED = 401


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRecorded(Evidence):
    """The server asked its cloud for what the recording that answered does not have."""

    what: str

    def _say(self) -> str:
        return f"the recording that answered the server has no {self.what}"


def json_null(text: str | None) -> str:
    """A Java string as people read it."""
    return "null" if text is None else text
