"""The server's side: what CCMA and the listener's gateway call.

Private in the real world, so this protocol is our own: docs/server-protocol.md.
"""
