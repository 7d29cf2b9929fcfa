"""Which cases can run, and be judged, on a Confluence that somebody else runs. Pure.

Such a server has the version, the flags of its JVM and the cloud that it has. A case that wants
others does not apply there. One that applies but whose verdict would rest on what nothing there
tells is an error from the beginning, with what would supply it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.cases import Case, CloudSetup
from harness.cases.app import AppDescription
from harness.store.evidence import TELL_POLLS, CloudWitness
from harness.support.versions import parse_version
from harness.vocabulary.rows import FINAL, ROWLESS

PROGRESS_SINCE, TRIGGER_SINCE = (3, 9, 6), (3, 4, 8)
"""Versions of the assistant from which its testing REST has these (app-migration-platform, 4.5)."""

SUPPLIED_BY = (
    "the stub's journal would tell (--cloud http://..., where a stub serves this Confluence), or "
    "the case on the stand-in"
)


SUPPLIED_BY_RECORDING = (
    "a recording of what the server asks its cloud would tell (--record FOLDER), or the case on "
    "the stand-in; what reaches the app is kept with the case by `harness cloud tap` and --tap"
)


@dataclass(frozen=True)
class AppThere:
    """An app as UPM lists it."""

    version: str
    enabled: bool


@dataclass(frozen=True)
class Abilities:
    """What a server is and can do, as the preflight saw it.

    Attributes:
        assistant: the assistant's version; `unknown` where UPM does not list it.
        witness: what tells what the cloud recorded.
        uploads: whether UPM takes uploads; None where that is not known.
        installed: the apps that were added to it, by key.
        app_before: key and version of the jar that was given to be put back.
        system_features: dark features that its JVM was started with.
        user_features: those of the user's own, which count for the user's pages.
        scale: server seconds per wall second.
        plan: the plan that is to be run again, if one was named.
        own_cloud_app: whether the harness puts the app's cloud half on the stub's site itself.
    """

    assistant: str
    witness: CloudWitness
    uploads: bool | None = None
    installed: Mapping[str, AppThere] = field(default_factory=dict)
    app_before: tuple[str, str] | None = None
    system_features: frozenset[str] = frozenset()
    user_features: frozenset[str] = frozenset()
    scale: float = 1.0
    plan: str | None = None
    own_cloud_app: bool = False


@dataclass(frozen=True)
class Obstacle:
    """Why a case cannot be judged on a server.

    Attributes:
        applies: whether the case is about such a server at all.
        why: in words.
    """

    applies: bool
    why: str


def has_progress_rest(assistant: str) -> bool:
    """Whether an assistant of this version tells the state that it polled last."""
    return parse_version(assistant) >= PROGRESS_SINCE


def witness_of(tells: bool, records: bool, assistant: str) -> CloudWitness:
    """What tells what the cloud recorded.

    Args:
        tells: whether the stub's journal can be read.
        records: whether a recording proxy stands between the server and its cloud.
        assistant: the assistant's version.
    """
    if tells:
        return "journal"
    if records:
        return "recording"
    return "progress REST" if has_progress_rest(assistant) else "nothing"


def obstacle(
    case: Case, app: AppDescription, jar: tuple[str, str], there: Abilities
) -> Obstacle | None:
    """Why a case cannot be judged on a server; None where it can.

    Args:
        case: the case, as the server's version.
        app: its app.
        jar: the app's key and version, by its jar.
        there: what the server can do.
    """
    if why := _elsewhere(case, app, there):
        return Obstacle(False, why)
    if why := _not_installable(jar, there):
        return Obstacle(False, why)
    if why := _unproved(case, there.witness, SUPPLIED_BY):
        return Obstacle(True, why)
    return None


def obstacle_of_real_cloud(case: Case, witness: CloudWitness) -> Obstacle | None:
    """Why a case cannot be judged on a stack of the harness's own with the real cloud, if so.

    Args:
        case: the case.
        witness: what tells what the cloud recorded.
    """
    if case.time_scale not in (None, 1.0):
        return Obstacle(False, f"it wants the time scale {case.time_scale:g}: the cloud's is 1")
    if orders := _orders(case, case.cloud):
        return Obstacle(False, f"it wants {orders} of the cloud, which only the stub does")
    if why := _unproved(case, witness, SUPPLIED_BY_RECORDING):
        return Obstacle(True, why)
    return None


def _elsewhere(case: Case, app: AppDescription, there: Abilities) -> str | None:
    return (
        _of_its_jvm(case, there)
        or _not_the_apps_alone(case.cloud)
        or _of_the_cloud(case, app, there)
        or _of_the_plan(case, there)
    )


def _of_its_jvm(case: Case, there: Abilities) -> str | None:
    if case.time_scale not in (None, there.scale):
        return f"it wants the time scale {case.time_scale:g}, and the server's is {there.scale:g}"
    for key, is_on in case.system_features.items():
        if is_on != (key in there.system_features):
            return f"its JVM would have to be started {'with' if is_on else 'without'} {key}"
    for key, is_on in case.dark_features.items():
        if not is_on and key in there.system_features:
            return f"{key} is on by a property of its JVM, so no case can have it off"
        if not is_on and key in there.user_features:
            return f"{key} is on for the user's own account, so no case can have it off"
    return None


def _of_the_cloud(case: Case, app: AppDescription, there: Abilities) -> str | None:
    setup = case.cloud
    if there.witness != "journal":
        orders = _orders(case, setup)
        return f"it wants {orders} of the cloud, which only the stub does" if orders else None
    if setup.pairing == "unlisted":
        return "it would change what the stub's Marketplace lists"
    if there.own_cloud_app and app.cloud.kind != "scripted":
        return (
            f"the cloud half of {app.name} is a program of its own: start it and install it on "
            "the stub's site first"
        )
    if not there.own_cloud_app and (setup.install != "installed" or case.cloud_app):
        return "the cloud app on the stub's site is not the harness's own, and takes no orders"
    return None


def _of_the_plan(case: Case, there: Abilities) -> str | None:
    if there.plan is None:
        return None
    if any(row.status in ROWLESS for row in case.expectation.rows):
        return "it expects no row, which only a plan that is made for it can show (without --plan)"
    return None


def _not_the_apps_alone(setup: CloudSetup) -> str | None:
    """What a case would change on the server for more than its app."""
    if setup.core == "fails":
        return "it would spoil the folder that the server exports to"
    if others := _decisions(setup):
        return f"it would change {others}, which are not the app's alone"
    return None


def _decisions(setup: CloudSetup) -> str | None:
    """Decisions of the server's admins that a case would change for more than its app."""
    if setup.assessment != "needed":
        return "the app assessment's decisions"
    if setup.consent != "given":
        return "the consents to apps' migrations"
    if setup.email_domains != "trusted":
        return "the rules for email domains"
    return None


