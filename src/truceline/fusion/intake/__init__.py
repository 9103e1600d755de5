"""Observations made ready: from the interchange table to columns in the plane."""
