"""Mutation testing of the core: see docs/mutants.md."""
