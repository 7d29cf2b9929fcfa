"""What children get of the user's environment, and that no secret in it reaches them."""

import ast
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.lifecycle import child_environment

SECRETS = {
    "ATL_LICENSE_KEY": "licence",
    "HARNESS_LICENCE": "licence",
    "HARNESS_PASSWORD": "password",
    "AWS_SECRET_ACCESS_KEY": "key",
    "GITHUB_TOKEN": "token",
    "JAVA_TOOL_OPTIONS": "-Dsecret=1",
}
NEEDED = {"PATH": "/bin", "HOME": "/home/u", "LANG": "C.UTF-8", "LC_ALL": "de_DE", "TZ": "UTC"}
PROXIES = {"https_proxy": "http://proxy:1", "NO_PROXY": "localhost"}
CERTIFICATES = {"SSL_CERT_FILE": "/ca.pem", "NODE_EXTRA_CA_CERTS": "/ca.pem"}
NPM = {
    "npm_config_registry": "https://registry",
    "NPM_TOKEN": "t",
    "NODE_AUTH_TOKEN": "t",
    **CERTIFICATES,
}
BROWSER = {"CHROME_DEVEL_SANDBOX": "/sandbox", "XDG_RUNTIME_DIR": "/run/user/1"}
PYTHON = {"PYTHONPATH": "/src", "PYTHONTRACEMALLOC": "5"}
EVERYTHING = SECRETS | NEEDED | PROXIES | NPM | BROWSER | PYTHON


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (child_environment.to_start, NEEDED),
        (child_environment.for_python, PYTHON),
        (child_environment.for_npm, NEEDED | PROXIES | NPM),
        (child_environment.for_download, NEEDED | PROXIES | CERTIFICATES),
        (child_environment.for_browser, NEEDED | PROXIES | BROWSER),
    ],
)
def test_a_child_gets_what_it_needs_and_nothing_else(
    made: Callable[[Mapping[str, str]], Mapping[str, str]], expected: Mapping[str, str]
) -> None:
    assert made(EVERYTHING) == expected


STARTS = ("subprocess", "os.exec", "os.spawn", "os.posix_spawn", "os.system", "os.popen", "pty.")


def test_no_start_of_a_process_inherits_the_environment() -> None:
    """`child.run` has no default for it; Playwright's driver is started by a script of ours."""
    package = Path(__file__).parents[3] / "harness"
    found = {}
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(STARTS):
                if ast.unparse(node.func) == "subprocess.CompletedProcess":
                    continue
                place = f"{path.relative_to(package)}: {ast.unparse(node.func)}"
                found[place] = "env" in {keyword.arg for keyword in node.keywords}
    assert found == {
        "support/child.py: subprocess.Popen": True,
        "engines/local.py: subprocess.Popen": True,
        "engines/tap.py: subprocess.Popen": True,
        "drivers/browser/window.py: subprocess.Popen": True,
    }
