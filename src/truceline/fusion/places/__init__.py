"""Where events were, and where that lies along the line."""
