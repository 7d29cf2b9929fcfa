"""What a vendor's command is given by which its language trusts the stack's CA."""

import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from placements import OnLoopback

from harness.cases.app import CloudHalf
from harness.environment.services.cloud_app import started_app
from harness.environment.tls import Authority

JAVA = """
import java.net.URI;
import java.net.http.*;
public class Call {
    public static void main(String[] words) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(words[0])).build();
        var body = HttpResponse.BodyHandlers.ofString();
        System.out.println(HttpClient.newHttpClient().send(request, body).body());
    }
}
"""
CALLS = {
    "node": ["node", "-e", "fetch(process.argv[1]).then(a => a.text()).then(console.log)"],
    "python": [
        sys.executable,
        "-c",
        "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read())",
    ],
    "curl": ["curl", "-sS"],
    "java": ["java", "Call.java"],
}


@dataclass(frozen=True)
class InFolder(OnLoopback):
    """A placement whose files are in a folder."""

    folder_of_files: Path = Path()

    def file(self, name: str) -> str:
        return str(self.folder_of_files / name)


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "7")
        self.end_headers()
        self.wfile.write(b"trusted")

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def site(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that the CA signed for."""
    leaf = authority.issue(["127.0.0.1"])
    file = tmp_path_factory.mktemp("site") / "leaf.pem"
    file.write_bytes(leaf.key + leaf.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("language", CALLS)
def test_a_call_of_the_site_is_trusted_by_these_variables_alone(
    language: str, site: str, authority: Authority, tmp_path: Path
) -> None:
    app = CloudHalf(key="charts", kind="command", command=("any",))
    service = started_app(app, authority, site)
    for name, content in service.files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "Call.java").write_text(JAVA)

    def says(environment: dict[str, str]) -> str:
        done = subprocess.run(
            [*CALLS[language], site],
            env={"PATH": os.environ["PATH"]} | environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.stdout

    assert "trusted" in says(dict(service.env(InFolder(folder_of_files=tmp_path))))
    assert "trusted" not in says({})
