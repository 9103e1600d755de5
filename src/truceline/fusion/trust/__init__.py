"""Whom to believe: how often each source's reports are of nothing, which sensors err, and whose rows stand apart."""
