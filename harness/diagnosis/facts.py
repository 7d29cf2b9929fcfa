"""All evidence of one case, and the questions that several rules ask of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TypeVar

from harness.diagnosis.data_evidence import DataRead
from harness.diagnosis.evidence import (
    AppUnderTest,
    AssistantVersion,
    ConnectApp,
    Delivery,
    EndedByPlatform,
    Evidence,
    Flag,
    ListenerCall,
    LogWritten,
    MessageStatus,
    ProgressPost,
    RowShown,
    ServerCall,
    TransferMade,
    Triggered,
)
from harness.store.layout import JOURNAL, OSGI, PROBE, SERVER_LOG, SITE, UPM
from harness.vocabulary.effects import EFFECTIVE, Effect
from harness.vocabulary.features import DEV_MODE

E = TypeVar("E", bound=Evidence)
OF_AN_UPLOAD = ("app-data-uploaded", "app-data-preloaded")
"""The events of an upload; a Forge app has to acknowledge each as a message."""
_TOO_MANY, _SERVER_ERROR = 429, 500
_NEVER = datetime.min.replace(tzinfo=UTC)

PAGE = "page"

NEW_MIGRATION = "POST /server/v1/migrations"
"""The call by which the server begins the app migration."""

NEW_TRANSFER = "POST /server/v1/migrations/{id}/transfers"
"""The call by which it asks for a listener's transfer, with the listener's keys."""

CALLERS_OWN = (Effect.CLIENT_GONE, Effect.CLIENT_TOO_SLOW)
"""Effects of calls that ended because the caller did not go on with them."""

HOW_TO_LEARN = {
    JOURNAL: "the cloud's journal was not read: keep journal.jsonl with the run, or name the "
    "stub's control address; a real cloud does not tell, but `run --record` keeps what the server "
    "was told, and `harness cloud tap` what the app was sent",
    SERVER_LOG: "the application log is missing: keep it with the run, or name its path",
    PROBE: "nothing was read from the JVM: start it with -agentlib:jdwp and run with the probe",
    UPM: "UPM was not asked: that needs the base URL and an administrator",
    OSGI: "the app's bundle and services were not read: that needs the JVM's debugger and the jar",
    SITE: "assessment, consent and the site's apps were not read",
    PAGE: "nobody looked at the plan's page",
}
"""What is not known when a source is missing, and how to get it."""


@dataclass(frozen=True)
class Facts:
    """The evidence of one case, in the order it was read.

    Args:
        items: the evidence.
        sources: which sources were read at all. Only for these does a missing fact mean that it
            did not happen.
    """

    items: tuple[Evidence, ...]
    sources: frozenset[str]

    def of(self, kind: type[E]) -> list[E]:
        """All evidence of one kind."""
        return [item for item in self.items if isinstance(item, kind)]

    def last(self, kind: type[E]) -> E | None:
        """The latest evidence of one kind."""
        found = self.of(kind)
        return found[-1] if found else None

    def has(self, source: str) -> bool:
        """Whether a source was read."""
        return source in self.sources

    def lacking(self, *sources: str) -> tuple[str, ...]:
        """How to learn what these sources would tell, for those that were not read."""
        return tuple(HOW_TO_LEARN[each] for each in sources if each not in self.sources)

    def flag(self, key: str) -> Flag | None:
        """A dark feature in effect: on when it is on for the site or the system."""
        known = [flag for flag in self.of(Flag) if flag.key == key and flag.level != "user"]
        return next((flag for flag in known if flag.on), known[-1] if known else None)

    @property
    def dev_mode(self) -> Flag | None:
        """The dev mode flag where it is known to be on."""
        flag = self.flag(DEV_MODE)
        return flag if flag is not None and flag.on else None

    @property
    def version(self) -> AssistantVersion | None:
        """The assistant's version."""
        return self.last(AssistantVersion)

    @property
    def pair(self) -> AppUnderTest | None:
        """The keys that belong together."""
        return self.last(AppUnderTest)

    @property
    def cloud_apps(self) -> list[ConnectApp]:
        """What the site said about the pair's cloud app, oldest first; of any without a pair."""
        apps, pair = self.of(ConnectApp), self.pair
        return [each for each in apps if pair is None or each.key == pair.cloud_key]

    @property
    def row(self) -> RowShown | None:
        """The row that the browser showed last."""
        return self.last(RowShown)

    @property
    def transfers(self) -> list[TransferMade]:
        """The case's transfers."""
        return self.of(TransferMade)

    @property
    def called(self) -> Evidence | None:
        """Proof that the listener was called."""
        return self.last(ListenerCall) or self.last(Triggered)

    @property
    def acknowledged(self) -> Delivery | None:
        """The first webhook that the cloud app acknowledged."""
        return next((each for each in self.of(Delivery) if each.acknowledged), None)

    @property
    def messages(self) -> list[list[Delivery]]:
        """The tries of each message that the app may have to act on."""
        tries: dict[str, list[Delivery]] = {}
        for each in self.of(Delivery):
            if each.event != "transfer-settled":
                tries.setdefault(each.message or each.event, []).append(each)
        return list(tries.values())

    @property
    def unanswered(self) -> list[list[Delivery]]:
        """The tries that arrived of each message of which none was acknowledged, if any did.

        Not those of a Forge app's function that failed with what it called.
        """
        arrived = (
            [each for each in tries if not each.lost]
            for tries in self.messages
            if not any(each.acknowledged for each in tries)
        )
        return [tries for tries in arrived if tries and not self._fail_with_calls(tries)]

    def _fail_with_calls(self, tries: list[Delivery]) -> bool:
        """Whether the platform failed a call during each of these tries of a Forge app's message.

        Its function works an event off before it answers, so the tries fail with its calls.
        """
        ends = sorted(server_time(each) for each in tries if each.for_forge)
        failed = [server_time(call) for call in self.failed_calls]
        return bool(ends) and all(
            any(begin < at <= end for at in failed) for begin, end in pairwise([_NEVER, *ends])
        )

    @property
    def failed_calls(self) -> list[Evidence]:
        """Calls of the cloud app that got no answer, or that the platform refused by itself."""
        calls: list[DataRead | ProgressPost | LogWritten] = [*self.of(DataRead)]
        calls += [*self.of(ProgressPost), *self.of(LogWritten)]
        return [each for each in calls if failed_by_platform(each)]

    @property
    def told(self) -> list[Delivery]:
        """What the cloud app acknowledged of it."""
        return [each for tries in self.messages for each in tries if each.acknowledged]

    @property
    def data_event(self) -> Delivery | None:
        """The last event of an upload that the cloud app acknowledged."""
        events = [each for each in self.told if each.event in OF_AN_UPLOAD]
        return events[-1] if events else None

    @property
    def server_calls(self) -> list[ServerCall]:
        """All calls of the server to the cloud."""
        return self.of(ServerCall)

    @property
    def failed_uploads(self) -> list[ServerCall]:
        """Uploads that the cloud did not take, other than for the server app not going on."""
        return [
            call
            for call in self.server_calls
            if call.what.endswith("/data") and not call.ok and call.effect not in CALLERS_OWN
        ]

    @property
    def posts_all_taken(self) -> bool:
        """Whether the cloud app posted, and each of its posts counted."""
        posts = self.of(ProgressPost)
        return bool(posts) and len(with_effect(posts, *EFFECTIVE)) == len(posts)

    @property
    def settled(self) -> ProgressPost | EndedByPlatform | None:
        """What settled the transfer; not a time-out, which ends what nobody settled."""
        ended = self.ended
        is_late = isinstance(ended, EndedByPlatform) and ended.status == "TIMED_OUT"
        return None if is_late else ended

    @property
    def ended(self) -> ProgressPost | EndedByPlatform | None:
        """What ended the transfer, a time-out included."""
        posts = [post for post in self.of(ProgressPost) if post.effect == Effect.SETTLED]
        return posts[-1] if posts else self.last(EndedByPlatform)

    @property
    def forge(self) -> Evidence | None:
        """What shows that the cloud app is one on Forge, which posts no progress."""
        sent = [each for each in self.of(Delivery) if each.for_forge]
        return next(iter([*sent, *self.of(MessageStatus)]), None)

    @property
    def writes(self) -> list[ProgressPost | LogWritten]:
        """The last report of the cloud app, and its last word to the log; none once it settled.

        Nor a word to the log after which it acknowledged an event: it did without.
        """
        post, word = self.last(ProgressPost), self.last(LogWritten)
        if word and any(server_time(each) >= server_time(word) for each in self.told):
            word = None
        return [] if self.settled else [each for each in (post, word) if each is not None]

    @property
    def last_change(self) -> Evidence | None:
        """The newest thing that a poll would tell the server."""
        changes: list[Evidence] = [*self.of(Triggered), *self.of(EndedByPlatform)]
        changes += [post for post in self.of(ProgressPost) if post.effect in EFFECTIVE]
        return max(changes, key=server_time, default=None)

    def polls(
        self, after: Evidence | None = None, until: datetime | None = None
    ) -> list[ServerCall]:
        """Polls, those after some evidence and up to a server time where given."""
        begin = server_time(after) if after else _NEVER
        return [
            call
            for call in self.of(ServerCall)
            if call.is_poll
            and server_time(call) > begin
            and (until is None or server_time(call) <= until)
        ]


def failed_by_platform(call: ProgressPost | LogWritten | DataRead) -> bool:
    """Whether a call got no answer, or the platform refused it by itself, whatever it said."""
    is_error = call.http == _TOO_MANY or call.http >= _SERVER_ERROR
    return not call.http or is_error or call.effect == Effect.FAULT


def server_time(item: Evidence) -> datetime:
    """When it was, in server time; the beginning of time when that is not known."""
    return item.origin.server or _NEVER


def with_effect(posts: Iterable[ProgressPost], *effects: str) -> list[ProgressPost]:
    """The posts that had one of these effects."""
    return [post for post in posts if post.effect in effects]
