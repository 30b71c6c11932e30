"""What programs may ask and do: the acts and reads of the pages, over HTTP with a token or a session."""
