"""Tokens: made and revoked by their owner, shown once, kept as a digest, refused when they no longer count."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from qftapp.actors import tokens
from qftapp.actors.models import ApiToken, Event
from tests.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def token():
    return tokens.create(by=person("farah"), name="node-7")


def asks(client, secret, address="/api/runs/"):
    return client.get(address, headers={"Authorization": f"Bearer {secret}"})


def test_secret_is_not_kept(token):
    _, secret = token
    assert secret.startswith("qft_")
    assert secret not in str(ApiToken.objects.values_list()[0])
    assert secret not in str(list(Event.objects.values_list()))


def test_bearer_acts_for_the_owner(client, token):
    assert asks(client, token[1]).status_code == 200
    token[0].refresh_from_db()
    assert token[0].last_used_at is not None


def test_last_use_is_written_once_a_minute(client, token, django_assert_num_queries):
    asks(client, token[1])
    token[0].refresh_from_db()
    asks(client, token[1])
    assert ApiToken.objects.get().last_used_at == token[0].last_used_at


@pytest.mark.parametrize("secret", ["qft_nobody", "", "ℏ"])
def test_unknown_secret_is_refused(client, token, secret):
    answer = client.get("/api/runs/", headers={"Authorization": f"Bearer {secret}".encode().decode("latin-1")})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_expired_token_is_refused(client):
    _, secret = tokens.create(by=person("farah"), name="short", days=1)
    assert asks(client, secret).status_code == 200
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert asks(client, secret).status_code == 401


def test_token_of_somebody_who_left_is_refused(client, token):
    farah = person("farah")
    farah.is_active = False
    farah.save()
    assert asks(client, token[1]).status_code == 401


def test_revoked_token_is_refused(client, token):
    tokens.revoke(token[0].pk, by=person("farah"))
    assert asks(client, token[1]).status_code == 401


def test_only_its_owner_revokes_a_token(token):
    with pytest.raises(PermissionDenied):
        tokens.revoke(token[0].pk, by=person("alice"))


@pytest.mark.parametrize("days", [0, -1, 5_000])
def test_expiry_is_between_a_day_and_ten_years(days):
    with pytest.raises(ValidationError):
        tokens.create(by=person("farah"), name="odd", days=days)


def test_name_is_used_once(token):
    with pytest.raises(ValidationError):
        tokens.create(by=person("farah"), name="node-7")
    tokens.create(by=person("alice"), name="node-7")


def test_page_shows_a_new_secret_once(client):
    client.force_login(person("farah"))
    answer = client.post("/tokens/", {"name": "laptop", "days": ""})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert secret not in client.get("/tokens/").content.decode()
    assert asks(client, secret).status_code == 200


def test_page_says_what_is_wrong_with_a_form(client, token):
    client.force_login(person("farah"))
    assert client.post("/tokens/", {"name": "node-7"}).status_code == 422
    assert client.post("/tokens/", {"name": "x", "days": "-3"}).status_code == 422


def test_page_revokes(client, token):
    client.force_login(person("farah"))
    assert client.post(f"/tokens/{token[0].pk}/revoke/").status_code == 302
    assert not ApiToken.objects.exists()


def test_page_shows_only_ones_own(client, token):
    client.force_login(person("alice"))
    assert "node-7" not in client.get("/tokens/").content.decode()
    assert client.post(f"/tokens/{token[0].pk}/revoke/").status_code == 403
