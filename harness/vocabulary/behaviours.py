"""Behaviours that cases choose by name, or spell out.

`seed` does what the cloud app in the seed thread did. Each of the others is a way in which real
apps go wrong (`reference/app-migration-platform.md` 3.5 and 5), or a permitted variation.
"""

import difflib
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Tag

from harness.vocabulary.script import Await, Behaviour, Fetch, Post, Repeat, Sleep, Step

_OLD_SECRET = "the-secret-of-an-installation-before-this-one"  # noqa: S105 - not a real one
_WRONG_TRANSFER = "00000000-0000-4000-8000-000000000000"


def _await(event: str) -> Await:
    return Await.model_validate({"await": event})


_TRIGGERED = _await("listener-triggered")
_UPLOADED = _await("app-data-uploaded")
_FETCH = Fetch(fetch="data")


def _post(status: str, percent: int | None = None, message: str | None = None) -> Post:
    body = {"status": status, "percent": percent, "message": message}
    return Post(post={key: value for key, value in body.items() if value is not None})


_BEGIN = _post("IN_PROGRESS", 0, "Migrating charts")
_END = _post("SUCCESS", 100, "Finished migrating charts")
_SEED: list[Step] = [_TRIGGERED, _BEGIN, _UPLOADED, _FETCH, _END]

BEHAVIOURS: dict[str, Behaviour] = {
    "seed": Behaviour(steps=_SEED),
    "never-settles": Behaviour(
        steps=[_TRIGGERED, _BEGIN, _UPLOADED, _FETCH, _post("IN_PROGRESS", 50, "Half of it")]
    ),
    "unknown-status": Behaviour(
        steps=[_TRIGGERED, _BEGIN, _UPLOADED, _FETCH, _post("DONE", 100, "Finished")]
    ),
    "failure-status": Behaviour(
        steps=[_TRIGGERED, _BEGIN, _UPLOADED, _FETCH, _post("FAILURE", 100, "Failed")]
    ),
    "outdated-keys": Behaviour(
        steps=[
            _TRIGGERED,
            Post(post={"progressStatus": "IN_PROGRESS", "percent": 0, "statusMessage": "Begun"}),
            _UPLOADED,
            _FETCH,
            Post(post={"progressStatus": "SUCCESS", "percent": 100, "statusMessage": "Finished"}),
        ]
    ),
    "falling-percent": Behaviour(
        steps=[
            _TRIGGERED,
            _post("IN_PROGRESS", 60, "Migrating charts"),
            _post("IN_PROGRESS", 40, "Counting again"),
            _UPLOADED,
            _FETCH,
            _post("SUCCESS", 50, "Finished migrating charts"),
        ]
    ),
    "zero-then-nothing": Behaviour(steps=[_TRIGGERED, _BEGIN]),
    "settles-twice": Behaviour(steps=[*_SEED, _post("FAILED", 100, "Failed after all")]),
    "wrong-transfer": Behaviour(
        steps=[
            _TRIGGERED,
            Post(post=_BEGIN.post, to=_WRONG_TRANSFER),
            _UPLOADED,
            _FETCH,
            Post(post=_END.post, to=_WRONG_TRANSFER),
        ]
    ),
    "old-secret": Behaviour(
        steps=[
            _TRIGGERED,
            Post(post=_BEGIN.post, secret=_OLD_SECRET),
            _UPLOADED,
            Post(post=_END.post, secret=_OLD_SECRET),
        ]
    ),
    "settles-at-40": Behaviour(
        steps=[_TRIGGERED, _BEGIN, _UPLOADED, _FETCH, _post("SUCCESS", 40, "Finished, it seems")]
    ),
    "posts-before-triggered": Behaviour(
        discover=True, steps=[_BEGIN, _TRIGGERED, _UPLOADED, _FETCH, _END]
    ),
    "slow-webhooks": Behaviour(steps=_SEED, answer_after=6.0, slow_answers=1),
    "always-slow-webhooks": Behaviour(steps=_SEED, answer_after=6.0),
    "crashes-on-first-webhook": Behaviour(steps=_SEED, crash_on_first=True),
    "each-minute-for-an-hour": Behaviour(
        steps=[
            _TRIGGERED,
            _UPLOADED,
            _FETCH,
            Repeat(repeat=[_post("IN_PROGRESS", 50, "Still migrating"), Sleep(sleep=60)], times=60),
            _END,
        ]
    ),
    "several-transfers": Behaviour(steps=_SEED),
    "fails": Behaviour(
        steps=[_TRIGGERED, _BEGIN, _UPLOADED, _FETCH, _post("FAILED", 100, "Nothing worked")]
    ),
    "incomplete": Behaviour(
        steps=[_TRIGGERED, _BEGIN, _UPLOADED, _FETCH, _post("INCOMPLETE", 100, "Some worked")]
    ),
    "settles-on-error": Behaviour(
        steps=[_await("listener-errored"), _post("FAILED", 100, "The server app failed")]
    ),
    "settles-on-cancel": Behaviour(
        steps=[
            _TRIGGERED,
            _BEGIN,
            _await("transfer-cancellation-requested"),
            _post("INCOMPLETE", 100, "Cancelled half-way"),
        ]
    ),
}


def check_name(given: str) -> None:
    """Refuses a name that no behaviour has.

    Raises:
        ValueError: with the nearest one, or all of them.
    """
    if given not in BEHAVIOURS:
        near = difflib.get_close_matches(given, BEHAVIOURS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(BEHAVIOURS)}"
        raise ValueError(f"there is no behaviour {given!r}; {hint}")


def _named_or_spelled(given: Any) -> Any:
    if isinstance(given, str):
        check_name(given)
    elif not isinstance(given, (list, dict, Behaviour)):
        raise ValueError(f"{given!r} must be a behaviour: a name such as seed, or steps")
    return {"steps": given} if isinstance(given, list) else given


def _is_name(given: Any) -> str:
    return "name" if isinstance(given, str) else "Behaviour"


Chosen = Annotated[
    Annotated[str, Tag("name")] | Annotated[Behaviour, Tag("Behaviour")],
    Discriminator(_is_name),
    BeforeValidator(_named_or_spelled),
]
"""A behaviour as a file chooses it: by name, as a mapping with `steps`, or as a list of steps."""
