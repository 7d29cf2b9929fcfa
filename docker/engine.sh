#!/usr/bin/env bash
# Starts a Docker engine where none answers: Debian or Ubuntu, as root (`make engine`).
# An engine that answers already, here or behind DOCKER_HOST, is left alone.
set -euo pipefail

log=${HARNESS_DOCKERD_LOG:-/var/log/dockerd.log}

say() { printf 'engine: %s\n' "$*"; }
fail() {
    printf 'engine: %s\n' "$*" >&2
    exit 3
}
answers() { docker version --format '{{.Server.Version}}' 2>/dev/null; }

if command -v docker >/dev/null && version=$(answers) && [ -n "$version" ]; then
    say "Docker $version answers"
    exit 0
fi
[ -z "${DOCKER_HOST:-}" ] || fail "no engine answers at DOCKER_HOST=$DOCKER_HOST: start it there, or unset the variable"
[ "$(uname -s)" = Linux ] || fail "this script knows Debian and Ubuntu only: install Docker Desktop or Colima, start it, and run the command again"
[ "$(id -u)" = 0 ] || fail "installing and starting dockerd takes root: run 'sudo make engine', or 'make e2e' alone for the local engine"

if ! command -v dockerd >/dev/null; then
    command -v apt-get >/dev/null || fail "no apt-get here: install Docker by your system's own way, then run the command again"
    say "installing docker.io (about 20 s)"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends docker.io iptables >/dev/null
fi

if [ -d /run/systemd/system ]; then
    systemctl start docker
    pid=
else
    say "starting dockerd (its log: $log)"
    setsid nohup dockerd >"$log" 2>&1 </dev/null &
    pid=$!
fi
for _ in $(seq 1 300); do
    if version=$(answers) && [ -n "$version" ]; then
        say "Docker $version answers"
        exit 0
    fi
    if [ -n "$pid" ] && ! kill -0 "$pid" 2>/dev/null; then
        fail "dockerd ended; its last lines: $(tail -n 5 "$log" | tr '\n' ' ')"
    fi
    sleep 0.1 # a bounded poll: dockerd announces itself nowhere else
done
fail "dockerd does not answer after 30 s; its last lines: $(tail -n 5 "$log" | tr '\n' ' ')"
