"""Leaves out evidence that is about another app: a Confluence has many, one is diagnosed."""

import re
from collections.abc import Sequence

from harness.diagnosis.data_evidence import CancelAsked, DataRead, DataUploaded
from harness.diagnosis.evidence import (
    AppUnderTest,
    Bundle,
    Delivery,
    EndedByPlatform,
    Evidence,
    ListenerCall,
    ListenerClass,
    ListenerFailed,
    LogLine,
    LogWritten,
    OtherLoaders,
    ProgressPost,
    TransferMade,
    Triggered,
)

_OF_A_TRANSFER = (
    TransferMade,
    Triggered,
    ListenerFailed,
    Delivery,
    ProgressPost,
    LogWritten,
    EndedByPlatform,
    DataUploaded,
    DataRead,
    CancelAsked,
)
_SERVER_KEY = re.compile(r"for server app key (?P<key>[^\s:]+)")


def about_the_pair(items: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The evidence about the pair under test, and all that is about no app in particular.

    Args:
        items: the evidence; without an AppUnderTest in it nothing is left out.
    """
    pair = next((each for each in items if isinstance(each, AppUnderTest)), None)
    loaders = {loader for each in items if isinstance(each, Bundle) for loader in each.loaders}
    others = {loader for each in items if isinstance(each, OtherLoaders) for loader in each.loaders}
    strangers = _other_transfers(items, pair) if pair else set()
    return tuple(
        item
        for item in items
        if not isinstance(item, OtherLoaders)
        and not _of_another_loader(item, loaders, others)
        and not (isinstance(item, _OF_A_TRANSFER) and item.transfer in strangers)
        and not (pair and _logged_of_another(item, pair.server_key))
    )


def _other_transfers(items: Sequence[Evidence], pair: AppUnderTest) -> set[str]:
    """Transfers of other server apps.

    One of the pair's cloud app counts as the pair's own where the server app has none: its
    listener then returns another server key than it should.
    """
    made = [each for each in items if isinstance(each, TransferMade)]
    has_own = any(each.server_key == pair.server_key for each in made)
    return {
        each.transfer
        for each in made
        if each.server_key not in (None, pair.server_key)
        and (has_own or each.cloud_key != pair.cloud_key)
    }


def _of_another_loader(item: Evidence, own: set[str], others: set[str]) -> bool:
    """Whether a class loader that is not the app's bundle's own has loaded it.

    A bundle that was not resolved has no loader, so none of the classes is its own; the loader of a
    bundle that was removed stays in the JVM for a while and is in neither set.
    """
    if not isinstance(item, ListenerClass | ListenerCall) or not item.loader:
        return False
    return bool(own or others) and item.loader.rpartition("#")[2] not in own


def _logged_of_another(item: Evidence, server_key: str) -> bool:
    """Whether a log line names another server app key."""
    if not isinstance(item, LogLine):
        return False
    named = _SERVER_KEY.search(item.message)
    return named is not None and named["key"] != server_key
