"""What children get of the user's environment, and that no secret in it reaches them."""

from collections.abc import Callable, Mapping

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
NPM = {
    "npm_config_registry": "https://registry",
    "NPM_TOKEN": "t",
    "NODE_AUTH_TOKEN": "t",
    "SSL_CERT_FILE": "/ca.pem",
    "NODE_EXTRA_CA_CERTS": "/ca.pem",
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
        (child_environment.for_browser, NEEDED | PROXIES | BROWSER),
    ],
)
def test_a_child_gets_what_it_needs_and_nothing_else(
    made: Callable[[Mapping[str, str]], Mapping[str, str]], expected: Mapping[str, str]
) -> None:
    assert made(EVERYTHING) == expected
