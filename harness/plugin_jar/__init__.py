"""What can be read from a plugin's jar before anything runs."""
