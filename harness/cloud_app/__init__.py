"""A Connect app whose behaviour a case scripts: what it posts, when, and what it gets wrong.

It knows nothing of the stub: it speaks to whatever site installed it.
"""
