"""Asks a Confluence each fact over HTTP."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx

from harness.contract import outline
from harness.contract.facts import Fact, Who
from harness.contract.results import Answered, Outcome
from harness.drivers.confluence import apps
from harness.drivers.confluence.manifest import confluence_version
from harness.drivers.confluence.session import (
    Account,
    ConfluenceClient,
    connect,
    log_in,
    open_client,
    transport_trusting,
)
from harness.errors import DriverError
from harness.support.versions import parse_version
from harness.vocabulary.variables import PASSWORD

Clients = Callable[[Who], httpx.Client]


@contextmanager
def clients(
    base_url: str, account: Account, trust: ssl.SSLContext | None = None
) -> Iterator[Clients]:
    """Gives a client for each way of being somebody; each is opened when it is first asked for.

    Args:
        base_url: Confluence's address, with its context path.
        account: an administrator.
        trust: accepts the server's certificate; None for the usual authorities.

    Raises:
        DriverError: (when one is asked for) the account is refused.
    """

    def through() -> httpx.BaseTransport | None:
        return transport_trusting(trust) if trust else None

    def nobodys(by_cookie: bool = False) -> ConfluenceClient:
        transport = transport_trusting(trust) if trust else None
        options: dict[str, Any] = {"transport": transport} if transport else {}
        return ConfluenceClient(base_url, None, by_cookie=by_cookie, **options)

    opened: dict[Who, httpx.Client] = {}

    def by_cookie() -> httpx.Client:
        # Without the account it does not confirm the password by itself.
        need_password()
        client = nobodys(by_cookie=True)
        log_in(client, account)
        return client

    def basic() -> httpx.Client:
        need_password()
        return open_client(base_url, account, transport=through())

    def need_password() -> None:
        if not account.password:
            raise DriverError("asking by password", "a token alone was given", f"Set {PASSWORD}")

    makers: dict[Who, Callable[[], httpx.Client]] = {
        "nobody": nobodys,
        "basic": basic,
        "cookie": by_cookie,
        "admin": lambda: connect(base_url, account, transport=through()),
    }
    with ExitStack() as stack:

        def client(who: Who) -> httpx.Client:
            if who not in opened:
                opened[who] = makers[who]()
                stack.callback(opened[who].close)
            return opened[who]

        yield client


def ask(facts: Sequence[Fact], client: Clients, assistant: str | None) -> Iterator[Answered]:
    """Asks each fact and says how the answer compares; what cannot be asked is said, too.

    Args:
        facts: what to ask.
        client: as whom.
        assistant: the assistant's version; None where it is not known.
    """
    version = parse_version(assistant or "")
    for fact in facts:
        if version and fact.since > version:
            older = f"this assistant is {assistant}"
            yield Answered.of(fact, "not asked", older)
            continue
        headers = {"Accept": fact.accept} if fact.accept else {}
        try:
            answer = client(fact.who).get(fact.path, headers=headers)
        except (httpx.HTTPError, DriverError) as error:
            yield Answered.of(fact, "not asked", str(error))
            continue
        differs = fact.expect(answer)
        outcome: Outcome = "differs" if differs else "same"
        yield Answered.of(fact, outcome, differs or "", outline.of_answer(answer))


def versions(client: Clients) -> tuple[str | None, str | None]:
    """Confluence's version by its manifest, and the assistant's by UPM; None where not said."""

    def assistants() -> str | None:
        found = apps.find(client("admin"), apps.ASSISTANT)
        return found.version if found else None

    return _told(lambda: confluence_version(client("nobody"))), _told(assistants)


def _told(ask: Callable[[], str | None]) -> str | None:
    try:
        return ask()
    except (httpx.HTTPError, DriverError):
        return None
