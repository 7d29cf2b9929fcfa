"""The public API that Connect apps call, under both base paths."""
