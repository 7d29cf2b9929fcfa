"""What the harness relies on of any Confluence, asked of one, with a report to send."""
