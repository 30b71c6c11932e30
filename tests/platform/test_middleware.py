"""What happens once a session has ended, and to requests that no page knows."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from qftapp.actors.http import POSTED
from qftapp.middleware import PROGRAMS
from tests.factories import PASSWORD, frozen_release, person

PAGE = "http://testserver/items/?state=draft"


@pytest.mark.django_db
def test_expired_session_sends_an_htmx_request_to_the_login_page_and_back_to_its_page(client):
    response = client.get("/password_change/", headers={"HX-Request": "true", "HX-Current-URL": PAGE})

    assert response.status_code == 200
    assert response["HX-Redirect"] == "/login/?next=%2Fitems%2F%3Fstate%3Ddraft"


@pytest.mark.django_db
def test_expired_session_sends_a_plain_request_to_the_login_page(client):
    response = client.get("/password_change/")

    assert response.status_code == 302
    assert response["Location"] == "/login/?next=/password_change/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "page"),
    [
        ({"Referer": "http://testserver/releases/first/?split=test"}, "/releases/first/?split=test"),
        ({"Referer": "http://elsewhere.example/releases/first/"}, "/releases/first/mark/?q=x"),
        ({}, "/releases/first/mark/?q=x"),
        ({"HX-Request": "true", "HX-Current-URL": PAGE}, "/items/?state=draft"),
    ],
)
def test_act_without_a_session_leads_back_to_its_page_where_one_is_told_once(client, headers, page):
    frozen_release(name="first")
    answer = client.post("/releases/first/mark/?q=x", headers=headers)
    form = answer.get("HX-Redirect") or answer["Location"]
    assert form == f"/login/?{urlencode({'next': page, 'undone': 1})}"
    assert b"not done yet" in client.get(form).content
    said = {"username": person("farah").username, "password": PASSWORD, "next": page, "undone": "1"}
    entered = client.post("/login/", said, follow=True)
    told = [str(message) for message in entered.context["messages"]]
    assert (entered.status_code, told) == (200, ["This was not done yet: do it again from here."])


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["Referer", "HX-Current-URL"])
@pytest.mark.parametrize("is_logged_in", [True, False])
def test_page_that_is_no_address_breaks_no_act(client, header, is_logged_in):
    frozen_release(name="first")
    if is_logged_in:
        client.force_login(person("farah"))
    answer = client.post("/releases/first/mark/", headers={header: "http://[::1", "HX-Request": "true"})
    assert answer.status_code in (200, 409)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/compare/?item=%00", 404),
        ("/contests/?item=a%00b", 200),
        ("/labels/export/?campaign=%00", 404),
        ("/items/?q=%00", 200),
        ("/?%00=x", 200),
        ("/api/runs/?state=%00", 200),
        ("/api/runs/%00/", 404),
        ("/releases/%00/", 404),
        ("/%00/", 404),
    ],
)
def test_nul_in_an_address_finds_nothing_and_breaks_nothing(client, address, status):
    client.force_login(person("emil"))
    assert client.get(address).status_code == status


def pages() -> dict[str, tuple[str, Callable[..., HttpResponse]]]:
    """An address and the view of each page by its name, without those whose classes say what they know."""
    found = {}
    for pattern in patterns(get_resolver()):
        is_class = hasattr(pattern.callback, "cls") or hasattr(pattern.callback, "view_class")
        if pattern.callback.__module__.startswith("qftapp.") and not is_class:
            named = dict.fromkeys(pattern.pattern.converters, "1")
            address = reverse(pattern.name, kwargs=named)
            if not address.startswith(PROGRAMS):
                found[pattern.name] = (address, pattern.callback)
    return found


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each)
        else:
            yield each


@pytest.mark.django_db
def test_nothing_can_be_posted_to_a_page_that_only_reads(client):
    client.force_login(person("farah"))
    readers = {name: address for name, (address, view) in pages().items() if view not in POSTED}
    assert len(readers) > 100
    answers = {name: client.post(address) for name, address in readers.items()}
    assert {name for name, answer in answers.items() if answer.status_code != 405} == set()
    assert {answer["Allow"] for answer in answers.values()} == {"GET, HEAD, OPTIONS"}
    assert all(b"<h1>This page only shows</h1>" in answer.content for answer in answers.values())


@pytest.mark.django_db
def test_what_acts_or_has_a_form_can_be_posted(client):
    client.force_login(person("farah"))
    found = pages()
    takers = {name: address for name, (address, view) in found.items() if view in POSTED}
    assert len(takers) > 60
    assert {name for name, address in takers.items() if client.post(address).status_code == 405} == set()


@pytest.mark.django_db
def test_post_to_a_page_that_only_reads_is_refused_before_a_login_is_asked_for(client):
    answer = client.post("/runs/")
    assert (answer.status_code, answer.templates[0].name) == (405, "405.html")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "FOO"])
@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/runs/", "GET, HEAD, OPTIONS"),
        ("/new-release/", "GET, HEAD, OPTIONS, POST"),
        ("/password_change/done/", "GET, HEAD, OPTIONS"),
    ],
)
def test_page_refuses_methods_it_does_not_know(client, method, address, allowed):
    client.force_login(person("farah"))
    answer = client.generic(method, address)
    assert (answer.status_code, answer["Allow"]) == (405, allowed)
    assert b"<h1>This page only shows</h1>" in answer.content
