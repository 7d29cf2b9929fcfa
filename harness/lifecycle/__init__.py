"""Who owns what: runs and their locks, and what an interrupt does."""
