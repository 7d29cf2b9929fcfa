#!/usr/bin/env bash
# Runs every test: unit, contract, and end to end on Docker, where an engine answers, and always
# on local processes.
# With E2E_DONE=local, what `make e2e` has just run on local processes is not run there again.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build

# Files run side by side. Workers wait most of the time, so four are a gain on two cores, too; each has
# a JVM and a browser, so more are none.
side_by_side=(-n 4 --dist loadfile)

# What `make e2e` leaves out.
local_e2e=(tests/e2e/test_explain.py tests/e2e/test_fleet.py)
[ "${E2E_DONE:-}" = local ] || local_e2e=(tests/e2e)

# What needs no browser: the cloud's contract without one file, the debugger's, stand-ins that are killed.
no_browser=(tests/contract/debugger/test_*.py tests/contract/confluence/test_killed.py)
for file in tests/contract/cloud/test_*.py; do
    [ "$file" = tests/contract/cloud/test_doors.py ] || no_browser+=("$file")
done

# These build the images, minutes of downloading, for which the unit tests and those leave time. Nothing
# else with a browser runs meanwhile: each network that Docker makes or removes cuts Chromium's requests.
builds=(tests/contract/engines/test_remote_docker.py tests/e2e/test_ace.py tests/e2e/test_forge.py)
building=''
if .venv/bin/harness doctor | grep '^ok .*docker engine'; then
    .venv/bin/pytest "${builds[@]}" --harness-engine docker >build/test-images.log 2>&1 &
    building=$!
    trap 'kill "$building" 2>/dev/null || true' EXIT
fi
# A link that leads nowhere, a public name without its text.
bash scripts/docs.sh
# Beside them and beside the images, on what time the processors have left. What it finds is shown and
# fails nothing here: it may be older than the change that is tested. `make fuzz` fails by it.
budget=${FUZZ_SECONDS:-120}
nice -n 19 timeout "$((budget + 60))" bash scripts/fuzz.sh "$budget" >build/test-fuzz.log 2>&1 &
fuzzing=$!
.venv/bin/pytest tests/unit -n logical
.venv/bin/pytest "${no_browser[@]}" --harness-engine local "${side_by_side[@]}"
if [ -n "$building" ]; then
    wait "$building" || { cat build/test-images.log; exit 1; }
    trap - EXIT
    cat build/test-images.log
fi
wait "$fuzzing" || cat build/test-fuzz.log
grep '^fuzz:' build/test-fuzz.log || true

# The explanations are the longest file by far: begun last, they would keep one worker alone.
.venv/bin/pytest "${local_e2e[@]}" tests/contract --harness-engine local "${side_by_side[@]}" \
    --no-loadscope-reorder \
    --ignore tests/contract/engines/test_remote_docker.py --ignore tests/contract/browser \
    "${no_browser[@]/#/--ignore=}"
# These start and end browsers of their own, which a thread that has one already cannot.
.venv/bin/pytest tests/contract/browser --harness-engine local

# The same pages as a server draws them.
HARNESS_STANDIN_PAGES=server .venv/bin/pytest --harness-engine local "${side_by_side[@]}" \
    tests/contract/confluence/test_migration_assistant.py \
    tests/contract/confluence/test_app_actions.py tests/e2e/test_seed.py
if [ -n "$building" ]; then
    # Explanations, reports, matrices, schedules and most refusals do not depend on the engine: once is enough.
    .venv/bin/pytest tests/contract/engines tests/e2e --harness-engine docker "${side_by_side[@]}" \
        "${builds[@]/#/--deselect=}" -k "not test_explain and not test_attach and not test_report and not test_matrix and not test_fleet \
            and not test_any_language and not test_tutorial and not test_repro and not test_guests and not pytest_n and not killed_run_goes_on \
            and not test_vendor_jar and not line_about_resuming \
            and (not test_bad_input or port)"
else
    echo "test: no Docker engine answers, so the Docker engine was not tested; 'make engine' starts one"
fi
