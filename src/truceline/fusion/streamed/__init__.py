"""Fusion of a table that is too large to be in memory at once: in pieces of time, to the very same result."""
