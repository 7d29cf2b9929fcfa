#!/bin/sh
# Starts Playwright's driver (PLAYWRIGHT_NODEJS_PATH names this file) in a session of its own, so
# that a terminal's Ctrl-C does not reach it. Node.js takes an inherited "ignore" of a signal back.
node=${HARNESS_NODE:-${1%/package/cli.js}/node}
if command -v setsid >/dev/null; then
    exec setsid "$node" "$@"
fi
exec "$node" "$@"
