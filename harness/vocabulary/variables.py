"""Names of the variables that secrets are given by; a command line would show them to everybody."""

PASSWORD = "HARNESS_ATTACH_PASSWORD"  # noqa: S105 - a variable's name
"""An administrator's password, on a Confluence that the harness did not bring up."""
TOKEN = "HARNESS_ATTACH_TOKEN"  # noqa: S105 - a variable's name
"""An access token of such a Confluence, in the password's place."""
CONTROL_TOKEN = "HARNESS_CONTROL_TOKEN"  # noqa: S105 - a variable's name
"""What a stub's control API wants to be sent."""
