"""The editor: opening, autosave, lost races, live panels, submission; nothing typed is ever lost."""

import html

import pytest
from django.contrib import messages

from qftapp.items import actions
from qftapp.items.models import Item, ItemVersion
from qftapp.verification import Contract, ContractError
from tests.factories import ItemVersionFactory, SourceProblemFactory, approved, contract, person, symbol
from tests.items.filling import form_data

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}
NEW_ITEM = {
    "slug": "scalar-width",
    "topic": "cross-sections-decays",
    "domain_level": "graduate",
    "operational_level": "easy",
    "task_type": "derivation",
}


@pytest.fixture
def author(client):
    client.force_login(person("alice"))
    return client


def address(version: ItemVersion, act: str) -> str:
    return f"/items/{version.item.slug}/v/{version.number}/{act}/"


def text_of(response) -> str:
    return html.unescape(response.content.decode())


def test_author_opens_the_draft_and_finds_everything_in_its_field(author):
    version = ItemVersionFactory()

    page = text_of(author.get(f"/items/{version.item.slug}/edit/"))

    assert version.statement in page
    assert 'name="symbols-1-name" value="g"' in page
    assert "return g**2 * m / (8 * math.pi)" in page


@pytest.mark.parametrize("name", ["bruno", "chandra"])
def test_others_are_sent_to_the_page_of_the_item(client, name):
    version = ItemVersionFactory()
    client.force_login(person(name))

    response = client.get(f"/items/{version.item.slug}/edit/")

    assert (response.status_code, response["Location"]) == (302, f"/items/{version.item.slug}/")


def test_item_without_a_draft_leads_to_its_page(author):
    assert author.get(f"/items/{approved('live').item.slug}/edit/")["Location"] == "/items/live/"
    assert author.get("/items/nothing/edit/", follow=True).status_code == 404


def test_autosave_stores_the_draft_and_answers_with_its_revision(author):
    version = ItemVersionFactory()

    response = author.post(address(version, "save"), form_data(version, statement="Find $m$."), headers=JSON)

    version.refresh_from_db()
    assert response.status_code == 200
    assert response.json() == {"revision": 1, "saved_at": version.saved_at.isoformat()}
    assert version.statement == "Find $m$."
    assert Contract.from_json(version.contract) == Contract.from_json(contract())


def test_draft_is_saved_without_javascript(author):
    version = ItemVersionFactory()

    response = author.post(address(version, "save"), form_data(version, statement="Find $m$."))

    assert response["Location"] == f"/items/{version.item.slug}/edit/"
    assert ItemVersion.objects.get().statement == "Find $m$."


def test_unsound_draft_is_saved_all_the_same(author):
    version = ItemVersionFactory()
    changes = {"entry_point": "not a name", "gold_source": "def (", "symbols-0-low": "x", "topic": "yukawa"}

    response = author.post(address(version, "save"), form_data(version, **changes), headers=JSON)

    assert response.status_code == 200
    stored = ItemVersion.objects.get()
    assert (stored.contract["entry_point"], stored.contract["symbols"][0]["low"]) == ("not a name", "x")
    assert Item.objects.get().topic == "yukawa"


def test_second_tab_is_shown_both_texts_and_loses_none(author):
    version = ItemVersionFactory(statement="At first.")
    second_tab = form_data(version, statement="From the second tab.")
    author.post(address(version, "save"), form_data(version, statement="From the first tab."), headers=JSON)

    by_script = author.post(address(version, "save"), second_tab, headers=JSON)
    by_form = author.post(address(version, "save"), second_tab)

    assert (by_script.status_code, by_form.status_code) == (409, 409)
    assert by_script.json()["revision"] == 1
    for shown in (by_script.json()["html"], text_of(by_form)):
        assert "first" in shown
        assert "second" in shown
    assert ItemVersion.objects.get().statement == "From the first tab."


def test_second_tab_may_overwrite_what_it_has_seen(author):
    version = ItemVersionFactory()
    author.post(address(version, "save"), form_data(version, statement="From the first tab."), headers=JSON)

    data = form_data(version, statement="From the second tab.", overwrite="yes")
    response = author.post(address(version, "save"), data, headers=JSON)

    assert response.json()["revision"] == 2
    assert ItemVersion.objects.get().statement == "From the second tab."


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 5000, "²"])
def test_nonsense_for_a_revision_is_a_lost_race_and_no_crash(author, revision):
    version = ItemVersionFactory()

    assert author.post(address(version, "save"), form_data(version, revision=revision), headers=JSON).status_code == 409


