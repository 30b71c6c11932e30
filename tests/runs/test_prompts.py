"""Prompts: what a model is sent, the next number, the pages."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qftapp.actors.errors import Conflict
from qftapp.actors.models import Event
from qftapp.items.content import contract_of
from qftapp.items.presenting import TEMPLATE, prompt_of
from qftapp.runs.asking.requests import messages_of, sample_seed
from qftapp.runs.models import Prompt
from qftapp.runs.prompts import write_prompt
from tests import factories

pytestmark = pytest.mark.django_db
BETTER = "Think first.\n\n{statement}\n\n{conventions}\n\n{requirements}"


def written(template: str = BETTER, *, by: str = "farah", name: str = "default", after: int = 1, system: str = ""):
    factories.default_prompt()
    return write_prompt(by=factories.person(by), name=name, after=after, system=system, template=template)


def faults(template: str, system: str = "") -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        written(template, system=system)
    return refused.value.message_dict


def test_default_prompt_is_what_the_editor_shows():
    version = factories.approved()
    assert messages_of(factories.default_prompt(), version) == [
        {"role": "user", "content": prompt_of(version.statement, contract_of(version))}
    ]


def test_default_prompt_of_the_site_has_the_template_of_the_items():
    assert factories.default_prompt().template == TEMPLATE


def test_braces_of_a_statement_mean_nothing():
    version = factories.ItemVersionFactory(
        state="approved", statement=r"Find $\frac{a}{b}$ of {conventions} {0} {x!r}."
    )
    assert messages_of(Prompt(template=BETTER), version)[0]["content"].startswith(
        "Think first.\n\nFind $\\frac{a}{b}$ of {conventions} {0} {x!r}.\n\nUse natural units"
    )


def test_part_that_is_empty_leaves_no_gap():
    conventions = dict.fromkeys(factories.contract()["conventions"], "")
    version = factories.ItemVersionFactory(state="approved", contract=factories.contract(conventions=conventions))
    content = messages_of(Prompt(template=BETTER), version)[0]["content"]
    assert f"{version.statement}\n\nGive your final answer" in content


def test_system_message_comes_first():
    messages = messages_of(Prompt(template=TEMPLATE, system="Be brief."), factories.approved())
    assert messages[0] == {"role": "system", "content": "Be brief."}
    assert messages[1]["role"] == "user"


def test_each_sample_has_a_seed_of_its_own():
    seeds = {sample_seed(seed, slug, sample) for seed in (0, 1) for slug in ("a", "b") for sample in range(50)}
    assert len(seeds) == 200
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert sample_seed(0, "a", 0) == sample_seed(0, "a", 0)


def test_next_number_is_written_beside_the_former():
    prompt = written()

    assert (str(prompt), prompt.created_by) == ("default 2", factories.person("farah"))
    assert Prompt.objects.filter(name="default").count() == 2
    assert Event.objects.get(verb="prompt.written").data == {"name": "default", "number": 2}


def test_number_that_somebody_else_wrote_meanwhile_is_not_written_over():
    written()
    with pytest.raises(Conflict, match="number 2 of it stands by now"):
        written(BETTER + "\n")


def test_only_engineers_write_prompts():
    with pytest.raises(PermissionDenied):
        written(by="alice")


def test_same_wording_is_no_new_number():
    with pytest.raises(ValidationError, match="says already"):
        written(TEMPLATE)


def test_each_place_stands_once():
    assert faults("{statement} {statement} {requirements}") == {
        "template": [
            "{statement} must stand in it once, not 2 times.",
            "{conventions} must stand in it once, not 0 times.",
        ]
    }
    assert list(faults(BETTER, "You know {conventions}.")) == ["system"]


def test_prompt_is_previewed_and_written_on_its_page(client):
    client.force_login(factories.person("farah"))
    factories.default_prompt()
    version = factories.approved(slug="width")
    form = {"name": "default", "after": 1, "template": BETTER, "system": "", "item": "width"}

    preview = client.post("/prompts/default/write/", form | {"preview": "yes"}, headers={"HX-Request": "true"})
    assert "<html" not in preview.content.decode()
    assert "Against number 1" in preview.content.decode()
    assert messages_of(Prompt(template=BETTER), version) == preview.context["messages_of_item"]
    assert Prompt.objects.count() == 1

    assert client.post("/prompts/default/write/", form).headers["Location"] == "/prompts/default/"
    page = client.get("/prompts/default/?item=width").content.decode()
    assert "Prompt default 2" in page
    assert "Think first." in page


def test_refused_prompts_keep_what_was_written(client):
    client.force_login(factories.person("farah"))
    factories.default_prompt()
    form = {"name": "default", "after": 1, "template": "My {statement}", "system": ""}

    faulty = client.post("/prompts/default/write/", form)
    late = client.post("/prompts/default/write/", form | {"template": BETTER, "after": 0})

    assert (faulty.status_code, late.status_code) == (422, 409)
    assert "My {statement}" in faulty.content.decode()
    assert "meanwhile" in late.content.decode()


def test_new_prompt_gets_number_one(client):
    client.force_login(factories.person("farah"))

    sent = client.post("/prompts/new/", {"name": "terse", "after": 0, "template": BETTER, "system": ""})

    assert sent.headers["Location"] == "/prompts/terse/"
    assert Prompt.objects.get(name="terse").number == 1
    assert "terse" in client.get("/prompts/").content.decode()
    assert client.get("/prompts/nobody/").status_code == 404
