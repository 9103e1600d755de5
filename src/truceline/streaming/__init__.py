"""Files of observations that are too large for memory: read, fused and written a piece at a time."""
