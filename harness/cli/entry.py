"""Where the command begins: a Ctrl-C while it is being loaded ends it without a stack trace."""

import signal
import sys

_NO_WINDOWS = (
    "harness: Windows itself is not supported, since local processes, locks and signals are those "
    "of Linux and macOS: use WSL 2 (`wsl --install`), and run the same command there"
)


def main() -> None:
    """Entry point of the command `harness`."""
    if sys.platform == "win32":
        sys.exit(_NO_WINDOWS)
    try:
        # It takes a few tenths of a second, in which a user may think better of it.
        from harness.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
