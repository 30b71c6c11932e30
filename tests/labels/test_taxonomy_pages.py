"""The pages of taxonomies: the guide, the draft with its rows, publication, what became of old categories."""

import csv
import json

import pytest
from django.utils import timezone

from qftapp.labels import taxonomies
from qftapp.labels.models import Annotation, SpanLabel, Taxonomy
from qftapp.labels.renumbering import changes
from qftapp.labels.taxonomies import Described
from tests.factories import TraceFactory, person

pytestmark = pytest.mark.django_db

FIRST = [
    Described("factual", "Factual", "A wrong fact.", example=r"$(\gamma^5)^2 = -1$", hotkey="1"),
    Described("metric", "Metric", "Another metric.", parent="factual", replaces=()),
    Described("sign", "Sign", "A wrong sign.", hotkey="2"),
    Described("factor", "Factor", "A wrong factor.", hotkey="3"),
]


def logged_in(client, name):
    client.force_login(person(name))
    return client


def body(response) -> str:
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def draft(*categories) -> Taxonomy:
    begun = taxonomies.begin(by=person("emil"), slug="errors", title="Errors")
    if categories:
        taxonomies.save(begun.pk, by=person("emil"), title="Errors", guide="Read **all** of it.", categories=categories)
    return begun


@pytest.fixture
def first() -> Taxonomy:
    return taxonomies.publish(draft(*FIRST).pk, by=person("emil"))


def rows(*categories, **fields):
    """A form of a draft with these rows."""
    sent = {"title": "Errors", "guide": "Read.", "seen": "", "categories-TOTAL_FORMS": str(len(categories))}
    sent["categories-INITIAL_FORMS"] = "0"
    for number, category in enumerate(categories):
        sent |= {f"categories-{number}-{name}": value for name, value in category.items()}
    return sent | fields


def codes(taxonomy):
    return [(each.code, each.parent, each.replaces) for each in taxonomies.described(taxonomy)]


# To read


def test_guide_shows_categories_in_two_levels(client, first):
    text = body(logged_in(client, "dana").get("/taxonomies/errors/1/"))
    assert "Read <strong>all</strong> of it." in text
    assert text.index('id="factual"') < text.index('id="metric"') < text.index('id="sign"')
    assert '<dt id="metric">' in text
    assert '<span class="math"' in text


def test_text_of_categories_is_escaped(client):
    begun = draft(Described("odd", "<script>", "<img src=x>"))
    taxonomies.publish(begun.pk, by=person("emil"))
    text = body(logged_in(client, "dana").get("/taxonomies/errors/1/"))
    assert "<script>\n" not in text
    assert "&lt;script&gt;" in text
    assert "<img" not in text


def test_drafts_are_seen_by_adjudicators_alone(client):
    draft(*FIRST)
    reader = logged_in(client, "dana")
    assert [reader.get(f"/taxonomies/errors/1{end}").status_code for end in ("/", ".json")] == [404, 404]
    assert [row["slug"] for row in json.loads(body(reader.get("/taxonomies.json")))] == ["reasoning-errors"]
    assert logged_in(client, "emil").get("/taxonomies/errors/1/").status_code == 200


def test_twins_tell_what_the_pages_tell(client, first):
    reader = logged_in(client, "dana")
    row = next(
        row for row in csv.DictReader(body(reader.get("/taxonomies.csv")).splitlines()) if row["slug"] == "errors"
    )
    assert (row["number"], row["categories"], row["campaigns"], row["created_by"]) == ("1", "4", "0", "emil")
    assert "errors" in [each["slug"] for each in json.loads(body(reader.get("/taxonomies.json")))]
    told = json.loads(body(reader.get("/taxonomies/errors/1.json")))
    assert (told["number"], told["guide"], len(told["categories"])) == (1, "Read **all** of it.", 4)
    assert told["categories"][1]["parent"] == "factual"


# To write


def test_next_number_is_begun_and_written(client, first):
    writer = logged_in(client, "emil")
    response = writer.post("/taxonomies/errors/1/next/")
    assert response["Location"] == "/taxonomies/errors/2/edit/"
    page = writer.get(response["Location"])
    assert [form["code"].value() for form in page.context["rows"]] == ["factual", "metric", "sign", "factor"]
    assert [form["replaces"].value() for form in page.context["rows"]] == ["factual", "metric", "sign", "factor"]
    sent = rows(
        {"name": "Numbers", "code": "", "definition": "Sign or factor.", "replaces": "sign, factor", "ORDER": "2"},
        {"name": "Factual", "code": "factual", "definition": "A fact.", "replaces": "factual,metric", "ORDER": "1"},
        {"name": "Gone", "code": "gone", "definition": "No.", "DELETE": "on", "ORDER": "3"},
        {"name": "", "ORDER": "4"},
        seen=page.context["form"]["seen"].value(),
    )
    assert writer.post(response["Location"], sent)["Location"] == "/taxonomies/errors/2/edit/"
    assert codes(Taxonomy.objects.get(number=2, slug="errors")) == [
        ("factual", "", ("factual", "metric")),
        ("numbers", "", ("sign", "factor")),
    ]


def test_second_draft_is_refused(client, first):
    draft()
    text = body(logged_in(client, "emil").post("/taxonomies/errors/1/next/", follow=True))
    assert "still a draft" in text


