"""Door: one file a store; append, read, size, and blobs beside it."""
