"""The formats in which an export leaves, one file for each; every one is opened by its real consumer in a test."""
