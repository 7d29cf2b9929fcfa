"""Pieces of evidence, each with what a rule looks at and no more, and rules asked about them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from harness.diagnosis.data_evidence import DataRead
from harness.diagnosis.evidence import (
    AppUnderTest,
    Bundle,
    ConnectApp,
    Delivery,
    Evidence,
    ListenerCall,
    ListenerClass,
    LogLine,
    Origin,
    Plugin,
    ProgressPost,
    RowShown,
    ServerCall,
    TransferMade,
)
from harness.diagnosis.facts import HOW_TO_LEARN, Facts
from harness.diagnosis.finding import Finding

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TRANSFER, OTHER = "transfer-1", "transfer-of-another"
PAIR = AppUnderTest(server_key="charts-plugin", cloud_key="charts")

Rule = Callable[[Facts], Finding]


def at(minutes: float) -> Origin:
    """Server time and wall time after noon."""
    when = NOON + timedelta(minutes=minutes)
    return Origin("story", when, when)


def asked(rule: Rule, *items: Evidence, without: tuple[str, ...] = ()) -> Finding:
    """What a rule says of some evidence, where all sources but some were read."""
    return rule(Facts(items, frozenset(HOW_TO_LEARN) - set(without)))


def learn(*sources: str) -> tuple[str, ...]:
    """What is missing without these sources."""
    return tuple(HOW_TO_LEARN[each] for each in sources)


def log(message: str, *stack: str, minutes: float = 0, level: str = "WARN") -> LogLine:
    return LogLine(origin=at(minutes), level=level, message=message, stack=stack)


def plugin(**more: object) -> Plugin:
    return Plugin(**{"key": "charts", "enabled": True, **more})  # type: ignore[arg-type]


def bundle(state: str = "ACTIVE", **more: object) -> Bundle:
    return Bundle(**{"name": "charts", "state": state, **more})  # type: ignore[arg-type]


def listener(**more: object) -> ListenerClass:
    given = {
        "name": "org.example.Listener",
        "loader": "app#1",
        "interface_loaders": ("assistant#9",),
        "interface_copies": 1,
        "armed": None,
    }
    return ListenerClass(**{**given, **more})  # type: ignore[arg-type]


def ran(outcome: str = "returned", **more: object) -> ListenerCall:
    given = {"listener": "org.example.Listener", "method": "onStartAppMigration"}
    return ListenerCall(**{**given, "outcome": outcome, **more})  # type: ignore[arg-type]


def made(**more: object) -> TransferMade:
    given = {"transfer": TRANSFER, "server_key": "charts-plugin", "cloud_key": "charts"}
    return TransferMade(**{**given, "linked": True, **more})  # type: ignore[arg-type]


def call(what: str, http: int = 200, minutes: float = 1, **more: object) -> ServerCall:
    given = {"origin": at(minutes), "what": what, "http": http}
    return ServerCall(**{**given, **more})  # type: ignore[arg-type]


def poll(minutes: float, http: int = 200, **more: object) -> ServerCall:
    return call("GET /server/v1/migrations/{id}/progress", http, minutes, is_poll=True, **more)


def post(effect: str, minutes: float = 1, **more: object) -> ProgressPost:
    given = {"origin": at(minutes), "transfer": TRANSFER, "http": 200, "effect": effect}
    return ProgressPost(**{**given, **more})  # type: ignore[arg-type]


def sent(event: str, status: int | None = 200, minutes: float = 1, **more: object) -> Delivery:
    given = {"origin": at(minutes), "event": event, "transfer": TRANSFER, "status": status}
    acknowledged = status is not None and status < 300
    return Delivery(**{**given, "acknowledged": acknowledged, **more})  # type: ignore[arg-type]


def read(minutes: float, http: int = 200, **more: object) -> DataRead:
    given = {"origin": at(minutes), "transfer": TRANSFER, "what": "for app data", "http": http}
    return DataRead(**{**given, **more})  # type: ignore[arg-type]


def shown(status: str, percent: int | None = None, until: float | None = None) -> RowShown:
    last = None if until is None else NOON + timedelta(minutes=until)
    return RowShown(origin=at(0), status=status, percent=percent, until=last)


def site_app(**more: object) -> ConnectApp:
    given = {"key": "charts", "installed": True, "webhook": "/hook"}
    return ConnectApp(**{**given, **more})  # type: ignore[arg-type]
