#!/bin/sh
# Ends Confluence in order and returns once it has ended, as the real image's script of this name does (a preStop
# hook, or `docker exec`). It waits as long as it takes; who started the container may have less patience.
set -eu

server() {
    for process in /proc/[0-9]*; do
        # A process may end while it is looked at.
        case $(tr '\0' ' ' 2>/dev/null < "$process/cmdline" || true) in
            *"-jar /opt/standin/standin.jar"*) echo "${process#/proc/}" ;;
        esac
    done
}

pid=$(server)
[ -n "$pid" ] || { echo "shutdown-wait.sh: Confluence does not run" >&2; exit 1; }
echo "Shutting down Confluence..."
kill "$pid"
while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
