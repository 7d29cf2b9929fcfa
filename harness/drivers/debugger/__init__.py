"""A small JDWP client and the probes built on it.

It answers from outside, on any JVM with a jdwp agent, what an app's own log does not say: was the
migration listener loaded, called, with which keys, and did it leave by an exception.
"""
