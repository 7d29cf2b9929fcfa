"""A second opinion: a client that a public generator makes of the cloud's own document.

What the document says and what the cloud does are then read by somebody who knows neither.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cloud_processes import CloudDriver, ConnectApp
from own_environment import python_with

pytestmark = pytest.mark.witness

GENERATOR = "openapi-python-client==0.29.1"
TOKENS = "atlassian-jwt==3.0.0"
STORY = Path(__file__).with_name("generated_client") / "story.py"
SPACES = [
    {"type": "ConfluenceSpace", "key": "DS", "sourceId": "98305"},
    {"type": "ConfluenceSpace", "key": "HR", "sourceId": "98306"},
]


def generated(cloud: CloudDriver, python: Path, folder: Path) -> Path:
    """The folder that has the client `their_client`; any warning of the generator's fails."""
    document, settings = folder / "openapi.json", folder / "settings.yaml"
    document.write_text(json.dumps(cloud.control("GET", "openapi.json")))
    settings.write_text("post_hooks: []\n")
    command = [python, "-m", "openapi_python_client", "generate", "--path", document]
    command += ["--output-path", folder / "their_client", "--meta", "none", "--config", settings]
    done = subprocess.run([*command, "--fail-on-warning"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.parametrize("shape", ["list", "map"])
def test_a_generated_client_takes_a_transfer_to_its_end(
    cloud: CloudDriver, app: ConnectApp, transfer: str, tmp_path: Path, shape: str
) -> None:
    cloud.control("PUT", "settings", {"container_page": shape})
    key = cloud.upload(transfer, b'{"charts": 3}', label="part-1")
    python = python_with(GENERATOR, TOKENS)
    told = {"site": cloud.url, "key": app.key, "secret": app.secret, "transfer": transfer}
    done = subprocess.run(
        [python, STORY],
        env={"PYTHONPATH": str(generated(cloud, python, tmp_path))},
        input=json.dumps(told),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)

    (recent,) = found["recent"]
    assert (recent["transferId"], recent["status"]) == (transfer, "IN_PROGRESS")
    assert found["begun"] == {"status": "IN_PROGRESS", "percent": 0, "message": "0 percent"}
    assert found["uploads"] == [{"s3Key": key, "label": "part-1"}]
    assert found["bytes"] == '{"charts": 3}'
    assert found["mapped"] == {"65601": "262145"}
    assert list(found["page"]["items"]) == ["65601", "65602"]
    assert found["page"]["meta"] == {"hasNext": True, "lastEntity": "65602", "pageSize": 2}
    spaces = found["spaces"]["containers"]
    assert (list(spaces.values()) if shape == "map" else spaces) == SPACES
    assert found["sites"]["containers"]
    assert (found["feedback"], found["removed"]) == (200, 204)
    assert found["no error"]["statusCode"] == 404
    assert found["webhooks"] == found["webhooks read"]
    assert found["done"]["status"] == "SUCCESS"
    assert found["too late"]["statusCode"] == 403
    (shown,) = cloud.control("GET", "transfers")["transfers"]
    assert (shown["status"], shown["percent"]) == ("SUCCESS", 100)
    assert "fault" not in cloud.effects()
    assert all(not each.get("tolerated") for each in cloud.journal())
