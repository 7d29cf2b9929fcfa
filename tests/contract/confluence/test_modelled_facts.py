"""Rows of docs/fidelity.md that can be asked of a bare stand-in: its states, switches and logs."""

import json
import re
from pathlib import Path

import httpx
import pytest
from standin_processes import StandIn, await_running, run_standin

from harness.drivers.confluence import apps, dark_features, startup_checks
from harness.drivers.confluence.session import Account, open_client
from harness.errors import DriverError
from harness.vocabulary.features import DEV_MODE, FEATURE
from harness.wait import wait_for

pytestmark = pytest.mark.standin

ADMIN = Account("admin", "admin")
LOG_LIMIT = 20 << 20


@pytest.fixture(scope="module")
def bare(built, tmp_path_factory) -> StandIn:
    """A stand-in that is set up, with no property that opens a door."""
    home = tmp_path_factory.mktemp("bare")
    logs = home / "logs"
    logs.mkdir()
    (logs / "atlassian-confluence.log").write_bytes(b"x" * LOG_LIMIT)
    for number in range(1, 6):
        (logs / f"atlassian-confluence.log.{number}").write_text(f"backup {number}")
    with run_standin(built, home, {}) as standin:
        await_running(standin.url)
        yield standin


@pytest.fixture
def http(bare):
    """Nobody, who follows no redirect."""
    with httpx.Client(base_url=bare.url, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def first_run(built, tmp_path_factory):
    home = tmp_path_factory.mktemp("first-run")
    licence = {"STANDIN_SETUP": "wizard", "ATL_LICENSE_KEY": "QUFB" * 20}
    with (
        run_standin(built, home, licence) as standin,
        httpx.Client(base_url=standin.url, trust_env=False) as client,
    ):
        assert startup_checks.await_booted(client, within=60) == "FIRST_RUN"
        yield client


def token_in(page: httpx.Response) -> str:
    found = re.search(r'name="atl_token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def test_before_the_set_up_pages_lead_to_the_wizard_and_rest_is_503(first_run):
    answer = first_run.get("/admin/darkfeatures.action")
    assert (answer.status_code, answer.headers["location"]) == (
        302,
        "/bootstrap/selectsetupstep.action",
    )
    assert first_run.get("/rest/api/user/current").status_code == 503


def test_clustering_by_name_is_a_500_and_the_step_stays(first_run):
    token = token_in(first_run.get("/setup/", follow_redirects=True))
    form = {"atl_token": token, "newCluster": "skipCluster", "isClusteringEnabled": "false"}
    refused = first_run.post("/setup/setupcluster.action", data=form)
    assert refused.status_code == 500
    assert "newCluster" in first_run.get("/setup/", follow_redirects=True).text


def test_after_the_set_up_the_wizard_leads_away(http):
    for path in ("/setup/", "/setup/setuplicense.action"):
        answer = http.get(path)
        assert (answer.status_code, answer.headers["location"]) == (302, "/")


def test_a_home_that_cannot_be_read_is_error_and_500(built, tmp_path):
    (tmp_path / "standin").mkdir()
    (tmp_path / "standin" / "plugins.json").write_text("{ no json")

    def failed() -> httpx.Response | None:
        answer = client.get("/status")
        return answer if answer.json()["state"] == "ERROR" else None

    with (
        run_standin(built, tmp_path, {}) as standin,
        httpx.Client(base_url=standin.url, trust_env=False) as client,
    ):
        answer = wait_for("the state ERROR", failed, within=60)
        assert answer.status_code == 500
        assert client.get("/rest/api/user/current").status_code == 503
        assert startup_checks.status(client) == "ERROR"
    assert "plugins.json" in (tmp_path / "logs" / "atlassian-confluence.log").read_text()


def test_the_release_it_says_it_is(http):
    manifest = http.get("/rest/applinks/1.0/manifest", headers={"Accept": "application/json"})
    assert (manifest.json()["version"], manifest.json()["buildNumber"]) == ("8.6.0", 9101)


def test_pages_and_upm_ask_a_cookie_session_for_its_password(bare):
    with open_client(bare.url, ADMIN, mode="cookie") as session:
        with httpx.Client(base_url=bare.url, trust_env=False, cookies=session.cookies) as raw:
            page = raw.get("/admin/darkfeatures.action")
            assert page.status_code == 302
            assert page.headers["location"].startswith("/authenticate.action?destination=")
            assert raw.get("/rest/plugins/1.0/").status_code == 401
        assert session.get("/admin/darkfeatures.action").status_code == 200  # it confirms
        assert session.get("/rest/plugins/1.0/").status_code == 200


def test_upload_is_open_and_signatures_are_unchecked_where_nobody_says_otherwise(bare, charts):
    with open_client(bare.url, ADMIN) as client:
        apps.uninstall(client, apps.install(client, charts).key)


def test_switches_close_upload_and_check_signatures(built, charts, tmp_path_factory):
    for switch, fix in {
        "upm.plugin.upload.enabled=false": "upm.plugin.upload.enabled=true",
        "atlassian.upm.signature.check.disabled=false": "signature.check.disabled=true",
    }.items():
        with run_standin(built, tmp_path_factory.mktemp("closed"), {}, [switch]) as standin:
            await_running(standin.url)
            with open_client(standin.url, ADMIN) as client:
                with pytest.raises(DriverError, match=fix):
                    apps.install(client, charts)
                assert not apps.user_installed(client)


def test_the_access_log_has_the_images_pattern_and_no_query(bare, http):
    http.get("/status", params={"token": "sentinel-5d1c"}, headers={"User-Agent": "a-client/1"})
    (log,) = (bare.home / "logs").glob("confluence_access.*.log")
    pattern = re.compile(
        r'127\.0\.0\.1 - \[[^\]]+\] "GET /status HTTP/1\.1" 200 \d+ \d+ /status \S+ "a-client/1"'
    )
    # It is written once the answer has gone out.
    wait_for("the request to be logged", lambda: pattern.search(log.read_text()), within=10)
    assert "sentinel-5d1c" not in log.read_text()


def test_the_log_says_ready_at_info_and_else_from_warn_on(bare):
    said = (bare.home / "logs" / "atlassian-confluence.log").read_text()
    time = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} "
    ready = r"INFO \[main\] \[com\.atlassian\.confluence\.lifecycle\] init Confluence is ready"
    assert re.match(time + ready, said), said
    assert len(re.findall(time + "(?:INFO|DEBUG)", said, re.MULTILINE)) == 1


def test_the_log_rolls_at_20_mb_to_five_backups(bare):
    logs: Path = bare.home / "logs"
    assert (logs / "atlassian-confluence.log").stat().st_size < LOG_LIMIT
    assert (logs / "atlassian-confluence.log.1").stat().st_size == LOG_LIMIT
    assert (logs / "atlassian-confluence.log.5").read_text() == "backup 4"
    assert not (logs / "atlassian-confluence.log.6").exists()


def test_installed_apps_are_listed_for_the_assistant(bare, charts):
    with open_client(bare.url, ADMIN) as client:
        listed = client.get("/rest/migration/latest/app").json()
        assert listed["appStatus"] == "NO_APPS"
        key = apps.install(client, charts).key
        listed = client.get("/rest/migration/latest/app").json()
        assert "hasCloudVersion" in json.dumps(listed)
        assert "charts-plugin" in json.dumps(listed)
        apps.uninstall(client, key)


def test_checks_block_for_assessment_and_consent_and_dev_mode_skips_them(
    built, charts, tmp_path_factory
):
    home = tmp_path_factory.mktemp("asked")
    asked = {"STANDIN_ASSESSMENT": "asked", "STANDIN_PAGES": "server"}
    base, plan = "/plugins/servlet/ial/migration", {"name": "p", "include-APPS": "on"}
    with run_standin(built, home, asked, ["password.confirmation.disabled=true"]) as standin:
        await_running(standin.url)
        with open_client(standin.url, ADMIN) as client:
            client.headers["X-Atlassian-Token"] = "no-check"

            def checked(step: str) -> str:
                return client.post(f"{base}/create", data={**plan, "step": step}).text

            apps.install(client, charts)
            dark_features.set_site(client, {FEATURE: True})
            assert "App assessment is incomplete" in checked("choose")
            assert "App assessment is incomplete" in checked("check")  # it goes no further
            client.post(f"{base}/assess", data={"decision-charts-plugin": "NEEDED"})
            assert "No consent to migrate" in checked("check")
            client.post(f"{base}/prepare", data={"agree-charts-plugin": "on"})
            assert "is not installed in cloud" in checked("choose")
            assert "Review your migration" in checked("check")  # that one only warns
            dark_features.set_site(client, {DEV_MODE: True})
            assert "is not installed in cloud" not in checked("choose")
            apps.uninstall(client, "org.migrationharness.apps.charts")
