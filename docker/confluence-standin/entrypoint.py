#!/usr/bin/python3 -B
"""Starts Confluence, as the real image's program of this name does; words after it do not matter.

As root it gives the home to uid 2002 and becomes that user. Started as another user it leaves the
home alone, which that user then has to be able to write.
"""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

FAKETIME = "/opt/faketime/libfaketimeMT.so.1"
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where the C library has it
UID = 2002
# The JVM's own timers follow the clock, too: at 600 times its pace they use a quarter of a core, so
# they are off.
SMALL_JVM = (
    *("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"),
    *("-XX:+UnlockDiagnosticVMOptions", "-XX:GuaranteedSafepointInterval=0"),
    "-XX:AsyncDeflationInterval=600000",
)


def java_command(env: Mapping[str, str]) -> list[str]:
    """The words that start the server.

    The real image sets 1024m for both bounds of the heap; this server needs far less, and stays
    below 512 MiB altogether.
    """
    code_cache = env.get("JVM_RESERVED_CODE_CACHE_SIZE")
    return [
        "java",
        f"-Xms{env.get('JVM_MINIMUM_MEMORY') or '32m'}",
        f"-Xmx{env.get('JVM_MAXIMUM_MEMORY') or '256m'}",
        *([f"-XX:ReservedCodeCacheSize={code_cache}"] if code_cache else []),
        *SMALL_JVM,
        *shlex.split(env.get("JVM_SUPPORT_RECOMMENDED_ARGS", "")),
        *("-jar", "/opt/standin/standin.jar"),
    ]


def java_environment(env: Mapping[str, str]) -> dict[str, str]:
    """The server's variables.

    A preloaded libfaketime keeps its state in shared memory that is named after the process: the
    server makes its own. With FAKETIME alone it gets the image's library, and this program none.
    Like the real image, this one begins with the set-up wizard; STANDIN_SETUP=complete skips it.
    """
    given = {name: value for name, value in env.items() if name != "FAKETIME_SHARED"}
    if env.get("FAKETIME"):
        given.setdefault("LD_PRELOAD", FAKETIME)
    return {"STANDIN_SETUP": "wizard", **given}


def become_user(home: Path, *, gives_home: bool) -> None:
    """Gives the home to the server's user, and becomes that user.

    Shared memory of a libfaketime that was preloaded for root is removed: the server takes over
    this process's id, and could not open it.
    """
    for pattern in ("faketime_shm_*", "sem.faketime_sem_*"):
        for memory in SHARED_MEMORY.glob(pattern):
            memory.unlink()
    if gives_home:
        home.mkdir(parents=True, exist_ok=True)
        for path in (home, *home.rglob("*")):
            if path.lstat().st_uid != UID:
                os.chown(path, UID, UID, follow_symlinks=False)
    os.setgroups([])
    os.setgid(UID)
    os.setuid(UID)


def main(env: Mapping[str, str]) -> None:
    """Becomes the server.

    Raises:
        SystemExit: it cannot be started; says why, and what to do.
    """
    home = Path(env.get("CONFLUENCE_HOME") or "/var/atlassian/application-data/confluence")
    try:
        if os.getuid() == 0:
            keeps = env.get("SET_PERMISSIONS", "true").lower() == "false"
            become_user(home, gives_home=not keeps)
        command = java_command(env)
    except OSError as error:
        sys.exit(
            f"entrypoint.py: giving {home} to uid {UID} and becoming that user: {error}. Start it "
            "as the user that owns the home (--user), or with SET_PERMISSIONS=false"
        )
    except ValueError as error:
        sys.exit(f"entrypoint.py: JVM_SUPPORT_RECOMMENDED_ARGS: {error}")
    if not os.access(home, os.W_OK | os.X_OK):
        sys.exit(
            f"entrypoint.py: the home {home} cannot be written by uid {os.getuid()}, gid "
            f"{os.getgid()}: give it to that user, or to its group with the right to write, or "
            "start as root"
        )
    os.execvpe(command[0], command, java_environment(env))  # noqa: S606 - it becomes the server


if __name__ == "__main__":
    main(os.environ)
