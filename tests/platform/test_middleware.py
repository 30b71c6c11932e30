"""What an expired session looks like to htmx."""

import pytest

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
