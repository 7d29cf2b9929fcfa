"""What a transfer's events are called for a Forge app (developer documentation, Forge events).

That data can be preloaded is published, but not what that event is called: its name is made after
the others.
"""

FORGE_EVENTS = {
    "listener-triggered": "avi:ecosystem.migration:triggered:listener",
    "app-data-uploaded": "avi:ecosystem.migration:uploaded:app_data",
    "app-data-preloaded": "avi:ecosystem.migration:preloaded:app_data",
    "listener-errored": "avi:ecosystem.migration:errored:listener",
    "transfer-cancellation-requested": "avi:ecosystem.migration:requested:transfer_cancellation",
    "export-completed": "avi:ecosystem.migration:completed:export_phase",
    "transfer-settled": "avi:ecosystem.migration:settled:transfer",
}
"""An event's name for a Connect app, or what it would be -> its name for a Forge app."""

PLAIN_NAMES = {forge: plain for plain, forge in FORGE_EVENTS.items()}
"""The other way round."""
