"""A stack: its services, how they come up, and how they end."""
