"""The stand-in is as the facts say, asked the way that anybody can ask a Confluence."""

import json
import socket
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result
from playwright.sync_api import Browser, Page
from typer.testing import CliRunner

from harness.cli.main import app
from harness.contract.facts import FACTS
from harness.contract.pages import PAGE_CLAIMS, read_pages
from harness.drivers.browser.migration_assistant import create_plan, run_plan
from harness.drivers.confluence.session import Account


def contract(url: str, admin: Account, report: Path, password: str) -> Result:
    argv = ["contract", "--confluence", url, "--user", admin.user, "--no-browser"]
    return CliRunner(env={"HARNESS_ATTACH_PASSWORD": password}).invoke(
        app, [*argv, "--report", str(report)]
    )


def test_every_fact_holds_and_the_report_is_written(
    confluence_url: str, admin: Account, tmp_path: Path
) -> None:
    done = contract(confluence_url, admin, tmp_path / "r.json", admin.password)
    written = json.loads((tmp_path / "r.json").read_text())
    assert {each["fact"] for each in written["answers"] if each["outcome"] == "same"} == {
        each.id for each in FACTS
    }, done.output
    assert written["confluence"]


def test_a_wrong_password_ends_it_and_nothing_is_written(
    confluence_url: str, admin: Account, tmp_path: Path
) -> None:
    done = contract(confluence_url, admin, tmp_path / "r.json", "not-the-password")
    assert "logging in as" in str(done.exception)
    assert not (tmp_path / "r.json").exists()


def test_an_address_where_nobody_answers_is_one_line(admin: Account, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobodys = f"http://127.0.0.1:{taken.getsockname()[1]}"
    done = contract(nobodys, admin, tmp_path / "r.json", admin.password)
    assert f"--confluence {nobodys}: no answer" in str(done.exception)


@pytest.mark.usefixtures("clean")
def test_the_assistants_pages_are_read_to_the_newest_plan(
    page: Page, browser: Browser, confluence_url: str, admin: Account
) -> None:
    plan_id = create_plan(page, confluence_url, "Asked by the contract", admin)
    run_plan(page, plan_id)
    with closing(browser.new_context()) as nobodys:
        answered = list(read_pages(nobodys.new_page(), confluence_url, admin))
    assert [(each.fact, each.outcome) for each in answered] == [
        (each.id, "same") for each in PAGE_CLAIMS
    ]
    assert "Asked by the contract" not in json.dumps([each.model_dump() for each in answered])
