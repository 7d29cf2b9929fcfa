#!/bin/sh
# Starts as root, gives the home to uid 2002 and drops to it, as the real image does; started as another
# user it leaves the home alone.
set -eu

home=${CONFLUENCE_HOME:-/var/atlassian/application-data/confluence}
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$home"
    if [ "${SET_PERMISSIONS:-true}" != false ]; then
        find "$home" ! -user 2002 -exec chown -h 2002:2002 {} +
    fi
    set -- setpriv --reuid 2002 --regid 2002 --clear-groups "$@"
fi

# Like the real one, the image begins with the set-up wizard; STANDIN_SETUP=complete passes it beforehand.
export STANDIN_SETUP="${STANDIN_SETUP:-wizard}"

# Server time is the JVM's alone: preloaded before the drop, libfaketime would make a semaphore as root that
# uid 2002 may not open.
if [ -n "${FAKETIME:-}" ]; then
    set -- "$@" env LD_PRELOAD=/opt/faketime/libfaketimeMT.so.1
fi

# The real image takes 1024m twice; this server needs far less, and stays below 512 MiB in all.
# JVM_SUPPORT_RECOMMENDED_ARGS is a list of words, so it is not quoted.
exec "$@" java \
    -Xms"${JVM_MINIMUM_MEMORY:-32m}" -Xmx"${JVM_MAXIMUM_MEMORY:-256m}" \
    -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    ${JVM_SUPPORT_RECOMMENDED_ARGS:-} \
    -jar /opt/standin/standin.jar
