"""One file a verb; the table of verbs is main.py."""
