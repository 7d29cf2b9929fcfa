"""Rules about the server app: its bundle, its listener and the listener's keys and calls."""

import re

from harness.diagnosis.data_evidence import OnStandin
from harness.diagnosis.evidence import (
    UNNAMED,
    Bundle,
    Evidence,
    ListenerCall,
    ListenerClass,
    ListenerFailed,
    LogLine,
    MigrationMade,
    Plugin,
    TransferMade,
)
from harness.diagnosis.facts import NEW_TRANSFER, Facts
from harness.diagnosis.finding import Finding, excluded, likely, proved, unknown
from harness.diagnosis.link_names import LISTENER_THERE
from harness.diagnosis.rules.app_data import (
    OF_ITS_UPLOAD,
    START,
    at_its_start,
    ends_with_error,
    in_listener,
    may_be_cut_off,
    of_another_shape,
    of_missing_library,
)
from harness.diagnosis.rules.container import MADE_UP
from harness.store.layout import JOURNAL, OSGI, PROBE, SERVER_LOG, UPM
from harness.support.versions import parse_version
from harness.vocabulary.listener import LISTENER_SERVICE

_KEY_IS_NULL = "Cloud app key is null for server app key"
_GETTER = re.compile(r"\.(get(?:CloudAppKey|ServerAppKey|DataAccessScopes))\(")
_TWO_LISTENERS = re.compile(r"more than one listener", re.IGNORECASE)
_ASSISTANTS = re.compile(
    r"\bat (?:com\.atlassian\.migration|org\.migrationharness\.standin\.ccma)\."
)
LOOKS_FOR_SERVICES_ONLY = (3, 1, 7)
"""A version from before November 2021, when discoverable listeners came."""
_NOT_WIRED = re.compile(
    r"(?:NoClassDefFoundError|ClassNotFoundException): com[./]atlassian[./]migration[./]app"
    r"|osgi\.wiring\.package|missing requirement|Unable to resolve",
)


def cloud_key_null(facts: Facts) -> Finding:
    """The listener's cloud key. That the log line is absent proves nothing."""
    cause = "cloud-key-null"
    answered = [each for each in facts.of(ListenerClass) if each.keys is not None]
    asked = [each for each in facts.server_calls if each.what == NEW_TRANSFER]
    null = [each for each in answered if each.keys and each.keys[1] is None]
    logged = [line for line in facts.of(LogLine) if line.message.startswith(_KEY_IS_NULL)]
    if null or logged:
        return proved(cause, *null, *logged)
    named: list[Evidence] = [each for each in facts.transfers if each.cloud_key is not None]
    if answered or named or asked:
        return excluded(cause, *answered, *(named or asked))
    if threw := [line for line in facts.of(LogLine) if any(map(_GETTER.search, line.stack))]:
        return excluded(cause, *threw, note="a key getter threw instead")
    return unknown(
        cause, *(facts.lacking(PROBE) or ("what getCloudAppKey() returns: it was never called",))
    )


def key_getter_threw(facts: Facts) -> Finding:
    """A getter on the stack of a failure in the log, and no transfer."""
    cause = "key-getter-threw"
    if seen := facts.called or facts.last(TransferMade):
        return excluded(cause, seen)
    threw = [
        line
        for line in facts.of(LogLine)
        if any(map(_GETTER.search, line.stack)) and not of_missing_library(line)
    ]
    if threw:
        getters = {frame for line in threw for frame in _GETTER.findall("\n".join(line.stack))}
        return proved(cause, *threw, note=f"it was {' and '.join(sorted(getters))}()")
    answered = [each for each in facts.of(ListenerClass) if each.keys is not None]
    if answered:
        return excluded(cause, *answered)
    return unknown(cause, *(facts.lacking(SERVER_LOG, PROBE) or ("its getters were not called",)))


def listener_not_exported(facts: Facts) -> Finding:
    """The bundle's services against its classes."""
    cause = "listener-not-exported"
    seen = facts.called or (facts.transfers[-1] if facts.transfers else None)
    if seen:
        return excluded(cause, seen)
    bundle = facts.last(Bundle)
    if bundle is None or bundle.services is None:
        return unknown(cause, *(facts.lacking(OSGI) or ("which services the bundle registers",)))
    if any(LISTENER_SERVICE.fullmatch(each) for each in bundle.services):
        return excluded(cause, bundle)
    if bundle.state != "ACTIVE":
        return unknown(cause, "which services it registers once its bundle is active")
    classes = facts.of(ListenerClass)
    if classes:
        return proved(cause, bundle, *classes)
    return likely(cause, bundle, missing=facts.lacking(PROBE))


