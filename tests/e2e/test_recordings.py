"""Cases against a cloud whose protocol nobody here knows, and then from its recording alone."""

import json
import re
import signal
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness_command import Command
from other_cloud import other_cloud

from harness.cassette.files import read_folder
from harness.support import assets

SEED = str(assets.root() / "fixtures" / "cases" / "seed.yaml")
CHOSEN = "ccma=3.1.7 and feature=on and dev-mode=off"
IN_DEV_MODE = "ccma=3.9.6 and feature=on and dev-mode=on"
NOWHERE = "http://platform.example.invalid"


def judged(path: Path) -> Mapping[str, Any]:
    """Of each case: its verdict, the last row, and what told what the cloud recorded."""
    cases = json.loads(path.read_text())["cases"]
    return {
        each["id"]: (each["verdict"], each["timeline"][-1]["status"], each["evidence"]["told_by"])
        for each in cases
    }


# Its cloud listens on loopback, where a container does not reach it.
@pytest.mark.engine("local")
def test_a_recording_of_an_unknown_protocol_gives_the_same_without_its_cloud(
    command: Command, tmp_path: Path
) -> None:
    recording, results = tmp_path / "recording", tmp_path / "results.json"
    words = ("run", SEED, "-k", CHOSEN, "--json", str(results), "--engine", "local")
    with other_cloud() as (url, cloud):
        done = command.run(*words, "--record", str(recording), HARNESS_STANDIN_PLATFORM=url)
        assert (cloud.unknown, done.returncode) == ([], 0), done.stderr
    recorded = judged(results)
    assert recorded == {
        "seed[feature=on,dev-mode=off,ccma=3.1.7]": ("passed", "COMPLETE", "recording")
    }
    text = "".join(path.read_text() for path in recording.iterdir())
    assert '"sessionToken": "[removed]"' in text
    assert "/gateway/watch" in text
    assert "/server/v1" not in text

    asked = cloud.asked
    done = command.run(*words, "--replay", str(recording), HARNESS_STANDIN_PLATFORM=NOWHERE)
    assert (done.returncode, judged(results)) == (0, recorded), done.stderr
    assert cloud.asked == asked
    assert command.debris() == []

    done = command.run("run", SEED, "-k", "ccma=3.9.6", "--replay", str(recording))
    assert done.returncode == 3
    assert "it was not recorded with seed[feature=off,dev-mode=off,ccma=3.9.6]" in done.stderr


@pytest.mark.engine("local")
def test_a_row_stays_at_its_end_where_the_cloud_answers_the_start_after_a_poll(
    command: Command, tmp_path: Path
) -> None:
    # The listener's thread goes on last, and what it then says of the row is out of date.
    recording, results = tmp_path / "recording", tmp_path / "results.json"
    words = ("run", SEED, "-k", IN_DEV_MODE, "--json", str(results), "--engine", "local")
    with other_cloud(holds_signals=True) as (url, cloud):
        done = command.run(*words, "--record", str(recording), HARNESS_STANDIN_PLATFORM=url)
        assert cloud.end_told.is_set()
    assert done.returncode == 0, done.stderr
    assert judged(results) == {
        "seed[feature=on,dev-mode=on,ccma=3.9.6]": ("passed", "COMPLETE", "recording")
    }


def test_a_recording_of_the_stub_gives_the_same_with_no_cloud_at_all(
    command: Command, tmp_path: Path
) -> None:
    recording, results = tmp_path / "recording", tmp_path / "results.json"
    words = ("run", SEED, "-k", IN_DEV_MODE)
    words = (*words, "--json", str(results), "--engine", command.engine)
    done = command.run(*words, "--record", str(recording))
    assert done.returncode == 0, done.stderr
    case = "seed[feature=on,dev-mode=on,ccma=3.9.6]"
    assert judged(results)[case][:2] == ("passed", "COMPLETE")

    done = command.run(*words, "--replay", str(recording))
    assert done.returncode == 0, done.stderr
    assert judged(results) == {case: ("passed", "COMPLETE", "recording")}
    assert command.debris() == []


@pytest.fixture
def app() -> Iterator[str]:
    """A cloud app that takes one event and not the other."""

    class App(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200 if event["eventType"] == "listener-triggered" else 500)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), App)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_tap_before_a_cloud_app_keeps_what_it_was_sent(
    command: Command, tmp_path: Path, app: str
) -> None:
    tapped = command.start("cloud", "tap", "--to", app, "--record", str(tmp_path / "tapped"))
    assert tapped.stderr is not None
    address = next(
        found[0] for line in tapped.stderr if (found := re.search(r"http://\S+(?= leads to)", line))
    )
    for kind in ("listener-triggered", "app-data-uploaded"):
        event = {"eventType": kind, "transferId": "a", "sharedSecret": "s3cr3t-and-long"}
        headers = {"Authorization": "JWT eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln"}
        httpx.post(f"{address}/migration", json=event, headers=headers, trust_env=False)
    tapped.send_signal(signal.SIGINT)
    assert tapped.wait(30) == 128 + signal.SIGINT
    tapped.stderr.close()
    (tape,) = read_folder(tmp_path / "tapped").tapes
    answers = {
        each.request.body.value["eventType"]: each.response.status for each in tape.exchanges
    }
    assert answers == {"listener-triggered": 200, "app-data-uploaded": 500}
    assert "s3cr3t" not in str(tape)
    assert [path.name.endswith(".jsonl") for path in (tmp_path / "tapped").iterdir()] == [True]
