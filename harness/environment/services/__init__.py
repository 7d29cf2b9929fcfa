"""The services of a stack, each described once; nothing is started here."""
