"""The command: what a user types."""
