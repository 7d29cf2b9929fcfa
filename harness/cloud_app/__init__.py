"""A Connect app that a case scripts: what it posts, when, and what it gets wrong.

It knows nothing about the stub: it talks to whatever site installed it.
"""
