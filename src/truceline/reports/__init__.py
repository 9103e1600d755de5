"""The daily report: compiled from state, rendered as JSON and one self-contained page."""
