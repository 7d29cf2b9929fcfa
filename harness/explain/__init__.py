"""Fetches evidence for diagnosis: from a case as it runs, and from a running Confluence."""