def package_not_wired(facts: Facts) -> Finding:
    """Unresolved packages, class loading failures, and copies of the interface."""
    cause = "package-not-wired"
    if facts.called:
        return excluded(cause, facts.called)
    broken: list[Evidence] = [each for each in facts.of(Bundle) if each.unresolved]
    broken += [each for each in facts.of(Plugin) if _NOT_WIRED.search(each.error or "")]
    broken += [
        each
        for each in facts.of(LogLine)
        if _NOT_WIRED.search("\n".join([each.message, *each.stack]))
    ]
    unresolved = any(each.unresolved for each in facts.of(Bundle))
    if not unresolved and (lacking := at_its_start(facts)):
        return excluded(cause, *lacking, note="what it lacks is missing in the stand-in's model")
    if broken:
        return proved(cause, *broken)
    own_copy = [
        each
        for each in facts.of(ListenerClass)
        if each.loader in each.interface_loaders and not each.by_name
    ]
    if own_copy and not facts.has(OSGI):
        # It may be left of an app that was removed: which loaders are the app's is not known.
        return likely(cause, *own_copy, missing=facts.lacking(OSGI))
    if any(each.interface_copies > 1 for each in own_copy):
        return proved(cause, *own_copy, note="the assistant has another copy of the interface")
    if own_copy:
        if uncalled := watched_in_vain(facts):
            # The assistant's copy is not loaded before it has found a listener: one copy is usual.
            both = dict.fromkeys([*own_copy, *facts.of(MigrationMade), *uncalled])
            note = "the app brings the interface itself; it was not called"
            return proved(cause, *both, note=note)
        return likely(cause, *own_copy, note="the app brings the interface itself")
    wired: list[Evidence] = [each for each in facts.of(Bundle) if each.state == "ACTIVE"]
    wired += facts.of(ListenerClass)
    wired += [each for each in facts.of(Plugin) if each.enabled]
    if wired:
        return excluded(cause, *wired)
    return unknown(cause, *facts.lacking(OSGI, UPM, SERVER_LOG, PROBE))


def bundle_not_active(facts: Facts) -> Finding:
    """What UPM says, and the bundle's state."""
    cause = "bundle-not-active"
    off: list[Evidence] = [each for each in facts.of(Plugin) if not each.enabled]
    off += [each for each in facts.of(Bundle) if each.state != "ACTIVE"]
    is_explained = any(each.error for each in facts.of(Plugin))
    all_read = facts.of(Bundle) and facts.has(SERVER_LOG) and facts.has(UPM)
    if off and not is_explained and not all_read:
        missing = "why it is not running: there is no install error, and not all was read"
        return likely(cause, *off, missing=(*facts.lacking(OSGI, SERVER_LOG, UPM), missing))
    if off and facts.of(OnStandin) and not facts.has(SERVER_LOG):
        # The install error does not name the class that only the stand-in may lack.
        return likely(cause, *off, missing=facts.lacking(SERVER_LOG))
    if off:
        return proved(cause, *off)
    on: list[Evidence] = [*facts.of(Plugin), *facts.of(Bundle)]
    if facts.called:
        on.append(facts.called)
    return excluded(cause, *on) if on else unknown(cause, *facts.lacking(UPM, OSGI))


def two_listeners(facts: Facts) -> Finding:
    """Listeners with the same server key."""
    cause = "two-listeners"
    logged = [line for line in facts.of(LogLine) if _TWO_LISTENERS.search(line.message)]
    if logged:
        return proved(cause, *logged)
    classes = facts.of(ListenerClass)
    keys = [each.keys[0] for each in classes if each.keys is not None]
    if len(keys) != len(set(keys)) and not facts.has(OSGI):
        return likely(cause, *classes, missing=facts.lacking(OSGI))
    if len(keys) != len(set(keys)):
        return proved(cause, *classes)
    if len(classes) == 1:
        return excluded(cause, *classes)
    if classes:
        return unknown(cause, "whether the listener classes answer for one key: not all were asked")
    first = [each for each in facts.transfers if not each.is_rerun]
    server_keys = [each.server_key for each in first]
    if len(server_keys) != len(set(server_keys)):
        return likely(cause, *first, missing=facts.lacking(PROBE))
    return unknown(cause, *(facts.lacking(PROBE) or ("no listener class was loaded",)))


