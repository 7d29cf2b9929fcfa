#!/bin/sh
# Starts Playwright's driver (PLAYWRIGHT_NODEJS_PATH names this file) in a session of its own, so
# that a terminal's Ctrl-C does not reach it. Node.js takes an inherited "ignore" of a signal back.
# Playwright hands over the user's whole environment; only what HARNESS_DRIVER_KEEPS names goes on.
node=${HARNESS_NODE:-${1%/package/cli.js}/node}
for name in $(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p'); do
    case $name in
    PW_* | PLAYWRIGHT_* | DEBUG) ;;
    *) case " $HARNESS_DRIVER_KEEPS " in *" $name "*) ;; *) unset "$name" ;; esac ;;
    esac
done
if command -v setsid >/dev/null; then
    exec setsid "$node" "$@"
fi
exec "$node" "$@"
