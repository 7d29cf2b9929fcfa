"""How long a row may take, in server time."""

from harness.vocabulary.refresh import REFRESH

PATIENCE = 3 * REFRESH
"""Server time for which a row may lag behind what the cloud has recorded."""


GIVE_UP = 6 * REFRESH
"""Server time after which a migration that the cloud never settled is given up."""
