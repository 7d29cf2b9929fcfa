"""A run, from the request to its last result."""
