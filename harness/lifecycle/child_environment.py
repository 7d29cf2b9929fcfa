"""What a child of the harness gets of the user's environment.

A vendor's plugin, cloud app and packages run in children, and so do the pages of a browser. They
get what a program needs to start on this machine, and what their description says, but nothing
else: a licence or a token in the user's environment is not for them.

HOME stays the user's: the `java` and `node` of version managers are found by it.
"""

import os
from collections.abc import Mapping

_TO_START = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "LANG", "LANGUAGE"),
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
        *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"),
        *("JAVA_HOME", "JENV_ROOT", "SDKMAN_DIR"),
        *("ASDF_DIR", "ASDF_DATA_DIR", "MISE_DATA_DIR", "NVM_DIR", "VOLTA_HOME"),
    }
)
_LOCALE = ("LC_",)

_PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"})
_CERTIFICATES = frozenset({"SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"})

_NPM = ("npm_", "NPM_", "NODE_AUTH_TOKEN")
"""npm's settings, and the tokens that a user's .npmrc usually names."""

_BROWSER = frozenset(
    {
        *("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY"),
        *("FONTCONFIG_FILE", "FONTCONFIG_PATH", "CHROME_DEVEL_SANDBOX"),
    }
)


def to_start(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What any program needs to start on this machine."""
    return _chosen(environ, _TO_START, _LOCALE)


def for_python(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a Python child needs to find the modules that this process finds."""
    return _chosen(environ, frozenset(), ("PYTHON",))


def for_download(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a program needs to download packages: proxies and certificates."""
    return to_start(environ) | _chosen(environ, _reach(environ) | _CERTIFICATES)


def for_npm(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What npm needs to reach its registry: proxies, certificates, its settings and tokens."""
    return for_download(environ) | _chosen(environ, frozenset(), _NPM)


def for_pip(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What pip needs to reach its index: proxies, certificates, its own settings."""
    return for_download(environ) | _chosen(environ, frozenset(), ("PIP_",))


def for_browser(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a browser needs to start and to draw."""
    return to_start(environ) | _chosen(environ, _reach(environ) | _BROWSER)


def _reach(environ: Mapping[str, str]) -> frozenset[str]:
    """The variables that name proxies, which programs read in both spellings."""
    return frozenset(name for name in environ if name.upper() in _PROXIES)


def _chosen(
    environ: Mapping[str, str], names: frozenset[str], beginnings: tuple[str, ...] = ()
) -> dict[str, str]:
    # Not its items: a thread that starts a browser may take out a variable meanwhile.
    return {
        name: value
        for name in list(environ)
        if name in names or (beginnings and name.startswith(beginnings))
        if (value := environ.get(name)) is not None
    }
