"""The verb `contract`: asks a Confluence what the harness relies on, and writes a report."""

import os
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from harness.errors import EXIT_FAILED, BadInput
from harness.vocabulary.variables import PASSWORD, TOKEN

REPORT = Path("contract-report.json")


def add_to(app: typer.Typer) -> None:
    """Adds the verb to the command."""
    app.command("contract")(contract)


def contract(
    confluence: Annotated[str, typer.Option(help="its address, with its context path")],
    user: Annotated[
        str | None,
        typer.Option(help=f"an administrator's name; password in {PASSWORD}, or token in {TOKEN}"),
    ] = None,
    report: Annotated[Path, typer.Option(help="where to write the report")] = REPORT,
    ca: Annotated[Path | None, typer.Option(help="PEM of the CA of its certificate")] = None,
    *,
    browser: Annotated[bool, typer.Option(help="read the assistant's pages, too")] = True,
) -> int:
    """Ask a Confluence for all that the harness relies on; changes nothing there.

    The report has the form of each answer, no contents. Exit status: 0 all as expected, 1 where
    something differs.
    """
    from harness.contract.asking import ask, clients, versions
    from harness.contract.facts import FACTS
    from harness.contract.results import ContractReport, as_text
    from harness.environment.attach_remote import account_from, connected
    from harness.environment.remote import trust_of

    account, address = account_from(user, os.environ), confluence.rstrip("/")
    if not confluence.startswith(("http://", "https://")):
        raise BadInput(f"--confluence {confluence!r}: write an address, as in http://host:8090")
    if not report.parent.is_dir():
        raise BadInput("--report: there is no such folder", path=report.parent)
    trust = trust_of(address, ca)
    connected(address, account, trust).close()  # else it ends here, with one line
    with clients(address, account, trust.context) as client:
        version, assistant = versions(client)
        answers = [*ask(FACTS, client, assistant)]
    if browser:
        from harness.contract.pages import read_pages
        from harness.drivers.browser.launch import browser_session

        with browser_session(launch=trust.launch) as opened:
            answers += read_pages(opened.new_page(), address, account)
    said = ContractReport(
        harness=metadata.version("migration-harness"),
        confluence=version,
        assistant=assistant,
        answers=tuple(answers),
    )
    report.write_text(said.model_dump_json(indent=1, by_alias=True) + "\n", encoding="utf-8")
    print(f"{as_text(said)}\nreport: {report}")
    return EXIT_FAILED if said.differing else 0
