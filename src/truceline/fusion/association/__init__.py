"""Which single observations are the same physical event."""
