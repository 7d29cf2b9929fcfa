#!/usr/bin/env bash
# Fuzzes what reads bytes from outside: fuzz.sh [SECONDS [TARGET...]]; tests/fuzz has the targets.
# Atheris is installed here and not with what the tests need: it is large, and only this uses it.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/python -c 'import atheris' 2>/dev/null ||
    .venv/bin/pip install --quiet --disable-pip-version-check 'atheris>=3' || {
    echo "fuzz: Atheris cannot be installed here, so nothing is fuzzed" >&2
    exit 3
}
exec .venv/bin/python tests/fuzz "${@:-600}"
