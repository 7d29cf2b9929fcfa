"""The two dark features of app migration."""

FEATURE = "migration-assistant.app-migration.feature"
"""Turns app migration on; without it a plan's page has no block for apps."""

DEV_MODE = "migration-assistant.app-migration.dev-mode"
"""Passes the app assessment over, for developers of apps."""
