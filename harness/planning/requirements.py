"""What a case needs of a stack, and what a change of it costs. Pure.

Some of it only a new stack can have: the CCMA version, the JVM's flags, the rate of time, the
cloud half. The server half is changed on a stack that runs. All else (site features, the cloud's
setup) is put in place by each case and taken back by the reset.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.cases import Case
from harness.cases.app import AppDescription
from harness.planning import schedule
from harness.planning.schedule import Setting
from harness.vocabulary.refresh import REFRESH

CCMA, JVM, TIME, CLOUD_HALF, SERVER_HALF = "ccma", "jvm", "time scale", "cloud half", "server half"
PLAN = "plan"

SETTINGS = (
    Setting(CCMA, cost=3.0, restarts=True),
    Setting(JVM, cost=3.0, restarts=True),
    Setting(TIME, cost=3.0, restarts=True),
    Setting(CLOUD_HALF, cost=3.0, restarts=True),
    Setting(PLAN, cost=1.5),
    Setting(SERVER_HALF, cost=0.3),
)
"""What cases may need, with wall seconds on the stand-in; the proportions decide the order."""

_CASE_SECONDS = 2.0
"""Wall seconds of a case beyond the server time that has to pass."""


@dataclass(frozen=True)
class StackRequirements:
    """What a stack has to be for a case; another one cannot be made into it.

    Attributes:
        ccma: the CCMA version.
        scale: server seconds per wall second.
        system_features: dark features that the JVM is started with, sorted.
        cloud_half: the app's cloud half, as a string that is equal where one can serve both.
    """

    ccma: str
    scale: float
    system_features: tuple[str, ...]
    cloud_half: str

    def difference(self, other: "StackRequirements") -> str:
        """Why a stack that meets these does not meet the other ones; empty if it does."""
        pairs = [
            (CCMA, self.ccma, other.ccma),
            (TIME, f"{self.scale:g}", f"{other.scale:g}"),
            (JVM, ",".join(self.system_features), ",".join(other.system_features)),
            (CLOUD_HALF, self.cloud_half, other.cloud_half),
        ]
        differing = [(name, mine, its) for name, mine, its in pairs if mine != its]
        return "; ".join(
            f"{name} {its or 'none'}, not {mine or 'none'}" for name, mine, its in differing
        )


def of_case(case: Case, app: AppDescription, ccma: str, scale: float) -> StackRequirements:
    """What a case needs.

    Args:
        case: the case.
        app: its app.
        ccma: the CCMA version, settled.
        scale: server seconds per wall second, settled.
    """
    features = tuple(sorted(key for key, on in case.system_features.items() if on))
    return StackRequirements(ccma, scale, features, app.cloud_half)


def to_schedule(case: Case, needs: StackRequirements) -> schedule.ScheduledCase:
    """A case as the schedule takes it: what it needs, and its expected wall seconds."""
    every = {**words(needs, case.app), PLAN: plan_of(case)}
    return schedule.ScheduledCase(case.id, every, expected_seconds(case, needs.scale))


def plan_of(case: Case) -> str:
    """What a plan is made from, as a string; its apps' pairing is looked up when it runs."""
    flags = ",".join(f"{key}={on}" for key, on in sorted(case.dark_features.items()))
    cloud = case.cloud
    core = f"{cloud.core} {cloud.email_domains}"  # which a triggered migration does not repeat
    spaces = ",".join(cloud.spaces)
    return f"{case.app.resolve()} {flags} {cloud.assessment} {cloud.consent} {core} {spaces}"


def words(needs: StackRequirements, app: Path) -> Mapping[str, str]:
    """The needs as the schedule takes them: setting -> value.

    Args:
        needs: what the stack has to be.
        app: folder of the app that is to be on it.
    """
    return {
        CCMA: needs.ccma,
        JVM: ",".join(needs.system_features) or "none",
        TIME: f"{needs.scale:g}",
        CLOUD_HALF: needs.cloud_half,
        SERVER_HALF: str(app.resolve()),
    }


def expected_seconds(case: Case, scale: float) -> float:
    """Wall seconds that a case should take: one refresh, or for as long as its row is watched."""
    lasts = case.known_bug.lasts if case.known_bug else case.expectation.lasts
    return _CASE_SECONDS + max(lasts, REFRESH).total_seconds() / scale
