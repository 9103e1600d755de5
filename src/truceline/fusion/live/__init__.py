"""Fusion that goes on: rows come in small batches and in any order, and what changes is told."""
