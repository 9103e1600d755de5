"""One file a likelihood family: weigh, place nodes and draw with the same code."""