def _orders(case: Case, setup: CloudSetup) -> str | None:
    wanted = (
        ("faults", bool(setup.faults)),
        ("switches", bool(setup.switches)),
        (f"the install {setup.install!r}", setup.install != "installed"),
        (f"the pairing {setup.pairing!r}", setup.pairing != "listed"),
        ("an admin who stops the plan once the listener is called", setup.admin == "cancels"),
        ("another behaviour of the cloud app", case.cloud_app is not None),
    )
    return ", ".join(what for what, is_wanted in wanted if is_wanted) or None


def _not_installable(jar: tuple[str, str], there: Abilities) -> str | None:
    key, version = jar
    found = there.installed.get(key)
    if found and found.version == version:
        return None  # it is used as it stands
    if there.uploads is False:
        return (
            f"UPM takes no uploads there, and {key} {version} is not installed: start it with "
            "-Dupm.plugin.upload.enabled=true, or install the jar by hand"
        )
    if found and there.app_before != (key, found.version):
        return (
            f"{key} {found.version} is installed there, and UPM does not give its jar back: name "
            "the jar by --app-before, or uninstall it first"
        )
    return None


def _unproved(case: Case, witness: CloudWitness, supplied_by: str) -> str | None:
    """What the verdict would rest on and nothing there tells."""
    if witness in TELL_POLLS:
        return None
    last = case.expectation.rows[-1]
    if case.known_bug:
        what = f"the known bug {case.known_bug.id} ({case.known_bug.row} for good)"
    elif last.status not in FINAL | ROWLESS:
        what = f"{last} for good"
    else:
        return None
    return (
        f"{what} can only be told by polls that were answered after the cloud had recorded its "
        f"last status, and nothing here shows polls: {supplied_by}"
    )
