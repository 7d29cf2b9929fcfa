"""The proxy before a cloud app, as it is started."""

from pathlib import Path

from harness.engines.recorder_program import RecorderProgram
from harness.engines.tap import Tap, command

PROGRAM = RecorderProgram(python=Path("/env/bin/python"), modules=Path("/modules"))


def test_it_keeps_its_own_state_apart_from_the_recording(tmp_path: Path) -> None:
    tap = Tap("https://app.example.com", "127.0.0.1", 0, tmp_path / "kept", Path("/ca.pem"))
    words = command(PROGRAM, tap, tmp_path / "state", "tap-1")
    assert words[:4] == ["/env/bin/python", "-m", "harness.recorder", "tap"]
    given = dict(zip(words[4::2], words[5::2], strict=True))
    assert given["--to"] == "https://app.example.com"
    assert given["--data"] == str(tmp_path / "kept")
    assert given["--state"] == str(tmp_path / "state")
    assert given["--trust"] == "/ca.pem"
    assert given["--of"] == '{"cloud app": "https://app.example.com"}'
