"""Examples in, a better router out."""
