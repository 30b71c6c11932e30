"""The cast of the demo world; it exists only where a site is tried out, never in production."""

from dataclasses import dataclass

from qftapp.actors import permissions

PASSWORD = "demo"


@dataclass(frozen=True)
class Person:
    """Somebody of the cast."""

    username: str
    first_name: str
    last_name: str
    roles: tuple[str, ...]
    is_admin: bool = False


CAST = (
    Person("alice", "Alice", "Arden", (permissions.AUTHOR,)),
    Person("bruno", "Bruno", "Bellini", (permissions.AUTHOR, permissions.REVIEWER)),
    Person("chandra", "Chandra", "Chari", (permissions.REVIEWER,)),
    Person("dana", "Dana", "Doyle", (permissions.ANNOTATOR,)),
    Person("emil", "Emil", "Eriksen", (permissions.ADJUDICATOR,)),
    Person("farah", "Farah", "Fayed", (permissions.ENGINEER,)),
    Person("admin", "Ada", "Minsk", permissions.ROLES, is_admin=True),
)
