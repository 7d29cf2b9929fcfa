"""The causes, one module for each who may be responsible."""
