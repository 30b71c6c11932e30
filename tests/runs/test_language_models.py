"""Language models: registering, changing, their pages."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qftapp.actors.models import Event, LanguageModel
from qftapp.runs.registering import ORPHAN, save_model
from tests import factories

pytestmark = pytest.mark.django_db
FIELDS = {"slug": "qwen3-4b", "kind": "open_weights", "locator": "Qwen/Qwen3-4B", "training_on_outputs": "unknown"}


def refusal(model: LanguageModel) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        save_model(model, by=factories.person("farah"))
    return refused.value.message_dict


def test_registered_model_belongs_to_who_registered_it():
    model = save_model(LanguageModel(**FIELDS), by=factories.person("farah"))

    assert model.added_by == factories.person("farah")
    assert Event.objects.get().verb == "language_model.added"


def test_only_engineers_register_models():
    with pytest.raises(PermissionDenied):
        save_model(LanguageModel(**FIELDS), by=factories.person("alice"))


def test_checkpoint_needs_a_parent():
    assert refusal(LanguageModel(**FIELDS | {"kind": "checkpoint"})) == {"parent": [ORPHAN]}


def test_slug_that_an_address_uses_is_refused():
    assert "word of the site" in refusal(LanguageModel(**FIELDS | {"slug": "new"}))["slug"][0]


def test_model_never_comes_from_itself():
    first = factories.LanguageModelFactory(slug="first")
    second = factories.LanguageModelFactory(slug="second", parent=first)
    first.parent = second

    assert refusal(first) == {"parent": ["second comes from this model itself."]}


def test_model_that_has_answered_stays_the_one_it_is():
    model = factories.TraceFactory().run.model
    model.locator, model.licence = "another/model", "MIT"
    assert list(refusal(model)) == ["locator"]

    model.refresh_from_db(fields=["locator"])
    save_model(model, by=factories.person("farah"))
    assert LanguageModel.objects.get(pk=model.pk).licence == "MIT"


def test_model_that_nothing_answered_for_may_get_another_locator():
    model = factories.LanguageModelFactory()
    model.locator = "right/name"

    save_model(model, by=factories.person("farah"))

    assert Event.objects.get().data["changed"] == ["locator"]


def test_model_is_registered_and_changed_on_its_page(client):
    client.force_login(factories.person("farah"))
    assert client.post("/models/new/", FIELDS).headers["Location"] == "/models/qwen3-4b/"
    assert client.post("/models/qwen3-4b/edit/", FIELDS | {"licence": "Apache-2.0"}).status_code == 302

    page = client.get("/models/qwen3-4b/").content.decode()

    assert "Apache-2.0" in page
    assert "registered this model" in page
    assert "changed licence" in page


def test_form_that_is_refused_says_why(client):
    client.force_login(factories.person("farah"))

    page = client.post("/models/new/", FIELDS | {"kind": "checkpoint"})

    assert page.status_code == 422
    assert page.context["form"].errors == {"parent": [ORPHAN]}


def test_pages_of_change_are_for_engineers(client):
    model = factories.LanguageModelFactory()
    client.force_login(factories.person("alice"))

    assert client.get("/models/").status_code == 200
    assert client.get(model.get_absolute_url()).status_code == 200
    for address in ("/models/new/", f"{model.get_absolute_url()}edit/", "/new-run/", "/prompts/new/"):
        assert client.get(address).status_code == 403, address


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_as_little_for_many_as_for_one(client, django_assert_num_queries, count):
    client.force_login(factories.person("dana"))
    parent = factories.LanguageModelFactory()
    for _ in range(count):
        factories.RunFactory(model__parent=parent)
    with django_assert_num_queries(5):
        assert client.get("/models/").status_code == 200


def test_list_has_twins(client):
    client.force_login(factories.person("dana"))
    run = factories.RunFactory(model__slug="m")

    row = client.get("/models.json").getvalue().decode()
    lines = client.get("/models.csv").getvalue().decode().splitlines()

    assert '"slug":"m"' in row
    assert lines[1].startswith(f"m,open_weights,{run.model.locator},,,unknown,1,farah")
