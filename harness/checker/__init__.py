"""The verdict on what was observed. Pure."""
