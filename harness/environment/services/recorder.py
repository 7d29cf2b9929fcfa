"""Describes the proxy that records what Confluence says to its cloud, or answers in its place."""

import json
from collections.abc import Mapping
from pathlib import Path

from harness.cassette.files import SUFFIX
from harness.engines.recorder_program import RecorderProgram
from harness.engines.service import Placement, Service
from harness.environment.services.names import RECORDER
from harness.environment.services.python_program import control_files, control_words
from harness.environment.tls import Authority

_FOLDER, _NAME = "data", "stack"
_PORT = 8080


def written_in() -> tuple[str, str]:
    """The folder of the service that has its recording, and the file's path in it."""
    return _FOLDER, f"{_NAME}{SUFFIX}"


def recorder(
    program: RecorderProgram,
    *,
    authority: Authority,
    scale: float,
    token: str,
    of: Mapping[str, str],
    recording: Mapping[str, bytes] | None = None,
    trusts_authority: bool = True,
    instead: Mapping[str, str] | None = None,
) -> Service:
    """The recording proxy.

    It signs for each host with the stack's own CA, which its Confluence trusts already.

    Args:
        program: what it runs from.
        authority: the stack's CA.
        scale: server seconds per wall second.
        token: what callers of its control have to send.
        of: what is recorded, for the recording's header.
        recording: file -> content of what it answers from; None where it records.
        trusts_authority: whether whom it asks has a certificate of the stack's CA, as the stub
            has; else the usual authorities are trusted.
        instead: host -> `host:port` that is asked in its place.
    """

    def argv(place: Placement) -> list[str]:
        words = [
            str(program.python or "python3"),
            *("-m", "harness.recorder", "record" if recording is None else "replay"),
            *("--host", place.bind, "--port", str(place.port("proxy"))),
            *("--data", place.folder(_FOLDER), "--name", _NAME, "--of", json.dumps(dict(of))),
            *("--authority", place.file("authority.pem"), "--time-scale", f"{scale:g}"),
            *control_words(place, token),
        ]
        if place.ports_file:
            words += ["--ports-file", place.ports_file]
        if recording is not None:
            return [*words, "--recording", str(Path(place.file("authority.pem")).parent)]
        if trusts_authority:
            words += ["--trust", place.file("ca.pem")]
        for host, address in (instead or {}).items():
            words += ["--instead", f"{host}={address}"]
        return words

    def env(_: Placement) -> Mapping[str, str]:
        return {} if program.modules is None else {"PYTHONPATH": str(program.modules)}

    files = {"ca.pem": authority.pem, "authority.pem": authority.with_key()}
    files |= control_files(token) | dict(recording or {})
    return Service(
        name=RECORDER,
        image=program.image,
        argv=argv,
        env=env,
        ports={"proxy": _PORT},
        files=files,
        folders={_FOLDER: "/var/lib/harness-recorder"},
        memory="512m",
    )
