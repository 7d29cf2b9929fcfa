"""What a run leaves behind: its results, and everything that is derived from them."""
