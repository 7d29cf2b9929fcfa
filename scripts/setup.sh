#!/usr/bin/env bash
# Sets up what `make e2e` and `make test` need: the virtual environment, a browser, and, where
# they can be installed here, a JDK and the Java libraries of the local engine.
# Usage: setup.sh [local]   `local` insists on the local engine's needs.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(openjdk-17-jdk-headless libfelix-framework-java libtomcat10-embed-java
    libfreemarker-java libgoogle-gson-java libfaketime)

say() { printf 'setup: %s\n' "$*"; }
fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 3
}
# Runs a command quietly and tells how long it took; its output shows when it fails.
timed() {
    local what=$1 begun=$SECONDS log
    shift
    log=$(mktemp)
    say "$what ..."
    if ! "$@" >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        fail "$what failed; its last lines are above"
    fi
    rm -f "$log"
    say "$what: $((SECONDS - begun)) s"
}
can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    timed "reading Debian's package lists" apt-get update -qq
    timed "installing $*" apt-get install -y -qq --no-install-recommends "$@"
}

# uv takes a seventh of pip's time, and is pip's equal here but for what pip's own settings say.
install_packages() {
    local words=(-e '.[dev]' -c constraints.txt)
    if .venv/bin/pip install --disable-pip-version-check -q uv -c constraints.txt &&
        VIRTUAL_ENV=$PWD/.venv .venv/bin/uv pip install --quiet "${words[@]}"; then
        return
    fi
    .venv/bin/pip install --disable-pip-version-check "${words[@]}"
}

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "Python 3.11 or newer is needed: install it, or name it with PYTHON=..."
stamp=.venv/.installed
if ! { [ -f "$stamp" ] && [ "$stamp" -nt pyproject.toml ] && [ "$stamp" -nt constraints.txt ]; }; then
    "$python" -c 'import ensurepip' 2>/dev/null ||
        { can_apt && apt_install python3-venv; } ||
        fail "Python's venv module is missing: install python3-venv"
    timed "making the virtual environment" "$python" -m venv .venv
    timed "installing Python packages" install_packages
    # uv leaves this to the first import. Where Python is told to write no bytecode, each process that
    # a test starts would compile every package anew, which doubles the time that a command takes.
    .venv/bin/python -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true  # some are for another Python
    touch "$stamp"
fi

has_local() {
    command -v javac >/dev/null && .venv/bin/python -c \
        'from harness.engines.toolchain import find; find()' 2>/dev/null
}
if ! has_local; then
    if can_apt; then
        apt_install "${packages[@]}"
    elif [ "${1:-}" = local ]; then
        fail "the local engine needs Debian packages: sudo apt-get install ${packages[*]}"
    fi
fi

# The sample Connect app runs on Node.js; without it only its tests on local processes cannot run.
if ! { command -v node && command -v npm; } >/dev/null; then
    if can_apt; then
        apt_install nodejs npm
    elif [ "${1:-}" = local ]; then
        fail "the sample Connect app needs Node.js: sudo apt-get install nodejs npm"
    fi
fi

has_browser() {
    .venv/bin/python -c 'import sys; from harness.drivers.browser.launch import find_browser
sys.exit(find_browser() is None)' 2>/dev/null
}
# The shell is what Playwright itself downloads for runs that nobody looks at: Debian has it, too.
has_shell() {
    command -v chromium-headless-shell >/dev/null || .venv/bin/python -c 'import sys
from harness.drivers.browser.launch import find_browser
found = find_browser()
sys.exit(not found or found.source != "Playwright")' 2>/dev/null
}
if ! has_shell && can_apt && apt-cache show chromium-headless-shell >/dev/null 2>&1; then
    apt_install chromium-headless-shell
elif ! has_browser; then
    say "downloading Playwright's Chromium ..."
    if ! .venv/bin/playwright install chromium >/dev/null 2>&1 || ! has_browser; then
        can_apt || fail "no browser: run '.venv/bin/playwright install chromium', or install chromium"
        apt_install chromium
    fi
fi
# As for the packages; the sources change more often.
.venv/bin/python -m compileall -q harness
say "ready"
