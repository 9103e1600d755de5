"""Door: one file a sensor model; a parameter row of a physics family, with its references."""