@pytest.mark.parametrize(
    "row",
    [
        {"name": "No definition", "code": "none"},
        {"name": "Below", "definition": "It.", "parent": "nothing"},
        {"name": "Key", "definition": "It.", "hotkey": "ab"},
        {"name": "Replaces", "definition": "It.", "replaces": "nothing"},
        {"name": "", "definition": "Without a name."},
    ],
)
def test_unsound_row_is_refused_and_nothing_is_lost(client, first, row):
    begun = draft()
    response = logged_in(client, "emil").post("/taxonomies/errors/2/edit/", rows(row))
    assert response.status_code == 422
    assert body(response).count('role="alert"') or 'class="errorlist"' in body(response)
    assert len(codes(begun)) == 4


def test_draft_that_somebody_else_saved_is_not_written_over_unseen(client, first):
    draft()
    writer = logged_in(client, "emil")
    seen = writer.get("/taxonomies/errors/2/edit/").context["form"]["seen"].value()
    row = {"name": "Factual", "code": "factual", "definition": "A fact."}
    assert writer.post("/taxonomies/errors/2/edit/", rows(row, guide="Theirs.", seen=seen)).status_code == 302
    lost = writer.post("/taxonomies/errors/2/edit/", rows(row, guide="Mine.", seen=seen))
    assert lost.status_code == 409
    assert "Theirs." in body(lost)
    assert "Mine." in body(lost)
    again = rows(row, guide="Mine.", seen=lost.context["form"]["seen"].value())
    assert writer.post("/taxonomies/errors/2/edit/", again).status_code == 302
    assert Taxonomy.objects.get(slug="errors", number=2).guide == "Mine."


def test_only_adjudicators_write(client, first):
    draft()
    other = logged_in(client, "dana")
    acts = ("/taxonomies/errors/1/next/", "/taxonomies/errors/2/edit/", "/taxonomies/errors/2/publish/")
    assert [other.post(act, rows()).status_code for act in acts] == [403, 403, 403]


def test_published_number_leads_back_to_its_guide(client, first):
    writer = logged_in(client, "emil")
    for page in ("edit", "publish"):
        assert writer.post(f"/taxonomies/errors/1/{page}/", rows())["Location"] == "/taxonomies/errors/1/"


# To publish


def test_draft_is_saved_and_published(client, first):
    draft()
    writer = logged_in(client, "emil")
    row = {"name": "Factual", "code": "factual", "definition": "A fact.", "replaces": "factual"}
    saved = writer.post("/taxonomies/errors/2/edit/", rows(row, publish="yes"))
    assert saved["Location"] == "/taxonomies/errors/2/publish/"
    assert "stay with it" in body(writer.get(saved["Location"]))
    assert writer.post(saved["Location"])["Location"] == "/taxonomies/errors/2/"
    assert Taxonomy.objects.get(slug="errors", number=2).is_published


def test_number_under_which_marks_would_be_lost_is_not_published(client, first):
    sign = first.categories.get(code="sign")
    annotation = Annotation.objects.create(
        trace=TraceFactory(), taxonomy=first, annotator=person("dana"), assigned_at=timezone.now()
    )
    SpanLabel.objects.create(annotation=annotation, category=sign, start=0, end=1)
    draft(Described("factual", "Factual", "A fact.", replaces=("factual",)))
    writer = logged_in(client, "emil")
    assert "Say first which category replaces sign" in body(writer.get("/taxonomies/errors/2/publish/"))
    response = writer.post("/taxonomies/errors/2/publish/")
    assert response.status_code == 422
    assert not Taxonomy.objects.get(slug="errors", number=2).is_published


def test_changes_tell_what_became_of_each_category(first):
    second = draft(
        Described("factual", "Factual", "A wrong fact, or none.", r"$(\gamma^5)^2 = -1$", "1", replaces=("factual",)),
        Described("numbers", "Numbers", "A sign or factor.", replaces=("sign", "factor")),
        Described("circular", "Circular", "What is sought is assumed."),
    )
    assert [(each.before, each.after, each.word) for each in changes(second)] == [
        (("Factual",), ("Factual",), "reworded"),
        (("Metric",), (), "gone"),
        (("Sign", "Factor"), ("Numbers",), "merged"),
        ((), ("Circular",), "new"),
    ]


def test_changes_tell_splits_names_and_places(first):
    second = draft(
        Described("factual", "Physics", "A wrong fact.", r"$(\gamma^5)^2 = -1$", "1", replaces=("factual",)),
        Described("sign", "Sign", "A wrong sign.", hotkey="2", parent="factual", replaces=("sign",)),
        Described("metric", "Metric", "Another metric.", parent="factual", replaces=("metric",)),
        Described("two", "Factor 2", "A factor 2.", replaces=("factor",)),
        Described("pi", "Factor π", "A factor π.", replaces=("factor",)),
    )
    assert [(each.before, each.after, each.word) for each in changes(second)] == [
        (("Factual",), ("Physics",), "renamed"),
        (("Sign",), ("Sign",), "moved"),
        (("Factor",), ("Factor 2", "Factor π"), "split"),
    ]
    assert changes(first) == []


def test_taxonomy_of_a_new_name_begins_as_a_draft(client):
    emil = logged_in(client, "emil")

    answer = emil.post("/new-taxonomy/", {"title": "Proofs", "slug": "proofs"})

    assert answer["Location"] == "/taxonomies/proofs/1/edit/"
    assert not Taxonomy.objects.get(slug="proofs").is_published
    assert "New taxonomy" in body(emil.get("/taxonomies/"))


def test_name_that_a_taxonomy_has_is_refused(client, first):
    answer = logged_in(client, "emil").post("/new-taxonomy/", {"title": "Again", "slug": first.slug})

    assert answer.status_code == 422
    assert "next number" in body(answer)


def test_new_taxonomies_are_for_adjudicators(client):
    assert logged_in(client, "dana").get("/new-taxonomy/").status_code == 403
