"""One class for each thing that can happen to the cloud's state, in a module for each subject.

A handler decides which changes a request makes; the journal writes them with the entry; only
then are they applied. After a restart the journal's changes are applied again, in order, so
a change must not read clocks, files or settings.

The package imports all its modules, so that a journal can be read back whatever is in it.
"""

from harness.cloud.changes.base import KINDS, Change, from_json
from harness.cloud.changes.content import ContentMoved, PageRemoved, PageSaved
from harness.cloud.changes.control import ClockSet, Reset, SwitchesSet
from harness.cloud.changes.forge import (
    AppLogged,
    ExportCompleted,
    MessageAwaited,
    MessagesWorkedOff,
)
from harness.cloud.changes.messages import MessageDone, MessageQueued
from harness.cloud.changes.site import (
    AppInstalled,
    AppUninstalled,
    PairListed,
    ServerAttached,
    WebhooksSet,
)
from harness.cloud.changes.transfers import (
    CancelRequested,
    DataUploaded,
    FeedbackGiven,
    ListenerErrored,
    ListenerTriggered,
    MigrationCreated,
    ProgressReported,
    SettledByPlatform,
    TransferCreated,
)

__all__ = [
    "KINDS",
    "AppInstalled",
    "AppLogged",
    "AppUninstalled",
    "CancelRequested",
    "Change",
    "ClockSet",
    "ContentMoved",
    "DataUploaded",
    "ExportCompleted",
    "FeedbackGiven",
    "ListenerErrored",
    "ListenerTriggered",
    "MessageAwaited",
    "MessageDone",
    "MessageQueued",
    "MessagesWorkedOff",
    "MigrationCreated",
    "PageRemoved",
    "PageSaved",
    "PairListed",
    "ProgressReported",
    "Reset",
    "ServerAttached",
    "SettledByPlatform",
    "SwitchesSet",
    "TransferCreated",
    "WebhooksSet",
    "from_json",
]
