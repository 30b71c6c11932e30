"""What models answered: runs, their traces, and the grades of these."""
