"""How often the assistant asks the cloud for progress."""

from datetime import timedelta

REFRESH = timedelta(minutes=10)
"""Server time between two polls. (Seed thread; developer documentation.)"""
