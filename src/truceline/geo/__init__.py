"""Geometry in a local plane: the frame, the line as an axis, regions, compass words."""
