"""Plain frozen data of the field, and the ports; no I/O, no algorithms."""
