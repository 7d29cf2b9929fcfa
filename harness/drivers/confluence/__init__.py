"""Drives a Confluence over HTTP, the real image or the stand-in alike."""
