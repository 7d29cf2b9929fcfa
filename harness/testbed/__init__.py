"""What is kept from case to case."""
