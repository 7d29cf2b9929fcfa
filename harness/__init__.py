"""End-to-end tests for app migrations with the Confluence Cloud Migration Assistant."""
