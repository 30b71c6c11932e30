"""What an action raises when it refuses, beside Django's PermissionDenied and ValidationError."""


class Conflict(Exception):
    """The row is not in the state that the act needs: somebody was faster, or the page is old."""
