"""The rules by which causes are found, by who is responsible."""
