"""A stack becomes a document, and the document that stack again: nothing of it is forgotten."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fake_stacks import PORTS, FakeEngine, FakeRunning, fake_stack
from hypothesis import given, settings
from hypothesis import strategies as st
from placements import AUTHORITY

from harness.drivers.cloud import ConnectAppControl
from harness.drivers.confluence.session import Account
from harness.drivers.untold_cloud import UntoldCloud, UntoldCloudApp
from harness.engines.service import Running
from harness.environment import document
from harness.environment.document import StackDocument, to_document, to_stack
from harness.environment.services.names import CLOUD_APP, CONFLUENCE
from harness.environment.stack import Stack
from harness.errors import BadInput

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=20)
PORT = st.integers(1, 65535)


@st.composite
def changes(draw: st.DrawFn) -> Mapping[str, object]:
    """Fields of a stack, each with a value that is not its default."""
    services = ["confluence", "cloud", "cloud-app", *draw(st.sampled_from([[], ["database"]]))]
    host = draw(st.sampled_from(["127.0.0.1", "docker.example", "10.0.0.7"]))
    ports = {name: draw(PORT) for name in ("http", "https", "synchrony", "jdwp", "control")}
    return {
        "engine": FakeEngine(draw(st.sampled_from(["local", "docker"]))),
        "scale": draw(st.floats(1, 600)),
        "ccma": draw(TEXT),
        "confluence": draw(TEXT),
        "image": draw(TEXT),
        "account": Account(draw(TEXT), draw(TEXT)),
        "running": {name: FakeRunning(name, draw(TEXT), host, ports) for name in services},
        "system_features": tuple(draw(st.lists(TEXT, min_size=1))),
        "cloud_half": draw(TEXT),
        "name": draw(TEXT),
    }


def attach(name: str, service: str, host: str, ports: Mapping[str, int]) -> Running:
    return FakeRunning(name, service, host, ports)


def there_and_back(stack: Stack) -> Stack:
    text = to_document(stack).model_dump_json()
    return to_stack(StackDocument.model_validate_json(text), stack.run, stack.engine, attach)


def content(stack: Stack) -> Mapping[str, object]:
    """Every field of a stack, as what two stacks are compared by."""
    values = {each.name: getattr(stack, each.name) for each in fields(Stack)}
    values["cloud"] = stack.cloud.url
    control = stack.cloud_app
    values["cloud_app"] = (
        type(control),
        control.url,
        (control.authority, control.health) if isinstance(control, ConnectAppControl) else None,
    )
    values["running"] = {
        name: (service.name, service.id, service.host) for name, service in stack.running.items()
    }
    values["ports"] = {
        name: {each: stack.running[name].port(each) for each in named}
        for name, named in {
            "confluence": ("http", "synchrony", "jdwp"),
            "cloud": ("http", "https"),
            "cloud-app": ("https",),
        }.items()
    }
    return values


@settings(deadline=None, max_examples=50)
@given(changes())
def test_every_field_of_a_stack_is_there_again(values: Mapping[str, object]) -> None:
    with TemporaryDirectory() as folder, closing(fake_stack(Path(folder), **values)) as stack:
        # The document has the addresses of the controls by their ports.
        stack.cloud.url = (
            f"http://{stack.running['cloud'].host}:{stack.running['cloud'].port('http')}"
        )
        with closing(there_and_back(stack)) as again:
            assert content(again) == content(stack)
            assert again.requirements == stack.requirements
            assert to_document(again) == to_document(stack)


def test_a_connect_app_of_the_vendors_own_keeps_its_authority_and_where_it_answers(
    tmp_path: Path,
) -> None:
    with closing(fake_stack(tmp_path, AUTHORITY.pem)) as stack:
        assert isinstance(stack.cloud_app, ConnectAppControl)
        stack.cloud_app.health = "/up"
        with closing(there_and_back(stack)) as again:
            assert isinstance(again.cloud_app, ConnectAppControl)
            assert content(again) == content(stack)
            assert (again.cloud_app.authority, again.cloud_app.health) == (AUTHORITY.pem, "/up")


def test_the_scripted_cloud_app_is_controlled_through_its_own_port(tmp_path: Path) -> None:
    with closing(fake_stack(tmp_path)) as stack, closing(there_and_back(stack)) as again:
        assert content(again) == content(stack)
        assert again.running[CLOUD_APP].port("control") == 8280


def test_a_stack_with_the_real_cloud_has_no_addresses_of_ours(tmp_path: Path) -> None:
    running = {CONFLUENCE: FakeRunning(CONFLUENCE, "id", ports=PORTS[CONFLUENCE])}
    changes = {"cloud": UntoldCloud(), "cloud_app": UntoldCloudApp(), "running": running}
    with closing(fake_stack(tmp_path, **changes)) as stack, closing(there_and_back(stack)) as again:
        described = to_document(again)
        assert (described.cloud, described.cloud_app) == (None, None)
        assert described == to_document(stack)
        assert isinstance(again.cloud, UntoldCloud)
        assert isinstance(again.cloud_app, UntoldCloudApp)
        assert again.running[CONFLUENCE].port("http") == 8090


def test_a_stack_that_is_left_running_is_read_from_its_runs_folder(tmp_path: Path) -> None:
    with closing(fake_stack(tmp_path)) as stack:
        left = document.leave_running(stack)
        assert document.read(stack.run) == left == to_document(stack)


def test_a_damaged_file_is_one_clear_line(tmp_path: Path) -> None:
    with closing(fake_stack(tmp_path)) as stack:
        stack.run.stack_file.write_text('{"run": "x"')
        with pytest.raises(BadInput, match=r"stack\.json: .*`harness down 20260101") as caught:
            document.read(stack.run)
    assert "\n" not in str(caught.value)


def test_a_document_of_an_earlier_version_is_still_read(tmp_path: Path) -> None:
    with closing(fake_stack(tmp_path)) as stack:
        old = to_document(stack).model_dump(exclude={"name", "project", "cloud_half"})
        old["cloud_app"].pop("authority")
        again = StackDocument.model_validate(old)
        assert (again.name, again.confluence.base_url) == ("stack", stack.confluence_url)
        assert again.services[CONFLUENCE] == "id-confluence"
