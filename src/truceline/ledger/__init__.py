"""Append-only entries, their tree, their signed checkpoints, and their verification."""
