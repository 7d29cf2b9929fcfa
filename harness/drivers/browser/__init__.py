"""Page objects: what an admin sees and clicks, found by role and text."""
