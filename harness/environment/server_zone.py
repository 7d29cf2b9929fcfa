"""The time zone that Confluence writes its log in: the JVM's own."""

import re

from harness.engines.service import Running
from harness.errors import HarnessError

_ASK = (
    'printf "%s\\n%s\\n%s\\n" '
    '"$JVM_SUPPORT_RECOMMENDED_ARGS $CATALINA_OPTS $JAVA_TOOL_OPTIONS" "${TZ#:}" "$(date +%z)"'
)
_OPTION = re.compile(r"-Duser\.timezone=(\S+)")


def server_zone(confluence: Running) -> str | None:
    """The zone's name or offset, read where Confluence runs; None if it cannot be read.

    A JVM takes its option, then the variable TZ, then the machine's own zone.
    """
    try:
        status, said = confluence.execute(["sh", "-c", _ASK])
    except (HarnessError, OSError):
        return None
    lines = said.splitlines()
    if status or len(lines) < 3:
        return None
    options = _OPTION.findall(lines[0])
    return next((each for each in (*options[-1:], lines[1], lines[2]) if each.strip()), None)
