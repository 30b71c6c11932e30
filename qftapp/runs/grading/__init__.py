"""Grades of traces: given by the verifier in the background, compared, accepted and contested by people."""
