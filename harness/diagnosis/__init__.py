"""Says which link broke: evidence in, causes out. Starts nothing and opens no socket."""
