"""A program: a proxy that records what a server says to its cloud, or answers in its place.

It runs in an environment of its own, on mitmproxy, and is met over HTTP only.
"""
