"""Secrets by which programs act for people."""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from qftapp.actors.events import log
from qftapp.actors.models import ApiToken, User
from qftapp.actors.saving import check_and_save
from qftapp.actors.text import plain

PREFIX = "qft_"
"""What every secret begins with, so that scanners of published code know it."""

MOST_DAYS = 3_650
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use is known: a write for every request would cost more than the request."""


def _digest(secret: str) -> str:
    """SHA-256 of a secret; it has 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create(*, by: User, name: str, days: int | None = None) -> tuple[ApiToken, str]:
    """Make a token and return it with its secret, which is shown this once; without `days` it never expires."""
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise ValidationError({"days": f"Give from 1 to {MOST_DAYS:,} days, or nothing."})
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(user=by, name=plain(name).strip(), digest=_digest(secret))
    token.expires_at = timezone.now() + timedelta(days=days) if days else None
    check_and_save(token)
    log(by, "token.created", token, name=token.name)
    return token, secret


@transaction.atomic
def revoke(token_id: int, *, by: User) -> None:
    """Take a token back; whoever uses it is refused from now on. Raises PermissionDenied on another's token."""
    token = ApiToken.objects.select_for_update().filter(pk=token_id).first()
    if token is None:
        return
    if token.user_id != by.pk and not by.is_superuser:
        raise PermissionDenied("Only their owner may revoke a token.")
    log(by, "token.revoked", token, name=token.name)
    token.delete()


def owner_of(secret: str) -> User | None:
    """The person for whom the bearer of a secret acts, nobody where it is unknown, expired, or the person has left."""
    now = timezone.now()
    valid = ApiToken.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), digest=_digest(secret))
    token = valid.select_related("user").filter(user__is_active=True).first()
    if token is None:
        return None
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - SEEN_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    return token.user
