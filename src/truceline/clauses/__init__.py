"""Door: one file a clause family; how likely each element of a breach is, never a threshold."""
