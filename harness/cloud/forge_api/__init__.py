"""The Forge side of the platform, in brief: `https://api.atlassian.com/app/migration/forge/v1`.

Source: reference/app-migration-platform.md section 5.1. How Forge's runtime calls a function is
not modelled: an event is sent over HTTP to an address that stands for the function.
"""
