"""The cloud: a stub of the Atlassian cloud's app migration platform, runnable alone.

It holds the platform API that Connect apps call, the server side that CCMA and its gateway
call, Connect's install callbacks and webhooks, and a control API for tests. It imports nothing
of the harness's drivers: the two meet over HTTP only.
"""
