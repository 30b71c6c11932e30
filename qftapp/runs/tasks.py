"""Work on runs that the background worker does."""
