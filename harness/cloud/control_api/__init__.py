"""What only a test may do: clock, apps, journal, switches, reset. On the plain listener only."""