def listener_threw(facts: Facts) -> Finding:
    """How the listener's calls ended."""
    cause = "listener-threw"
    calls = facts.of(ListenerCall)
    threw: list[Evidence] = [
        each for each in calls if each.outcome == "threw" and not ends_with_error(each.exception)
    ]
    threw += [each for each in facts.of(ListenerFailed) if not ends_with_error(each.exception)]
    threw += [
        line
        for line in facts.of(LogLine)
        if in_listener(line) and not ends_with_error(line.stack[0])
    ]
    by_error = any(ends_with_error(each.exception) for each in calls) or any(
        in_listener(line) and ends_with_error(line.stack[0]) for line in facts.of(LogLine)
    )
    if facts.failed_uploads and threw:
        return excluded(cause, *facts.failed_uploads, note=OF_ITS_UPLOAD)
    if shapes := of_another_shape(facts):
        return excluded(cause, *shapes, note="what it lacks is missing in the stand-in's model")
    if by_error:
        return excluded(cause, *calls, *facts.of(LogLine), note="it ended with an Error")
    if all(isinstance(each, ListenerFailed) and each.exception == UNNAMED for each in threw):
        threw = []
    if threw and (missing := _another_reason(facts)):
        return likely(cause, *threw, missing=missing)
    if threw:
        return proved(cause, *threw)
    if calls and all(each.outcome == "returned" for each in calls):
        return excluded(cause, *calls)
    if calls:
        return excluded(cause, *calls, note="it has not ended")
    return unknown(cause, *(facts.lacking(PROBE) or ("the listener was not called",)))


def _another_reason(facts: Facts) -> tuple[str, ...]:
    """What may be why the listener threw and was not its own affair; how to learn that."""
    if not facts.has(SERVER_LOG):
        return facts.lacking(SERVER_LOG)
    lines = facts.of(LogLine)
    if any(map(_came_through_the_assistant, filter(in_listener, lines))):
        return facts.lacking(JOURNAL)
    if any(MADE_UP in line.message for line in lines):
        return ("whether what the stand-in made up is why it threw: that is no fault of the app",)
    return ()


def _came_through_the_assistant(line: LogLine) -> bool:
    """Whether the assistant's own code failed inside the listener, as it does for an upload."""
    frames = line.stack
    own = next((n for n, each in enumerate(frames) if START.search(each)), len(frames))
    cause = next((n for n in range(own, len(frames)) if frames[n].startswith("Caused by:")), None)
    # Between the two stands the assistant's call of the listener.
    within = (*frames[:own], *(frames[cause:] if cause else ()))
    return any(map(_ASSISTANTS.search, within))


def listener_never_called(facts: Facts) -> Finding:
    """A watched listener without a call, of a generation that the assistant does not look for.

    Without that, a call that did not come has more explanations than can be excluded.
    """
    cause = "listener-never-called"
    if facts.called:
        return excluded(cause, facts.called)
    began = facts.last(MigrationMade)
    if began is None:
        return unknown(cause, *facts.lacking(JOURNAL), "whether the migration began at all")
    watched = watched_in_vain(facts)
    if not watched:
        return unknown(
            cause, *(facts.lacking(PROBE) or ("no listener was watched from before the migration",))
        )
    if restarted := may_be_cut_off(facts):
        return unknown(cause, restarted)
    version = facts.version
    note = "its calls were watched, and there was none"
    is_old = version is not None and parse_version(version.version) <= LOOKS_FOR_SERVICES_ONLY
    if version and is_old and all(each.by_name for each in watched):
        # For an assistant that does not look for its kind, it is not there.
        note = f"{note}: it is too new"
        return proved(cause, began, version, *watched, note=note, link=LISTENER_THERE)
    return likely(cause, began, *watched, note=note, missing=("why it was not called",))


def watched_in_vain(facts: Facts) -> list[ListenerClass]:
    """Listeners whose calls were watched from before the migration on, and that had none."""
    began = facts.last(MigrationMade)
    began_at = began.origin.wall if began else None
    if facts.called or began_at is None:
        return []
    return [each for each in facts.of(ListenerClass) if each.armed and each.armed <= began_at]


def keys_do_not_match(facts: Facts) -> Finding:
    """The link that the platform made or did not, and the listener's keys against the pair's."""
    cause = "keys-do-not-match"
    made = facts.transfers
    if unlinked := [each for each in made if each.linked is False and each.cloud_key]:
        return proved(cause, *unlinked)
    if linked := [each for each in made if each.linked]:
        return excluded(cause, *linked)
    pair = facts.pair
    known = [each for each in _keys_seen(facts) if each[1] and each[2]]
    wrong = [each[0] for each in known if pair and each[1:] != (pair.server_key, pair.cloud_key)]
    if pair and wrong:
        return proved(cause, *wrong, pair)
    if known:
        return unknown(cause, "whether the platform linked the two: no transfer tells")
    return unknown(cause, *(facts.lacking(JOURNAL, PROBE) or ("no keys were seen",)))


def _keys_seen(facts: Facts) -> list[tuple[Evidence, str | None, str | None]]:
    answered = [(each, *each.keys) for each in facts.of(ListenerClass) if each.keys]
    return [*answered, *((each, each.server_key, each.cloud_key) for each in facts.transfers)]
