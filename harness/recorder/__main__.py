"""Starts the proxy: `python -m harness.recorder record|replay|tap --data DIR`."""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from mitmproxy.options import Options
from mitmproxy.tools.dump import DumpMaster

from harness.cassette.exchange import Header
from harness.cassette.files import SUFFIX, read_folder
from harness.cassette.keeping import BODY_LIMIT
from harness.cassette.player import Player
from harness.errors import BadInput
from harness.recorder.addon import Recorder
from harness.recorder.desk import Desk

_REQUEST_LIMIT = 64 * 1024 * 1024
"""Bytes of a request's body that a replay takes; it holds them in memory."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until stopped, and returns the exit status."""
    options = parse(arguments)
    try:
        asyncio.run(_serve(options))
    except BadInput as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    return 0


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Reads a command line."""
    parser = argparse.ArgumentParser(prog="harness.recorder", description=__doc__)
    parser.add_argument("does", choices=("record", "replay", "tap"))
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port; 0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder of what is kept")
    parser.add_argument("--state", type=Path, help="folder of what it needs while it runs")
    parser.add_argument("--name", default="stack", help="name of the recording's file")
    parser.add_argument("--of", default="{}", help="JSON object: what is recorded")
    parser.add_argument("--ports-file", type=Path, help="where to write the port as JSON")
    parser.add_argument("--control-token-file", type=Path, help="file with what callers send")
    parser.add_argument("--authority", type=Path, help="PEM of a CA and its key, to sign with")
    parser.add_argument("--trust", type=Path, help="PEM of the CA of who is asked")
    parser.add_argument("--time-scale", type=float, default=1.0, help="server seconds a second")
    parser.add_argument("--recording", type=Path, help="folder to replay")
    parser.add_argument("--to", default="", help="address that a tap stands before")
    parser.add_argument(
        "--instead",
        action="append",
        default=[],
        metavar="HOST=HOST:PORT",
        help="where to find a host whose name leads nowhere",
    )
    return parser.parse_args(arguments)


async def _serve(given: argparse.Namespace) -> None:
    player = None
    if given.does == "replay":
        player = Player(read_folder(given.recording), datetime.now(UTC))
    confdir = (given.state or given.data) / "authority"
    confdir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if given.authority:
        authority = confdir / "mitmproxy-ca.pem"
        authority.touch(0o600)
        authority.write_bytes(given.authority.read_bytes())
    options = Options(
        listen_host=given.host,
        listen_port=given.port,
        mode=[f"reverse:{given.to}" if given.does == "tap" else "regular"],
        confdir=str(confdir),
    )
    master = DumpMaster(options, with_dumper=False)
    options.update(
        connection_strategy="lazy",
        upstream_cert=False,
        keep_host_header=True,
        stream_large_bodies=None if player else str(BODY_LIMIT),
        body_size_limit=str(_REQUEST_LIMIT) if player else None,
        ssl_verify_upstream_trusted_ca=str(given.trust) if given.trust else None,
    )
    header = Header(datetime.now(UTC), json.loads(given.of))
    desk = Desk(given.data / f"{given.name}{SUFFIX}", header, given.time_scale, player)
    token = given.control_token_file.read_text() if given.control_token_file else ""
    instead = dict(_instead(each) for each in given.instead)
    master.addons.add(Recorder(desk, token, given.ports_file, instead))
    loop = asyncio.get_running_loop()

    def end() -> None:
        # Connections that are cut off by the end are no news.
        loop.set_exception_handler(lambda *_: None)
        master.shutdown()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    await master.run()


def _instead(said: str) -> tuple[str, tuple[str, int]]:
    host, _, target = said.partition("=")
    name, _, port = target.rpartition(":")
    return host, (name, int(port))


if __name__ == "__main__":
    sys.exit(main())
