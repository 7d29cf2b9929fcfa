#!/usr/bin/env bash
# Runs every test: unit, contract, and end to end on Docker, where an engine answers, and always
# on local processes.
set -euo pipefail
cd "$(dirname "$0")/.."

.venv/bin/pytest tests/unit -n auto
.venv/bin/pytest tests/contract tests/e2e --engine local \
    --ignore tests/contract/engines/test_remote_docker.py
# The same pages as a script draws them.
HARNESS_STANDIN_PAGES=script .venv/bin/pytest tests/contract/confluence/test_migration_assistant.py \
    tests/e2e/test_seed.py --engine local
if docker version --format '{{.Server.Version}}' >/dev/null 2>&1; then
    # Explanations, reports, matrices, schedules and most refusals do not depend on the engine: once is enough.
    .venv/bin/pytest tests/contract/engines/test_remote_docker.py tests/e2e --engine docker \
        -k "not test_explain and not test_report and not test_matrix and not test_fleet \
            and not test_repro and not pytest_n and not killed_run_goes_on \
            and (not test_bad_input or port)"
else
    echo "test: no Docker engine answers, so the Docker engine was not tested; 'make engine' starts one"
fi
