"""What can go wrong around a case, in the words that a case file uses for it."""

from typing import Literal

MishapKind = Literal[
    "cut",
    "expired-link",
    "half-answer",
    "latency",
    "rate-limit",
    "refusal",
    "server-error",
    "stale-poll",
    "webhook-late",
    "webhook-lost",
    "webhook-repeated",
    "cloud-stood-still",
    "disk-full",
    "internal-error",
    "not-recorded",
    "platform-refused",
    "unknown-route",
    "unreachable",
]
"""The faults that the cloud can have, and what else is noticed.

- `cloud-stood-still`: the stub of the cloud did not answer for some seconds.
- `disk-full`: the cloud or Confluence could not write.
- `internal-error`: the cloud failed by itself.
- `not-recorded`: Confluence asked its cloud for what the recording that answers does not have.
- `platform-refused`: the cloud refused a call of the assistant that it should have answered.
- `unknown-route`: Confluence or the app asked for something that the stub does not have.
- `unreachable`: Confluence or the cloud found nobody at an address.
"""
