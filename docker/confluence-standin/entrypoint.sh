#!/bin/sh
# Starts as root, gives the home to uid 2002 and switches to it, as the real image does. When it is started as
# another user it leaves the home alone.
set -eu

# A preloaded libfaketime keeps its state in shared memory that is named after the process and belongs to root.
# The JVM takes over this process id and could not open it, so it is removed here and made again for java.
# With FAKETIME alone, java gets the image's own library, and this shell none.
preload=${LD_PRELOAD:-${FAKETIME:+/opt/faketime/libfaketimeMT.so.1}}
unset LD_PRELOAD FAKETIME_SHARED

home=${CONFLUENCE_HOME:-/var/atlassian/application-data/confluence}
if [ "$(id -u)" = 0 ]; then
    rm -f /dev/shm/faketime_shm_* /dev/shm/sem.faketime_sem_*
    mkdir -p "$home"
    if [ "${SET_PERMISSIONS:-true}" != false ]; then
        find "$home" ! -user 2002 -exec chown -h 2002:2002 {} +
    fi
    set -- setpriv --reuid 2002 --regid 2002 --clear-groups
else
    set --
fi
[ -z "$preload" ] || set -- "$@" env LD_PRELOAD="$preload"

# Like the real image, this one begins with the set-up wizard; STANDIN_SETUP=complete skips it.
export STANDIN_SETUP="${STANDIN_SETUP:-wizard}"

# The real image sets 1024m for both; this server needs far less, and stays below 512 MiB altogether.
# The JVM's own timers follow the clock too: at 600 times its pace they use a quarter of a core, so they are
# off. JVM_SUPPORT_RECOMMENDED_ARGS is a list of words, so it is not quoted.
exec "$@" java \
    -Xms"${JVM_MINIMUM_MEMORY:-32m}" -Xmx"${JVM_MAXIMUM_MEMORY:-256m}" \
    -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
    -XX:+UnlockDiagnosticVMOptions -XX:GuaranteedSafepointInterval=0 -XX:AsyncDeflationInterval=600000 \
    ${JVM_SUPPORT_RECOMMENDED_ARGS:-} \
    -jar /opt/standin/standin.jar
