"""Where a stack's services run: Docker containers or local processes, behind one protocol."""
