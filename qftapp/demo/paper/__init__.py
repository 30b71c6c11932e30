"""The tables of arXiv 2604.18936 as rows whose aggregates equal them: reconstructed, not anyone's items or traces."""
