"""HTTP of the API, a file a noun, and the page of a person's tokens."""
