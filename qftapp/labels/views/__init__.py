"""HTTP of labelling: the desk, and somebody's own work."""
