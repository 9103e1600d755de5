"""State folded from the ledger: rebuildable at any time."""
