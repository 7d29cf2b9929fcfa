"""Faults on demand: small modules, and rules that say when each fault strikes.

A new fault is described in `vocabulary.faults`, for case files too, and gets what it does here and
a place in the union in `rules`.
"""
