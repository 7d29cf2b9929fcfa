"""Where files of the user's own are kept, by the platform's custom.

On Linux `~/.local/state` and `~/.cache`, or what the variables of XDG name; on macOS below
`~/Library`.
"""

from pathlib import Path

import platformdirs

from harness.errors import BadInput

_NAME = "migration-harness"


def home() -> Path:
    """The user's home.

    Raises:
        BadInput: the system knows of none.
    """
    try:
        return Path.home()
    except RuntimeError:
        raise BadInput("there is no home directory for this user: name one by HOME") from None


def state() -> Path:
    """What has to outlive a command: the working folders of runs, golden homes."""
    home()
    return platformdirs.user_state_path(_NAME)


def cache() -> Path:
    """What is built again where it is missing."""
    home()
    return platformdirs.user_cache_path(_NAME)
