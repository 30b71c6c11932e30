"""Who a program acts for."""

from copy import copy
from typing import cast

from django.http import QueryDict
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from qftapp.actors.models import User
from qftapp.actors.tokens import owner_of


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer qft_…`, with a token of the person's page of tokens."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        """Return the person and the secret; nothing where no token was sent. Raises AuthenticationFailed."""
        scheme, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != self.keyword.lower():
            return None
        user = owner_of(secret.strip())
        if user is None:
            raise AuthenticationFailed("This token is unknown, revoked or expired.")
        return user, secret

    def authenticate_header(self, request: Request) -> str:
        """Say how to authenticate, so that the answer is 401 and not 403."""
        return self.keyword


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the pages; its CSRF token comes in the header `X-CSRFToken`.

    It is not looked for in the body, which would have to be read for that: a file of traces is read as it comes.
    """

    def enforce_csrf(self, request: Request) -> None:
        """Raise PermissionDenied where the token is missing or wrong."""
        without_body = copy(request._request)
        without_body.POST = QueryDict()
        super().enforce_csrf(cast(Request, without_body))  # Django's own check, which knows no other


class TokenScheme(OpenApiAuthenticationExtension):
    """Describes the tokens in the schema."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return the definition as OpenAPI has it."""
        return {"type": "http", "scheme": "bearer", "description": "A token of the page “API tokens”."}


class OwnSessionScheme(SessionScheme):
    """Describes the session in the schema."""

    target_class = "qftapp.api.authentication.SessionAuthentication"
