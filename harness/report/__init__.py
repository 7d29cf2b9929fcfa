"""What people see of a run: the page, the table, the live lines, summaries for CI pages."""
