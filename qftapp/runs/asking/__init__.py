"""Asking a language model through an endpoint: starting a run, its requests, their answers."""
