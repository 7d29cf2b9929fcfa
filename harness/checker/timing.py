"""How long a row may take, in server time."""

from datetime import timedelta

REFRESH = timedelta(minutes=10)
"""How often the assistant polls the cloud. (Seed thread; developer documentation.)"""


PATIENCE = 3 * REFRESH
"""Server time for which a row may lag behind what the cloud has recorded."""


GIVE_UP = 6 * REFRESH
"""Server time after which a migration that the cloud never settled is given up."""
