"""One mission folder: the only place where effects happen, in order."""
