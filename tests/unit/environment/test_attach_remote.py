"""What is wrong with an address, a certificate or an account is one line, before anything."""

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from harness.environment.attach_remote import account_from, attached_remote, own_address_towards
from harness.environment.remote import LogFile, trust_of
from harness.environment.services.names import LOG
from harness.errors import BadInput
from harness.settings import Settings
from harness.store import undo


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HARNESS_STATE", str(tmp_path))
    return tmp_path


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secured(authority: trustme.CA) -> Iterator[str]:
    """The address of a server with a certificate of that authority, which answers nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    taken, _ = server.accept()
                except OSError:
                    return
                with taken:
                    try:
                        context.wrap_socket(taken, server_side=True).close()
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"https://localhost:{server.getsockname()[1]}/confluence"
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def pem(authority: trustme.CA, folder: Path) -> Path:
    path = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def test_a_browser_accepts_the_one_key_that_was_verified(authority, secured, tmp_path):
    trust = trust_of(secured, pem(authority, tmp_path))
    (argument,) = trust.launch.options["args"]
    assert argument.startswith("--ignore-certificate-errors-spki-list=")
    assert len(argument.rpartition("list=")[2]) == 44  # a SHA-256 in base64: one key, not all


def test_another_authority_is_refused(secured, tmp_path):
    with pytest.raises(BadInput, match=r"--ca: the certificate of localhost:\d+ is not of this CA"):
        trust_of(secured, pem(trustme.CA(), tmp_path))


def test_a_file_that_is_no_ca_is_refused(secured, tmp_path):
    path = tmp_path / "ca.pem"
    path.write_text("nothing")
    with pytest.raises(BadInput, match="no certificates can be read"):
        trust_of(secured, path)
    with pytest.raises(BadInput, match="has no certificate; its scheme is http"):
        trust_of("http://there", pem(trustme.CA(), tmp_path))


@pytest.mark.usefixtures("state")
def test_without_a_ca_a_certificate_of_its_own_says_what_to_name(secured):
    settings = Settings(confluence=secured, user="admin", cloud="real")
    secret = {"HARNESS_ATTACH_PASSWORD": "a-pass-word-1"}
    with (
        pytest.raises(BadInput, match=r"not trusted here.*by --ca"),
        attached_remote(settings, print, secret),
    ):
        pass


@pytest.mark.usefixtures("state")
def test_a_server_that_is_not_there():
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    settings = Settings(confluence=address, user="admin", cloud="real")
    secret = {"HARNESS_ATTACH_PASSWORD": "a-pass-word-1"}
    with (
        pytest.raises(BadInput, match=r"--confluence http://.*: no answer .*: does it run\?"),
        attached_remote(settings, print, secret),
    ):
        pass


def test_what_an_earlier_run_left_comes_first(state):
    address = "http://wiki.example.com"
    with undo.held(undo.path_for(state / "attached", address)) as journal:
        journal.begin(undo.Begun(address=address, run="run-1", user="admin"))
    settings = Settings(confluence=address, user="admin", cloud="real")
    secret = {"HARNESS_ATTACH_PASSWORD": "a-pass-word-1"}
    with (
        pytest.raises(BadInput, match=r"run run-1 ended before.*`harness restore` does that"),
        attached_remote(settings, print, secret),
    ):
        pass


def test_a_secret_comes_from_the_environment_alone():
    by_word = account_from("admin", {"HARNESS_ATTACH_PASSWORD": "a-pass-word-1"})
    assert by_word.password == "a-pass-word-1"
    by_token = account_from(None, {"HARNESS_ATTACH_TOKEN": "a-tok-en-1"})
    assert (by_token.token, by_token.password) == ("a-tok-en-1", "")
    with pytest.raises(BadInput, match="needs a password: put it into the variable"):
        account_from("admin", {})
    with pytest.raises(BadInput, match="--user: name an administrator"):
        account_from(None, {"HARNESS_ATTACH_PASSWORD": "a-pass-word-1"})
    assert "a-pass-word-1" not in repr(by_word)
    assert "a-tok-en-1" not in repr(by_token)


def test_a_log_file_with_what_was_rolled_beside_it(tmp_path):
    path = tmp_path / "mine.log"
    path.write_bytes(b"newest")
    path.with_name("mine.log.1").write_bytes(b"older")
    log = LogFile(path, "+0900")
    assert (log.read(LOG, 0), log.read(LOG, 3), log.read(f"{LOG}.1", 0)) == (
        *(b"newest", b"est"),
        b"older",
    )
    assert log.read(f"{LOG}.2", 0) == b""
    assert log.zone() == "+0900"


def test_the_stub_reaches_this_machine_by_the_address_it_is_reached_from():
    assert own_address_towards("http://127.0.0.1:8080") == "127.0.0.1"
