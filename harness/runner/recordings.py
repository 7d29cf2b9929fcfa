"""Which recordings a run can make, or be answered from: refused before anything is started."""

from collections.abc import Sequence

from harness.cases import Case
from harness.cassette.files import SUFFIX, read_folder
from harness.errors import BadInput
from harness.settings import Settings
from harness.support.suggest import did_you_mean

_NAMED = 3


def check_recordings(settings: Settings, cases: Sequence[Case], *, attached: bool) -> None:
    """Refuses a run whose recording could not be made, or does not have its cases.

    Args:
        settings: the run's.
        cases: those that are to run.
        attached: whether they run on a stack that is up already.

    Raises:
        BadInput: says what would be right.
    """
    if attached and (settings.record or settings.replay):
        raise BadInput(
            "--record, --replay: the JVM of a stack that runs already uses no proxy of ours: "
            "leave --stack out"
        )
    if settings.record and any(settings.record.glob(f"*{SUFFIX}")):
        raise BadInput(
            f"--record {settings.record}: there is a recording already: name another folder"
        )
    if settings.standin_platform and not (settings.record or settings.replay):
        raise BadInput(
            f"HARNESS_STANDIN_PLATFORM {settings.standin_platform}: nothing would tell what that "
            "cloud recorded: run with --record or --replay"
        )
    if settings.tap:
        read_folder(settings.tap)
    if settings.replay is None:
        return
    there = read_folder(settings.replay).cases
    missing = [case.id for case in cases if case.id not in there]
    if missing:
        named = "; ".join(f"{each}{did_you_mean(each, there)}" for each in missing[:_NAMED])
        more = f"; and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        raise BadInput(
            f"--replay {settings.replay}: it was not recorded with {named}{more}. "
            "Choose others by -k, or record them"
        )
