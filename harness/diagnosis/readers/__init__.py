"""Readers of what a run kept, each into evidence."""
