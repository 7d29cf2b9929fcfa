"""Who runs what, in which order. Pure."""
