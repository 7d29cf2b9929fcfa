import json
import zipfile
from pathlib import Path

import pytest

from harness.drivers.browser.trace_secrets import REMOVED, remove_secrets

SENTINEL = "sentinel-7f3a"
EXCHANGE = {
    "type": "resource-snapshot",
    "snapshot": {
        "request": {
            "url": "http://127.0.0.1/x",
            "headers": [
                {"name": "Cookie", "value": f"JSESSIONID={SENTINEL}"},
                {"name": "Accept", "value": "text/html"},
                {"name": "Authorization", "value": f"Basic {SENTINEL}"},
            ],
            "cookies": [{"name": "JSESSIONID", "value": SENTINEL, "domain": "127.0.0.1"}],
        },
        "response": {"headers": [{"name": "set-cookie", "value": SENTINEL}], "status": 200},
    },
    "extra": {"authorization": SENTINEL},
}


def test_no_credential_stays_and_everything_else_does(tmp_path: Path) -> None:
    trace = tmp_path / "trace.zip"
    with zipfile.ZipFile(trace, "w") as archive:
        archive.writestr("trace.network", json.dumps(EXCHANGE) + "\n")
        archive.writestr("trace.trace", json.dumps({"type": "before", "name": "reload"}) + "\n")
        archive.writestr("resources/page.html", "<p>Ready</p>")
    remove_secrets(trace)
    with zipfile.ZipFile(trace) as archive:
        network = archive.read("trace.network").decode()
        assert SENTINEL not in network
        kept = json.loads(network)["snapshot"]["request"]
        assert kept["headers"][1] == {"name": "Accept", "value": "text/html"}
        assert kept["cookies"] == [{"name": "JSESSIONID", "value": REMOVED, "domain": "127.0.0.1"}]
        assert json.loads(archive.read("trace.trace")) == {"type": "before", "name": "reload"}
        assert archive.read("resources/page.html") == b"<p>Ready</p>"
    assert [path.name for path in tmp_path.iterdir()] == ["trace.zip"]


def test_what_was_typed_and_posted_goes_too(tmp_path: Path) -> None:
    trace = tmp_path / "trace.zip"
    typed = {"params": {"selector": "input"}, "snapshot": ["INPUT", field("os_password")]}
    with zipfile.ZipFile(trace, "w") as archive:
        archive.writestr("trace.trace", json.dumps(typed) + "\n")
        archive.writestr("resources/a.dat", f"atl_token={SENTINEL}&os_password={SENTINEL}&name=x")
        archive.writestr("resources/b.html", f'<input name="atl_token" value="{SENTINEL}"><p>Ready')
        archive.writestr("resources/c.png", b"\x89PNG")
    remove_secrets(trace)
    with zipfile.ZipFile(trace) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    assert [name for name, content in kept.items() if SENTINEL.encode() in content] == []
    assert kept["resources/a.dat"].endswith(b"&name=x")
    assert kept["resources/b.html"].endswith(b"<p>Ready")
    assert kept["resources/c.png"] == b"\x89PNG"


def field(name: str) -> dict[str, str]:
    return {"name": name, "value": SENTINEL}


def test_a_trace_that_cannot_be_rewritten_is_removed(tmp_path: Path) -> None:
    trace, scratch = tmp_path / "trace.zip", tmp_path / ".trace.zip.part"
    with zipfile.ZipFile(trace, "w") as archive:
        archive.writestr("trace.network", json.dumps(EXCHANGE) + "\n")
    scratch.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        remove_secrets(trace)
    assert list(tmp_path.iterdir()) == []
