"""Faults on demand: small modules, and rules that say when each fault strikes.

A new fault gets a module with a model of its own (see `base`), and a place in the union in
`rules`.
"""
