"""Small helpers that know nothing of migrations."""
