"""Confluence's own REST on the site, as far as an app reads and writes migrated pages."""
