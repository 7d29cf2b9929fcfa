"""Runs the script: one task for each transfer, driven by the transfer's webhooks."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from harness.cloud_app.site import NotTrusted, SiteClient
from harness.vocabulary.behaviours import BEHAVIOURS
from harness.vocabulary.script import (
    Await,
    Behaviour,
    Feedback,
    Fetch,
    Map,
    Post,
    Repeat,
    Sleep,
    Step,
)

_EVENTS_KEPT = 10_000
_LOOK_EVERY = 0.02
"""Wall seconds between two searches for new transfers, for behaviours with `discover`."""


class StepFailed(Exception):
    """A step failed, which ends the script; the message says why."""


@dataclass
class _Transfer:
    """What the app knows about a transfer."""

    id: str
    seen: set[str] = field(default_factory=set)
    waiting: list[str] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    fetched: set[str] = field(default_factory=set)
    webhooks: int = 0
    task: "asyncio.Task[None] | None" = None


class Runner:
    """The app's transfers, and a record of what happened.

    Args:
        site: how the app calls its site.
        scale: script seconds per wall second.
    """

    def __init__(self, site: SiteClient, scale: float = 1.0) -> None:
        self._site, self._scale = site, scale
        self.behaviour = BEHAVIOURS["seed"]
        self.events: list[dict[str, Any]] = []
        self._transfers: dict[str, _Transfer] = {}
        self._known: set[str] = set()
        self._finder: asyncio.Task[None] | None = None

    def note(self, kind: str, transfer_id: str | None = None, **more: Any) -> None:
        """Adds to the record of what happened."""
        if len(self.events) < _EVENTS_KEPT:
            self.events.append({"at": time.time(), "kind": kind, "transferId": transfer_id, **more})

    async def behave(self, behaviour: Behaviour) -> None:
        """Sets the behaviour, from the next transfer on."""
        self.behaviour = behaviour
        await _end([self._finder] if self._finder else [])
        self._finder = asyncio.create_task(self._find()) if behaviour.discover else None

    async def reset(self) -> None:
        """Forgets transfers and events; keeps the script and the installation."""
        tasks = [each.task for each in self._transfers.values() if each.task]
        self._transfers.clear()
        self.events.clear()
        self._known.clear()
        await _end(tasks)

    async def close(self) -> None:
        """Stops all scripts."""
        await self.reset()
        await _end([self._finder] if self._finder else [])

    def webhook(self, payload: dict[str, Any]) -> int:
        """Takes an event; a transfer's first event starts its script.

        Returns:
            How many webhooks of this transfer have arrived, including duplicates.
        """
        transfer = self._begin(str(payload.get("transferId")))
        transfer.webhooks += 1
        message = str(payload.get("messageId"))
        duplicate = message in transfer.seen
        self.note(
            "webhook",
            transfer.id,
            eventType=payload.get("eventType"),
            messageId=message,
            duplicate=duplicate,
            payload=payload,
        )
        if not duplicate:
            transfer.seen.add(message)
            transfer.waiting.append(str(payload.get("eventType")))
            transfer.arrived.set()
        return transfer.webhooks

    def is_new(self, payload: dict[str, Any]) -> bool:
        """Whether this is the first webhook of its transfer; remembers the transfer."""
        transfer_id = str(payload.get("transferId"))
        if transfer_id in self._known:
            return False
        self._known.add(transfer_id)
        return True

    def _begin(self, transfer_id: str) -> _Transfer:
        transfer = self._transfers.get(transfer_id)
        if transfer is None:
            transfer = self._transfers[transfer_id] = _Transfer(transfer_id)
            transfer.task = asyncio.create_task(self._run(transfer, self.behaviour))
        return transfer

    async def _find(self) -> None:
        while True:
            try:
                answer = await self._site.call("GET", "/transfer/recent")
                for each in answer.json() if answer.status_code == 200 else []:
                    self._begin(str(each["transferId"]))
            except (NotTrusted, httpx.HTTPError):
                pass  # not installed yet, or the site is down: try again
            await asyncio.sleep(_LOOK_EVERY)

    async def _run(self, transfer: _Transfer, behaviour: Behaviour) -> None:
        try:
            await self._steps(transfer, behaviour.steps)
            self.note("finished", transfer.id)
        except (StepFailed, NotTrusted, httpx.HTTPError, ValueError, KeyError) as error:
            self.note("failed", transfer.id, error=f"{type(error).__name__}: {error}")

    async def _steps(self, transfer: _Transfer, steps: Sequence[Step]) -> None:
        for step in steps:
            match step:
                case Await():
                    await _await(transfer, step.event)
                case Post():
                    await self._post(transfer, step)
                case Fetch():
                    await self._fetch(transfer, step)
                case Map():
                    await self._map(transfer, step)
                case Feedback():
                    path = f"/feedback/{transfer.id}"
                    answer = await self._site.call("POST", path, json={"details": step.feedback})
                    self.note("feedback", transfer.id, status=answer.status_code)
                case Sleep():
                    await asyncio.sleep(step.sleep / self._scale)
                case Repeat():
                    for _ in range(step.times):
                        await self._steps(transfer, step.repeat)

    async def _post(self, transfer: _Transfer, step: Post) -> None:
        path = f"/progress/{step.to or transfer.id}"
        answer = await self._site.call(
            "POST", path, json=step.post, secret=step.secret, base=step.base
        )
        self.note("posted", transfer.id, body=step.post, status=answer.status_code)
        if step.expect is not None and answer.status_code != step.expect:
            raise StepFailed(f"POST {path} was answered {answer.status_code}, not {step.expect}")

    async def _fetch(self, transfer: _Transfer, step: Fetch) -> None:
        listing = await self._site.call("GET", f"/data/{transfer.id}/all", secret=step.secret)
        if listing.status_code != 200:
            raise StepFailed(
                f"the request for the list of app data was answered {listing.status_code}"
            )
        for each in listing.json():
            key = each["s3Key"]
            if key in transfer.fetched:
                continue
            link = await self._site.call("GET", f"/data/{key}", secret=step.secret)
            if link.status_code != 200:
                raise StepFailed(
                    f"the request for a link to app data was answered {link.status_code}"
                )
            await asyncio.sleep(step.wait / self._scale)
            size, start = 0, b""
            async for piece in self._site.download(link.json()["url"]):
                size += len(piece)
                start = (start + piece)[:1000]
            transfer.fetched.add(key)
            self.note(
                "fetched",
                transfer.id,
                s3Key=key,
                label=each.get("label"),
                size=size,
                start=start.decode(errors="replace"),
            )

    async def _map(self, transfer: _Transfer, step: Map) -> None:
        query = urlencode({"namespace": step.namespace})
        answer = await self._site.call("POST", f"/mapping/{transfer.id}/find", query, json=step.map)
        self.note("mapped", transfer.id, status=answer.status_code, mapping=answer.json())


async def _await(transfer: _Transfer, event: str) -> None:
    while True:
        for index, arrived in enumerate(transfer.waiting):
            if event in ("*", arrived):
                del transfer.waiting[index]
                return
        transfer.arrived.clear()
        await transfer.arrived.wait()


async def _end(tasks: "Sequence[asyncio.Task[None]]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
