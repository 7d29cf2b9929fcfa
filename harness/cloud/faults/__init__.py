"""Faults on demand: one small module each, composed by rules that say when they strike.

A new fault is a module here with a model of its own (see `base.py`), added to the union in
`rules.py`.
"""
