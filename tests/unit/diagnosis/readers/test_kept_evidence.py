"""What a case keeps beside its log and journal is read as evidence, each alone."""

import json
from pathlib import Path

from harness.diagnosis.evidence import (
    AppUnderTest,
    AssessmentDecision,
    Bundle,
    ConnectApp,
    Consent,
    PlanStatus,
)
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
