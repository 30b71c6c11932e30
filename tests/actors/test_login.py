"""Every address needs a login, except those that cannot."""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.factories import PASSWORD, person

OPEN = {"login", "health", "styleguide", "admin:login"}
EXAMPLES = {
    "code": "trl",
    "slug": "some-slug",
    "number": "1",
    "old": "1",
    "new": "2",
    "problem_id": "1",
    "app_label": "auth",
}


def addresses(resolver: URLResolver, prefix: str = "/", namespace: str = "") -> Iterator[tuple[str, str]]:
    """Name and an example path of every address of the site."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from addresses(pattern, prefix + example(pattern), namespace + inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", prefix + example(pattern)


def example(pattern: URLPattern | URLResolver) -> str:
    """The path of a pattern, or of a regular expression of the admin, with an example for each of its arguments."""
    route = re.sub(
        r"\(\?P<(\w+)>.*?\)|<(?:\w+:)?(\w+)>", lambda part: EXAMPLES.get(part[1] or part[2], "1"), str(pattern.pattern)
    )
    return route.strip("^$")


ADDRESSES = sorted(set(addresses(get_resolver())))


def test_the_whole_url_configuration_is_walked():
    names = {name for name, _ in ADDRESSES}

    assert {"home", "item_edit", "item_judge", "adapt", "batch", "admin:index", "login"} <= names
    assert not {name for name in names if "password_reset" in name}


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "path"), ADDRESSES, ids=[name for name, _ in ADDRESSES])
def test_address_needs_a_login(client, name, path):
    for response in (client.get(path), client.post(path)):
        if path.startswith("/api/") and name != "api_docs":
            assert response.status_code == 401
            continue
        if response.request["REQUEST_METHOD"] == "POST" and response.status_code == 405:
            continue  # it only reads: nobody can post to it, logged in or not
        location = response.headers.get("Location", "")
        asks = response.status_code == 302 and (location.startswith(("/login/?next=", "/admin/login/?next=")))
        assert asks != (name in OPEN), f"{path} answers {response.status_code} {location}"


@pytest.mark.django_db
def test_person_logs_in_sees_home_and_logs_out(client):
    person("alice")

    entered = client.post("/login/?next=/items/", {"username": "alice", "password": PASSWORD})
    assert (entered.status_code, entered["Location"]) == (302, "/items/")
    assert client.get("/").status_code == 200

    client.post("/logout/")
    assert client.get("/")["Location"] == "/login/?next=/"


@pytest.mark.django_db
def test_wrong_password_is_refused_on_the_form(client):
    person("alice")

    response = client.post("/login/", {"username": "alice", "password": "guess"})

    assert response.status_code == 200
    assert response.context["form"].errors


@pytest.mark.django_db
def test_login_does_not_lead_to_another_site(client):
    person("alice")

    entered = client.post("/login/?next=https://elsewhere.example/", {"username": "alice", "password": PASSWORD})

    assert entered["Location"] == "/"


@pytest.mark.django_db
def test_person_changes_the_password(client):
    client.force_login(person("alice"))
    new = "gauge-invariant-by-design"

    response = client.post("/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    assert response["Location"] == "/password_change/done/"
    assert person("alice").check_password(new)


@pytest.mark.django_db
def test_htmx_request_without_a_login_sends_the_whole_page_to_the_login_form(client):
    response = client.get(
        "/items/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/items/?q=muon"}
    )

    assert response.status_code == 200
    assert response["HX-Redirect"] == "/login/?next=%2Fitems%2F%3Fq%3Dmuon"
