#!/usr/bin/env bash
# Writes the locks anew: constraints.txt, for development and CI, and of that what the cloud's image installs.
# Usage: lock.sh [--upgrade]   Without it, what is locked stays where it still fits pyproject.toml.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=build/lock/bin/uv
[ -x "$uv" ] || { python3 -m venv build/lock && build/lock/bin/pip install -q uv; }
compile=("$uv" pip compile -q --universal --python-version 3.11 --no-annotate --no-header
    --no-emit-index-url)
"${compile[@]}" --all-extras "$@" pyproject.toml -o constraints.txt
"${compile[@]}" -c constraints.txt docker/cloud/requirements.txt -o docker/cloud/constraints.txt
