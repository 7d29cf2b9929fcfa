"""The closed list of effects: what a request changed, or why it changed nothing.

Each journal entry carries one. A value's text is part of the journal's format: drivers and
reports match on it, and `docs/cloud.md` lists them all (a test holds the two together).
"""

from enum import StrEnum


class Effect(StrEnum):
    """What a request or delivery did."""

    # Progress posts
    RECORDED = "recorded"
    SETTLED = "settled"
    OUTDATED_KEYS = "outdated keys"
    LOWER_PERCENT = "lower percent"
    ALREADY_SETTLED = "already settled"
    EXPIRED = "expired"
    UNKNOWN_STATUS = "unknown status"
    ANOTHER_APPS_TRANSFER = "another app's transfer"
    UNKNOWN_TRANSFER = "unknown transfer"

    # Other writes
    CREATED = "created"
    TRIGGERED = "triggered"
    ERRORED = "errored"
    UPLOADED = "uploaded"
    FEEDBACK_STORED = "feedback stored"
    CANCEL_REQUESTED = "cancel requested"
    WEBHOOKS_CHANGED = "webhooks changed"
    WORKED_OFF = "message worked off"
    NOT_AWAITED = "message not awaited"
    LOGGED = "logged"
    EXPORT_COMPLETED = "export completed"
    ATTACHED = "attached"
    RENEWED = "token renewed"
    CONTENT_MOVED = "content moved"
    PAGE_SAVED = "page saved"
    PAGE_REMOVED = "page removed"
    VERSION_CONFLICT = "version conflict"
    INSTALLED = "installed"
    UNINSTALLED = "uninstalled"

    # Reads
    READ = "read"
    POLLED = "polled"
    URL_SIGNED = "url signed"
    BYTES_SERVED = "bytes served"
    LINK_EXPIRED = "link expired"
    NOT_FOUND = "not found"

    # Refusals
    NO_TOKEN = "refused: no token"  # noqa: S105 - an effect's text
    MALFORMED_TOKEN = "refused: malformed token"  # noqa: S105 - an effect's text
    BAD_ALGORITHM = "refused: algorithm"
    UNKNOWN_ISSUER = "refused: unknown issuer"
    BAD_SIGNATURE = "refused: bad signature"
    BAD_QSH = "refused: bad qsh"
    EXPIRED_TOKEN = "refused: expired token"  # noqa: S105 - an effect's text
    TOKEN_NOT_YET_VALID = "refused: token not yet valid"  # noqa: S105 - an effect's text
    NOT_A_CONNECT_APP = "refused: not a Connect app"
    NOT_A_FORGE_APP = "refused: not a Forge app"
    NO_SCOPE = "refused: scope not declared"
    NO_APP_SCOPE = "refused: scope of the app"
    NOT_MODELLED = "not modelled"
    BAD_BEARER = "refused: bad server token"
    EXPIRED_BEARER = "refused: expired server token"
    CONNECTION_EXPIRED = "refused: connection expired"
    NOT_PUBLIC = "refused: control API on the public listener"
    NOT_LET_IN = "refused: control API for this caller"
    STRANGER = "refused: not called by a program of the stack"
    EGRESS_REFUSED = "refused: address outside the stack"
    MALFORMED = "malformed request"
    TOO_LARGE = "too large"
    OVER_LIMIT = "over a limit"
    METHOD_NOT_ALLOWED = "method not allowed"
    UNKNOWN_ROUTE = "unknown route"
    CLIENT_GONE = "client gone"
    CLIENT_TOO_SLOW = "client too slow"
    STORAGE_FULL = "storage full"
    INTERNAL_ERROR = "internal error"

    # Deliveries to the app
    DELIVERED = "delivered"
    NOT_ACKNOWLEDGED = "not acknowledged"
    GAVE_UP = "gave up"
    DROPPED = "dropped"
    WRONG_ENVIRONMENT = "wrong environment"
    CALLED_BACK = "called back"
    CALLBACK_REFUSED = "callback refused"

    # The platform's own doing, faults, the control API
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"
    FAULT = "fault"
    FORWARDED = "forwarded"
    REPLAYED = "replayed"
    BOOTED = "booted"
    MARKED = "marked"
    RESET = "reset"
    CONTROLLED = "controlled"


EFFECTIVE = frozenset({Effect.RECORDED, Effect.SETTLED})
"""Effects of a progress post that changed the transfer."""
