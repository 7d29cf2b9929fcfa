#!/usr/bin/env bash
# Builds the documentation's site, strictly: a link or an anchor that leads nowhere fails it.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/python -c 'import material, mkdocstrings_handlers.python' 2>/dev/null ||
    .venv/bin/pip install --quiet --disable-pip-version-check -e '.[docs]' -c constraints.txt
log=$(mktemp)
# Quietly, but for what fails it: `--quiet` would pass warnings over.
NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict >"$log" 2>&1 || { cat "$log"; exit 1; }
rm -f "$log"
echo "docs: build/site/index.html"
