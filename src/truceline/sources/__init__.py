"""Door: one file a source; bytes as received become columns, rejected rows keep their reason."""
