"""What a case keeps beside its log and journal is read as evidence, each alone."""

import json
from pathlib import Path

from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.evidence import (
    AppUnderTest,
    AssessmentDecision,
    Bundle,
    ConnectApp,
    Consent,
    HostCalled,
    PlanStatus,
)
from harness.diagnosis.findings_text import explain, to_json
from harness.diagnosis.readers.run_folder import StoredCase, read_case
from harness.vocabulary.features import DEV_MODE, FEATURE


def stored(folder: Path, case: dict[str, object] | None = None, **artifacts: object) -> StoredCase:
    names = {}
    for name, data in artifacts.items():
        (folder / f"{name}.json").write_text(data if isinstance(data, str) else json.dumps(data))
        names[name] = f"{name}.json"
    return read_case(folder, {"id": "a", **(case or {}), "artifacts": names})


def flags(*, site: tuple[str, ...] = (), system: tuple[str, ...] = ()) -> dict[str, list[str]]:
    asked = [FEATURE, DEV_MODE]
    return {"site": [*site], "system": [*system], "user": [], "asked": asked}


def test_flags_as_read_back_stand_in_for_flags_as_wished(tmp_path):
    wished = {"dark_features": {FEATURE: False, DEV_MODE: True}}
    facts = stored(tmp_path, wished, flags=flags(system=(FEATURE,))).facts

    assert str(facts.flag(FEATURE)) == (
        f"dark feature {FEATURE} is on (system level) [dark feature pages]"
    )
    assert facts.dev_mode is None
    assert facts.flag(DEV_MODE) is not None


def test_without_a_reading_the_wish_is_what_is_known(tmp_path):
    facts = stored(tmp_path, {"dark_features": {FEATURE: True}}, flags="{").facts

    assert facts.flag(FEATURE).origin.source == "results.json"


def test_the_plan_tells_its_status_and_the_pair(tmp_path):
    plan = {"id": "1", "status": "FAILED", "server_key": "a-plugin", "cloud_key": "a-cloud"}
    facts = stored(tmp_path, plan=plan).facts

    assert facts.last(PlanStatus).status == "FAILED"
    assert facts.last(AppUnderTest).cloud_key == "a-cloud"


HOST = {
    "key": "a-plugin",
    "made_up": ["com.atlassian.user"],
    "provided": [],
    "calls": [
        {
            "type": "com.atlassian.user.GroupManager",
            "method": "getGroups",
            "answered": False,
            "times": 3,
            "last": "2026-01-01T10:00:07+00:00",
        },
        {
            "type": "com.atlassian.sal.api.ApplicationProperties",
            "method": "getBaseUrl",
            "answered": True,
            "times": 1,
            "last": "2026-01-01T10:00:05+00:00",
        },
    ],
}


def test_calls_into_the_host_are_evidence_and_explain_names_the_empty_answers(tmp_path):
    case = stored(tmp_path, host=HOST)
    asked = (
        "the app called com.atlassian.user.GroupManager.getGroups 3 times, and got a made-up, "
        "empty answer [calls into the host at 10:00:07 server time]"
    )

    assert str(case.facts.of(HostCalled)[0]) == asked
    findings = diagnose(case.facts)
    text = " ".join(explain("a", case.facts, findings, ()).split())
    assert f"Made up, since the stand-in does not have it: - {asked}" in text
    assert "getBaseUrl" not in text
    data = to_json("a", case.facts, findings, ())
    assert [each["says"] for each in data["host_calls"]][1].endswith(".getBaseUrl once")


def test_explain_names_what_was_asked_for_and_is_not_there(tmp_path):
    gap = {"method": "GET", "path": "/rest/x/{id}", "times": 2, "last": HOST["calls"][0]["last"]}
    case = stored(tmp_path, not_there={"asked": [gap]})
    says = (
        "GET /rest/x/{id} was asked for 2 times, and the stand-in does not have it "
        "[the stand-in at 10:00:07 server time]"
    )

    text = " ".join(explain("a", case.facts, [], ()).split())
    assert f"Asked for and not there: - {says}" in text
    data = to_json("a", case.facts, [], ())
    assert [each["says"] for each in data["asked_for_and_not_there"]] == [says.partition(" [")[0]]


def test_bundle_and_site(tmp_path):
    bundle = {"name": "a", "state": "ACTIVE", "services": []}
    site = {
        "apps": [{"key": "a-cloud", "installed": False, "webhook": None}],
        "decision": "not-needed",
        "consent": True,
    }
    facts = stored(tmp_path, osgi={"bundles": [bundle]}, site=site).facts

    assert facts.last(Bundle).services == ()
    assert not facts.last(ConnectApp).installed
    assert facts.last(AssessmentDecision).decision == "not-needed"
    assert facts.last(Consent).given


def test_what_the_run_could_not_keep_is_said(tmp_path):
    case = stored(tmp_path, problems=["osgi: no"], upm="[]")

    assert case.problems[-1] == "osgi: no"
    assert any(each.startswith("upm (upm.json) could not be read") for each in case.problems)


def test_problems_that_cannot_be_read_are_one_themselves(tmp_path):
    assert "could not be read" in stored(tmp_path, problems="{").problems[0]
