"""Delivers events to apps, again and again until they are acknowledged.

Documented: an app acknowledges an event with 200 within 5 seconds, or it is sent again; there are
duplicates, and no promised order; a Forge app gets five tries in all, with exponential back-off.
Not published: the pauses, and when the platform gives a Connect app up; both are switches here. The
5 seconds are wall seconds, since a real app on a real clock has to keep to them. The back-off is in
platform time, so that a scaled run does not wait for it, with a shortest pause in wall time.
"""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from harness.cloud import redact
from harness.cloud.calls import CallFailed
from harness.cloud.changes import MessageDone, MessageQueued
from harness.cloud.faults.base import DeliveryFault
from harness.cloud.forge import make_token
from harness.cloud.settings import Switches
from harness.cloud.state import App, Message
from harness.cloud.tokens import path_below, qsh, sign_hs256
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

_log = logging.getLogger(__name__)

_DISK_PAUSE = 1.0
"""Wall seconds before a delivery that failed here, or could not be journalled, is tried again."""
FUNCTION_SECONDS = 25.0
"""Wall seconds that a function of a Forge app may take (observed limit of Forge's runtime)."""
_CONCURRENCY = 64
"""Deliveries at the same time; the 5 seconds of the others do not begin before it is their turn."""


class Deliveries:
    """Messages on their way, one task each.

    Args:
        world: the messages, and all that a delivery needs.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._clock_changed = asyncio.Event()
        self._slots = asyncio.Semaphore(_CONCURRENCY)

    def start(self, message: Message) -> None:
        """Starts to deliver a message."""
        task = asyncio.get_running_loop().create_task(self._keep_delivering(message))
        self._tasks[message.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(message.id, None))

    def start_queued(self, change: MessageQueued) -> None:
        """Starts to deliver the message that a change has queued."""
        self.start(self._world.state.messages[change.message["id"]])

    def wake(self) -> None:
        """Makes each pause check again whether it is over: the clock was set."""
        self._clock_changed.set()
        self._clock_changed = asyncio.Event()

    def are_running(self) -> bool:
        """Whether any message is on its way."""
        return bool(self._tasks)

    def forget(self) -> None:
        """Stops all deliveries; their messages are gone."""
        for task in self._tasks.values():
            task.cancel()

    async def stop(self) -> None:
        """Stops all deliveries; their messages stay for the next start."""
        tasks = list(self._tasks.values())
        self.forget()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_delivering(self, message: Message) -> None:
        while True:
            try:
                return await self._deliver(message)
            except OSError as error:
                # What cannot be journalled is not delivered; the disk may have space later.
                _log.error("a delivery cannot be journalled: %s", error)
            except Exception as error:
                # An unforeseen error must not lose the message.
                _log.exception("a delivery failed")
                self._note_failure(message, error)
            await asyncio.sleep(_DISK_PAUSE)

    def _note_failure(self, message: Message, error: Exception) -> None:
        reason = f"a delivery failed and begins again: {type(error).__name__}: {error}"
        with suppress(OSError):
            self._world.record_own(
                Effect.INTERNAL_ERROR, reason, (), message.transfer_id, message.app_key
            )

    async def _deliver(self, message: Message) -> None:
        acknowledged: set[str] = set()
        tries = 0
        while True:
            tries += 1
            faults = self._faults(message)
            if tries == 1 and (delay := max((each.delays() for each in faults), default=0.0)):
                await self._pause(delay)
            lost = next((each for each in faults if each.loses(message, tries)), None)
            if lost is not None:
                ended = self._lose(message, tries, lost)
            else:
                ended = await self._round(message, tries, acknowledged, faults)
            if ended:
                return
            await self._pause(_backoff(self._world.switches, tries))

    async def _round(
        self,
        message: Message,
        tries: int,
        acknowledged: set[str],
        faults: list[DeliveryFault],
    ) -> bool:
        """Tries each address that has not acknowledged yet; returns whether the message is done."""
        switches = self._world.switches
        app = self._world.state.apps.get(message.app_key)
        if app is not None and (elsewhere := self._elsewhere(message, app)):
            self._lose_elsewhere(message, app, tries, elsewhere)
            return True
        targets = targets_of(app, switches.region) if app else []
        if not targets:
            self._record_unsent(message, tries, app)
        for url in targets:
            if app is not None and url not in acknowledged:
                missing = set(targets) - acknowledged
                if await self._try(message, app, url, tries, missing == {url}):
                    acknowledged.add(url)
        if targets and acknowledged.issuperset(targets):
            await self._repeat(message, targets, tries, sum(each.repeats() for each in faults))
            return True
        if tries >= self._most_tries(app):
            self._give_up(message, tries)
            return True
        return False

    def _elsewhere(self, message: Message, app: App) -> str | None:
        """The environment that a Forge app's event goes to, if the app is not deployed there.

        Observed: a listener that named another environment than the deployed one; the events went
        there for weeks, and nobody was told.
        """
        transfer = self._world.state.transfers.get(message.transfer_id)
        named = transfer.environment if transfer and app.kind == "forge" else None
        return named if named not in (None, app.environment) else None

    def _lose_elsewhere(self, message: Message, app: App, tries: int, environment: str) -> None:
        reason = (
            f"the listener's getForgeEnvironmentName() is {environment!r}, but {app.key} is "
            f"deployed in {app.environment!r}: nobody hears of the event"
        )
        done = MessageDone(message.id, False, self._world.now())
        self._record(message, "", None, Effect.WRONG_ENVIRONMENT, reason, tries, 0.0, done)

    def _most_tries(self, app: App | None) -> int:
        switches = self._world.switches
        if app is not None and app.kind == "forge":
            return switches.forge_tries
        return switches.retry_tries

    def _faults(self, message: Message) -> list[DeliveryFault]:
        faults = self._world.faults
        return faults.delivering(message, self._world.journal.case) if faults else []

    def _lose(self, message: Message, tries: int, fault: DeliveryFault) -> bool:
        """Journals a lost try; returns whether it was the message's last."""
        most = self._most_tries(self._world.state.apps.get(message.app_key))
        ends = fault.ends() or tries >= most
        done = MessageDone(message.id, False, self._world.now()) if ends else None
        reason = "fault: the webhook was lost" + (" and is not sent again" if ends else "")
        self._record(message, "", None, Effect.DROPPED, reason, tries, 0.0, done)
        return ends

    async def _repeat(self, message: Message, targets: list[str], tries: int, copies: int) -> None:
        for copy in range(1, copies + 1):
            app = self._world.state.apps.get(message.app_key)
            for url in targets if app else []:
                assert app is not None
                await self._try(message, app, url, tries + copy, last=False)

    async def _try(self, message: Message, app: App, url: str, tries: int, last: bool) -> bool:
        """Tries one address; with `last`, success completes the message."""
        if refused := self._world.egress.refuses(url):
            self._record(message, url, None, Effect.EGRESS_REFUSED, refused, tries, 0.0)
            return False
        async with self._slots:
            begun = time.perf_counter()
            status, reason = await self._post(message, app, url)
        seconds = time.perf_counter() - begun
        if status == 200:
            done = MessageDone(message.id, True, self._world.now()) if last else None
            self._record(message, url, status, Effect.DELIVERED, reason, tries, seconds, done)
            return True
        self._record(message, url, status, Effect.NOT_ACKNOWLEDGED, reason, tries, seconds)
        return False

    async def _post(self, message: Message, app: App, url: str) -> tuple[int | None, str]:
        headers = self._signed(app, url)
        within = self._world.switches.acknowledge_within
        if app.kind == "forge":
            within = max(within, FUNCTION_SECONDS)
        try:
            async with asyncio.timeout(within):
                answer = await self._world.calls.make(
                    "POST", url, json=message.payload, headers=headers, timeout=None
                )
        except TimeoutError:
            return None, f"no answer within {within:g} s of wall time"
        except CallFailed as error:
            return None, str(error)
        if answer.status_code == 200:
            return 200, "the app answered 200"
        return answer.status_code, f"the app answered {answer.status_code}; only 200 acknowledges"

    def _signed(self, app: App, url: str) -> dict[str, str]:
        """The token for a Connect app; for a Forge app, what its own calls have to be made with.

        Forge sends that token along with each call to a remote back end (Forge remote), under this
        name; Forge's own runtime adds it to what a function calls.
        """
        if app.kind == "forge":
            return {"x-forge-oauth-system": make_token(self._world, app.key)}
        secret = self._world.vault.shared_secret(app.key) or ""
        hashed = qsh("POST", path_below(app.base_url, url), urlsplit(url).query)
        return {"Authorization": f"JWT {sign_hs256(app.client_key, secret, hashed)}"}

    async def _pause(self, seconds: float) -> None:
        """Waits for platform seconds, but not less than the shortest pause in wall time."""
        until = self._world.now() + seconds * 1000.0
        await asyncio.sleep(self._world.switches.retry_least_wall)
        while left := self._world.clock.wall_seconds_until(until):
            # Not wait_for: until Python 3.12 it loses a cancel that comes with the event.
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._clock_changed.wait()

    def _give_up(self, message: Message, tries: int) -> None:
        done = MessageDone(message.id, False, self._world.now())
        reason = f"not acknowledged after {tries} tries"
        self._record(message, "", None, Effect.GAVE_UP, reason, tries, 0.0, done)

    def _record_unsent(self, message: Message, tries: int, app: App | None) -> None:
        reason = (
            f"no app with the key {message.app_key} is installed on the site"
            if app is None
            else f"{message.app_key} has no webhook endpoint: its descriptor has no "
            "cloudAppMigration.migrationWebhookPath, and it has not called PUT /webhook"
        )
        self._record(message, "", None, Effect.NOT_ACKNOWLEDGED, reason, tries, 0.0)

    def _record(
        self,
        message: Message,
        url: str,
        status: int | None,
        effect: Effect,
        reason: str,
        tries: int,
        seconds: float,
        change: MessageDone | None = None,
    ) -> None:
        entry: dict[str, Any] = {
            "caller": "cloud",
            "direction": "out",
            "method": "POST",
            "path": redact.url(url),
            "route": f"webhook {message.event}",
            "status": status,
            "effect": effect,
            "reason": redact.text(reason),
            "transfer_id": message.transfer_id,
            "app_key": message.app_key,
            "body": redact.body(message.payload),
            "detail": {"try": tries, "messageId": message.id},
            "seconds": round(seconds, 6),
        }
        self._world.record(entry, [change] if change else [])


def _backoff(switches: Switches, tries: int) -> float:
    """Platform seconds before the next try."""
    return float(min(switches.retry_first * 2.0 ** min(tries - 1, 30), switches.retry_most))


def targets_of(app: App, region: str | None) -> list[str]:
    """The addresses to which an app's events go.

    If the site is pinned to a region, the app's base URL for that region replaces its base URL in
    them (developer documentation, prepare your cloud app).
    """
    regional = app.regions.get(region) if region else None
    if regional is None:
        return list(app.endpoints)
    base, regional = app.base_url.rstrip("/"), regional.rstrip("/")
    return [
        f"{regional}{url.removeprefix(base)}" if url.startswith(f"{base}/") else url
        for url in app.endpoints
    ]
