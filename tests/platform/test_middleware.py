"""What happens once a session has ended."""

from urllib.parse import urlencode

import pytest

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
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/compare/?item=%00", 404),
        ("/contests/?item=a%00b", 200),
        ("/labels/export/?campaign=%00", 404),
        ("/items/?q=%00", 200),
        ("/?%00=x", 200),
        ("/api/runs/?state=%00", 200),
    ],
)
def test_nul_in_a_query_finds_nothing_and_breaks_nothing(client, address, status):
    client.force_login(person("emil"))
    assert client.get(address).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "FOO"])
def test_page_refuses_methods_it_does_not_know(client, method):
    client.force_login(person("farah"))
    answer = client.generic(method, "/runs/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")
