"""What `harness up` refuses before it starts anything, and what it tells a person to do."""

from contextlib import closing
from pathlib import Path

import pytest
from fake_stacks import fake_stack

from harness.cli import stack as verbs
from harness.drivers.browser import window
from harness.drivers.untold_cloud import UntoldCloud, UntoldCloudApp
from harness.environment.document import to_document
from harness.errors import BadInput
from harness.lifecycle import runs
from harness.settings import flags_of

IMAGE = "atlassian/confluence:9.2"


@pytest.fixture
def nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    def begun() -> None:
        pytest.fail("a run has begun")

    monkeypatch.setattr(runs, "open_run", begun)


def up(*, headed: bool = False, **given: object) -> None:
    unsaid = {each.name: None for each in flags_of("up")}
    verbs.up(headed=headed, **{**unsaid, **given})


@pytest.mark.usefixtures("nothing_starts")
@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ({"cloud": "real"}, "only the stub answers"),
        ({"confluence": IMAGE, "cloud": "real", "time_scale": 60.0}, "true time"),
    ],
)
def test_a_cloud_that_cannot_be_is_refused_at_once(flags: dict[str, object], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        up(**flags)


@pytest.mark.usefixtures("nothing_starts")
@pytest.mark.parametrize("flags", [{}, {"confluence": IMAGE, "cloud": "real"}])
def test_a_window_without_a_display_is_refused_at_once(
    flags: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in window.DISPLAYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(window.sys, "platform", "linux")
    with pytest.raises(BadInput, match="no display"):
        up(headed=True, **flags)


@pytest.mark.usefixtures("nothing_starts")
def test_a_feature_that_is_nearly_known_is_doubted(capfd: pytest.CaptureFixture[str]) -> None:
    key = "migration-assistant.app-migration.feature"
    with pytest.raises(BadInput, match="--feature 'mine': write KEY=on"):
        up(features=[f"{key}=on", f"{key}s=on", "other=off", "mine"])
    assert capfd.readouterr().err == (
        f"warning: --feature: no dark feature of app migration is called '{key}s'; "
        f"did you mean '{key}'?\n"
    )


def test_a_person_is_told_how_the_site_is_connected_and_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clouds: dict[str, object] = {"cloud": UntoldCloud(), "cloud_app": UntoldCloudApp()}
    with closing(fake_stack(tmp_path, confluence=IMAGE, **clouds)) as stack:
        document = to_document(stack)
    verbs._print_stack(document)
    verbs._print_connecting(document)
    told = capsys.readouterr().out
    assert "cloud        the real one" in told
    assert f"{document.confluence.base_url}/plugins/servlet/ial/migration/home" in told
    assert f"harness golden save NAME {document.run}" in told
    assert f"--confluence {IMAGE} --cloud real" in told
