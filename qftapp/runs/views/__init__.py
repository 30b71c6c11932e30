"""Pages of runs and traces."""