def test_draft_that_was_submitted_meanwhile_is_shown_and_not_changed(author):
    version = ItemVersionFactory(state="review")
    data = form_data(version, statement="Too late.")

    for act in ("save", "submit"):
        response = author.post(address(version, act), data)
        assert response.status_code == 409
        assert "in review by now" in text_of(response)
        assert "Too late." in text_of(response)


def test_draft_of_somebody_else_is_not_saved_or_submitted(client):
    version = ItemVersionFactory()
    client.force_login(person("bruno"))

    for act in ("save", "submit", "discard"):
        assert client.post(address(version, act), form_data(version)).status_code == 403
    assert ItemVersion.objects.get().revision == 0


def test_text_that_cannot_be_stored_stays_on_the_page(author):
    version = ItemVersionFactory()
    data = form_data(version, statement="A new text that must not be lost.", kind="guess")

    for act in ("save", "submit"):
        response = author.post(address(version, act), data)
        assert response.status_code == 422
        assert "A new text that must not be lost." in text_of(response)


def test_preview_shows_what_is_typed_and_stores_nothing(author):
    version = ItemVersionFactory(statement="As it was.")
    data = form_data(version, statement="Find $x_1$ <script>.", conventions_metric="mostly_plus")

    response = author.post(address(version, "preview"), data)

    page = response.content.decode()
    assert response.status_code == 200
    assert "x_1" in page
    assert "<script>" not in page
    assert "(−,+,+,+)" in page
    assert ItemVersion.objects.get().statement == "As it was."


@pytest.mark.parametrize(("changes", "status"), [({"entry_point": ""}, 200), ({"kind": "guess"}, 422)])
def test_preview_of_an_unsound_draft_says_what_is_missing(author, changes, status):
    version = ItemVersionFactory()

    response = author.post(address(version, "preview"), form_data(version, **changes))

    assert response.status_code == status
    assert text_of(response).strip()


def test_checks_show_every_failure_and_the_fields_of_the_contract(author):
    version = ItemVersionFactory(contract=contract(entry_point=""), solution="")

    page = text_of(author.get(address(version, "checks")))

    assert "Write the solution that a reviewer will follow." in page
    assert '"entry_point"' in page


def test_checks_of_gold_that_raises_strange_characters_are_shown(author):
    source = "def decay_width(m, g):\n    raise ValueError('\\ud800 \\0')\n"
    version = ItemVersionFactory(contract=contract(gold={"language": "python", "source": source}))

    assert author.get(address(version, "checks")).status_code == 200


def test_submission_saves_the_text_and_sends_it_to_review(author):
    version = ItemVersionFactory()
    data = form_data(version, solution="A better solution.")

    response = author.post(address(version, "submit"), data)

    stored = ItemVersion.objects.get()
    assert response["Location"] == stored.get_absolute_url()
    assert (stored.state, stored.solution) == ("review", "A better solution.")


def test_refused_submission_keeps_the_text_and_says_what_to_mend(author):
    version = ItemVersionFactory()
    statement = "Show that $m$ and $g$ matter."

    response = author.post(address(version, "submit"), form_data(version, statement=statement))

    page = text_of(response)
    stored = ItemVersion.objects.get()
    assert response.status_code == 422
    assert statement in page
    assert "“Show that” asks for a proof" in page
    assert 'name="revision" value="1"' in page
    assert (stored.state, stored.statement) == ("draft", statement)


def test_author_goes_on_after_a_refused_submission(author):
    version = ItemVersionFactory()
    author.post(address(version, "submit"), form_data(version, solution=""))
    version.refresh_from_db()

    response = author.post(address(version, "submit"), form_data(version, solution="Now there is one."))

    assert response.status_code == 302
    assert ItemVersion.objects.get().state == "review"


def test_version_is_taken_back_and_discarded(author):
    version = ItemVersionFactory(state="review")

    assert author.post(address(version, "withdraw"))["Location"] == f"/items/{version.item.slug}/edit/"
    assert author.post(address(version, "discard"))["Location"] == version.get_absolute_url()
    assert ItemVersion.objects.get().state == "retired"


def test_taking_back_what_was_judged_meanwhile_says_so(author):
    version = ItemVersionFactory(state="approved")

    page = text_of(author.post(address(version, "withdraw"), follow=True))

    assert "Version 1 is approved by now" in page


def test_new_version_is_opened_from_the_page_of_the_item(author):
    version = approved("live")

    assert author.post("/items/live/revise/")["Location"] == "/items/live/edit/"
    again = author.post("/items/live/revise/", follow=True)

    assert "open already" in text_of(again)
    assert version.item.versions.count() == 2


