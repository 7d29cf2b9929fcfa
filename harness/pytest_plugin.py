"""The pytest fixtures that vendors import in their own repositories."""
