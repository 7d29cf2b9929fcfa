"""Clients of what runs: Confluence, its pages, its debugger, and the cloud's control API."""
