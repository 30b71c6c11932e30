"""Pages of exports, training jobs and lineage."""