def test_source_problem_is_adapted_with_its_own_text(author):
    problem = SourceProblemFactory(
        source__slug="peskin", locator="Problem 4.2", statement="Theirs.", solution="Solved."
    )
    place = f"/sources/peskin/problems/{problem.pk}/adapt/"
    assert 'value="peskin-problem-42"' in text_of(author.get(place))

    response = author.post(place, NEW_ITEM)

    version = ItemVersion.objects.get()
    assert response["Location"] == "/items/scalar-width/edit/"
    assert (version.statement, version.solution, version.item.source_problem) == ("Theirs.", "Solved.", problem)


@pytest.mark.parametrize("slug", ["", "not a slug", "retire", "taken"])
def test_new_item_with_an_unusable_name_is_refused_at_its_field(author, slug):
    approved("taken")

    response = author.post("/new-item/", {"slug": slug, "topic": "yukawa"})

    assert response.status_code == 422
    assert response.context["form"].errors["slug"]


def test_what_is_not_chosen_yet_says_so(author):
    form = author.get("/new-item/").context["form"]

    first = {name: next(iter(field.choices)) for name, field in form.fields.items() if name != "slug"}

    assert first == dict.fromkeys(actions.CLASSIFICATION, ("", "not chosen"))


@pytest.mark.parametrize(
    ("act", "page"),
    [
        ("save", "edit"),
        ("preview", "edit"),
        ("submit", "edit"),
        ("discard", "edit"),
        ("withdraw", "version"),
        ("comment", "version"),
        ("try", "version"),
        ("judge", "review"),
    ],
)
def test_act_that_a_login_interrupted_leads_back_to_its_page(author, act, page):
    version = ItemVersionFactory()
    itself = version.get_absolute_url()
    pages = {"edit": f"/items/{version.item.slug}/edit/", "version": itself, "review": f"{itself}review/"}

    answer = author.get(address(version, act))

    assert answer["Location"] == pages[page]
    assert [str(told) for told in messages.get_messages(answer.wsgi_request)] == [
        "This was not done yet: do it again from here."
    ]
    assert author.put(address(version, act)).status_code == 405


@pytest.mark.parametrize("number", ["2", "99999999999999999999999"])
def test_version_that_is_not_there_is_not_found(author, number):
    slug = ItemVersionFactory().item.slug

    assert author.get(f"/items/{slug}/v/{number}/").status_code == 404
    assert author.post(f"/items/{slug}/v/{number}/save/").status_code == 404
    assert author.get(f"/items/{slug}/diff/1/{number}/").status_code == 404


def test_expired_session_sends_an_autosave_to_the_login(client):
    version = ItemVersionFactory(statement="As it was.")

    response = client.post(address(version, "save"), form_data(version), headers=JSON)

    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


def test_draft_changed_between_saving_and_submitting_keeps_both(author):
    version = ItemVersionFactory()
    data = form_data(version, statement="Mine.")
    actions.save_draft(version.pk, by=person("alice"), revision=0, content={"statement": "Theirs."})

    response = author.post(address(version, "submit"), data)

    assert response.status_code == 409
    assert ItemVersion.objects.get().statement == "Theirs."
    assert "Mine." in text_of(response)


def test_new_draft_begins_with_a_contract_that_lacks_only_what_its_author_must_say(author):
    author.post("/new-item/", NEW_ITEM)

    draft = ItemVersion.objects.get()
    with pytest.raises(ContractError) as refused:
        Contract.from_json(draft.contract)
    assert [problem.path for problem in refused.value.problems] == ["gold.source"]


def test_contract_problems_are_told_where_the_editor_has_them(author):
    low = [symbol("m", low="five"), symbol("g"), {**symbol(""), "meaning": "no name"}]
    version = ItemVersionFactory(contract=contract(symbols=low, assumptions=["m > 0", ""]))

    page = text_of(author.get(address(version, "checks")))

    assert 'data-field="symbols-0-low">Symbol m, From</a>' in page
    assert "write it as 0.5, 1e-3, 1/3 or 2*pi/3" in page
    assert ">Symbol 3, Name</a>" in page
    assert ">Assumptions, line 2</a>" in page
    assert "symbols.0" not in page


def test_failed_check_leads_to_the_field_it_is_mended_in(author):
    version = ItemVersionFactory(solution="")

    page = text_of(author.get(address(version, "checks")))

    assert 'href="#id_solution" data-field="solution"' in page
