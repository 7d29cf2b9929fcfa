"""What only a test may do: clock, apps, journal, switches, reset; on the plain listener only."""
