"""Files of traces on their way into a run: readers, columns, checks, the loading, and the acts around it."""
