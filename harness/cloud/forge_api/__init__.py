"""The Forge side of the platform, in brief: `https://api.atlassian.com/app/migration/forge/v1`.

Source: reference/app-migration-platform.md section 5.1. How Forge's runtime calls a function is
its own affair and not modelled: an event goes by HTTP to an address that stands for it.
"""
