"""The CA that is kept for an app which a person starts."""

import ssl
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness.environment.tls import CERTIFICATE, kept_authority


def test_it_is_the_same_each_time_and_signs_for_those_who_trust_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    first, again = kept_authority(folder), kept_authority(folder)
    assert first.pem == again.pem == (folder / CERTIFICATE).read_bytes()
    leaf = again.issue(["localhost"])
    (tmp_path / "leaf.pem").write_bytes(leaf.key + leaf.certificate)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "leaf.pem")
    client = ssl.create_default_context(cafile=folder / CERTIFICATE)
    assert shaken_hands(client, server)


def test_its_key_is_for_its_owner_alone_and_not_in_the_file_to_trust(tmp_path: Path) -> None:
    kept_authority(tmp_path / "own")
    with_key = [file for file in (tmp_path / "own").iterdir() if b"PRIVATE" in file.read_bytes()]
    assert [stat.S_IMODE(file.stat().st_mode) for file in with_key] == [0o600]
    assert CERTIFICATE not in [file.name for file in with_key]


def test_runs_that_begin_at_once_have_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: kept_authority(tmp_path / "own").pem, range(16)))
    assert len(set(made)) == 1
    assert len(list((tmp_path / "own").iterdir())) == 2


def shaken_hands(client: ssl.SSLContext, server: ssl.SSLContext) -> bool:
    """Whether a client of `localhost` and a server agree, in memory."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname="localhost"),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    done: set[int] = set()
    for turn in range(20):
        try:
            ends[turn % 2].do_handshake()
            done.add(turn % 2)
        except ssl.SSLWantReadError:
            continue
    return len(done) == 2
