"""Where the command begins: a Ctrl-C while it is being loaded ends it without a stack trace."""

import signal
import sys


def main() -> None:
    """Entry point of the command `harness`."""
    try:
        # It takes a few tenths of a second, in which a user may think better of it.
        from harness.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
