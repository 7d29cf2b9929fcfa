"""The server's side: what CCMA and the listener's gateway call.

The real protocol is private, so this one is our own: docs/server-protocol.md.
"""
