"""How many refreshes a row may take."""

from harness.vocabulary.refresh import REFRESH

PATIENCE = 3 * REFRESH
"""Refreshes for which a row may lag behind what the cloud has recorded."""

GIVE_UP = 6 * REFRESH
"""Refreshes after which a migration that the cloud never settled is given up."""

SPARE = 2 * REFRESH
"""Server time beyond those, for the polls that belong to them to come."""

GRACE = 0.5
"""Harness seconds that the server has to work off a poll's answer before a look counts."""

OVERLAP = 0.25
"""Harness seconds before a look in which an event may or may not show in it yet."""
