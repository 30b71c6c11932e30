"""The statistics of evaluation, on arrays: no database, no Django."""
