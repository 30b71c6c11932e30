"""The pages of exports: the list, the form with its forecast, one export, its downloads, the release's part."""

import csv
import gzip
import io
import json
import zipfile

import pytest
from django.urls import reverse

from qftapp.experiments.exporting import building
from qftapp.experiments.exporting.recipes import RLRecipe
from qftapp.experiments.models import Export
from tests.experiments.exports import (
    answered,
    ask,
    export_of,
    files_folder,
    release_of,
    rl_export,
    rows_of,
    sft_export,
    teacher,
    version,
)
from tests.factories import TrainingJobFactory, default_prompt, person

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def farah(client):
    client.force_login(person("farah"))
    return client


def as_reader(client):
    client.force_login(person("alice"))
    return client


def body(response) -> str:
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def form(release, **given):
    plain = {
        "release": release.name,
        "slug": "",
        "splits": ["train"],
        "prompt": "default 1",
        "csrfmiddlewaretoken": "x",
    }
    return plain | given


RL = {"above": "0", "at_most": "70", "fewest_samples": "1"}
SFT = {"per_item": "4", "longest": "0", "seed": "0", "prefer": "even", "soundness": "any"}


# The list


def test_list_and_its_twins_hold_every_export(client):
    export = sft_export()
    TrainingJobFactory(export=export)
    reader = as_reader(client)
    assert export.slug in body(reader.get("/exports/"))
    (row,) = csv.DictReader(body(reader.get("/exports.csv")).splitlines())
    (told,) = json.loads(body(reader.get("/exports.json")))
    assert (row["slug"], row["rows"], row["items"], row["jobs"]) == (export.slug, "3", "2", "1")
    assert (told["kind"], told["release"], told["sha256"]) == ("sft", export.release.name, export.sha256)


@pytest.mark.parametrize(
    ("query", "shown"), [("?kind=rl", 1), ("?kind=sft", 0), ("?state=failed", 0), ("?q=rl", 1), ("?release=none", 1)]
)
def test_list_is_filtered(client, query, shown):
    rl_export()
    assert len(json.loads(body(as_reader(client).get(f"/exports.json{query}")))) == shown


@pytest.mark.parametrize("number", [1, 3])
def test_list_asks_as_often_for_one_export_as_for_three(client, django_assert_num_queries, number):
    for place in range(number):
        export_of(release_of(version(place)), RLRecipe())
    reader = as_reader(client)
    reader.get("/exports/")
    with django_assert_num_queries(6):
        reader.get("/exports/")


def test_only_engineers_are_offered_a_new_one(client):
    assert "New export" not in body(as_reader(client).get("/exports/"))
    assert as_reader(client).get("/new-export/").status_code == 403


# Asking


@pytest.mark.parametrize("kind", ["sft", "rl", "process", "nonsense"])
def test_form_of_every_kind_opens_also_where_nothing_is(farah, kind):
    assert farah.get(f"/new-export/?kind={kind}").status_code == 200


def test_form_asks_for_an_export_and_leads_to_it(farah):
    default_prompt()
    each = version(0)
    answered(teacher(), each, "correct", "correct")
    response = farah.post("/new-export/?kind=sft", form(release_of(each), **SFT, slug="mine", runs=["teacher"]))
    export = Export.objects.get()
    assert response.headers["Location"] == "/exports/mine/"
    assert (export.recipe["runs"], export.recipe["per_item"], export.recipe["prompt_number"]) == (["teacher"], 4, 1)


def test_form_turns_percent_into_shares(farah):
    default_prompt()
    each = version(0)
    answered(teacher(), each, "correct", "wrong")
    farah.post("/new-export/?kind=rl", form(release_of(each), **RL | {"at_most": "55.5"}, runs=["teacher"]))
    assert Export.objects.get().recipe["at_most"] == 0.555


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        ("rl", RL | {"above": "80"}, "at_most"),
        ("rl", RL | {"fewest_samples": "0"}, "fewest_samples"),
        ("rl", RL | {"splits": ["test"]}, "splits"),
        ("rl", RL | {"release": "nowhere"}, "release"),
        ("sft", SFT | {"per_item": "x"}, "per_item"),
        ("sft", SFT, None),
    ],
)
def test_faulty_form_comes_back_with_its_faults(farah, kind, given, field):
    default_prompt()
    response = farah.post(f"/new-export/?kind={kind}", form(release_of(version(0))) | given)
    assert response.status_code == 422
    assert field in response.context["form"].errors or "__all__" in response.context["form"].errors
    assert not Export.objects.exists()


def test_refusal_names_the_pairs_at_their_field(farah):
    default_prompt()
    each = version(0)
    release_of(test=(each,), name="older")
    response = farah.post("/new-export/?kind=rl", form(release_of(each), **RL))
    assert response.status_code == 422
    assert "in older (the same item)" in str(response.context["form"].errors["leave_out_near_test"])


def test_same_recipe_at_work_is_a_conflict(farah):
    release = release_of(version(0))
    ask(release, RLRecipe())
    assert farah.post("/new-export/?kind=rl", form(release, **RL)).status_code == 409


def forecast(farah, kind, sent):
    headers = {"HX-Request": "true", "HX-Target": "forecast"}
    return body(farah.get("/new-export/", sent | {"kind": kind}, headers=headers))


def test_forecast_counts_what_would_be_taken_and_left_out(farah):
    default_prompt()
    first, second = version(0), version(1)
    answered(teacher(), first, "correct", "correct", "wrong")
    release = release_of(first, second)
    told = forecast(farah, "sft", form(release, **SFT | {"per_item": "1"}))
    assert "<strong>1 row</strong> of 1 item" in told
    assert told.strip().startswith('<div id="forecast"')
    assert "its answer is not right" in told
    assert "more than the cap for an item" in told


def test_forecast_names_what_is_too_near_to_a_test(farah):
    default_prompt()
    each = version(0)
    release_of(test=(each,), name="older")
    told = forecast(farah, "rl", form(release_of(each, version(1)), **RL))
    assert "1 item gives a test entry away" in told
    assert "<strong>1 row</strong>" in told


def test_forecast_says_so_where_nothing_is_left(farah):
    default_prompt()
    assert "Nothing is left to train on." in forecast(farah, "sft", form(release_of(version(0)), **SFT))


@pytest.mark.parametrize("given", [{"at_most": "x"}, {"release": "none"}, {"splits": ["test"]}])
def test_forecast_waits_for_a_recipe_that_is_complete(farah, given):
    default_prompt()
    release = release_of(version(0))
    assert "The recipe is not complete yet." in forecast(farah, "rl", form(release, **RL) | given)


# One export


def test_page_shows_recipe_report_rows_and_downloads(client):
    export = sft_export()
    job = TrainingJobFactory(export=export)
    page = body(as_reader(client).get(export.get_absolute_url()))
    row = rows_of(export)[0]
    for text in ("Traces in all runs that teach", "its answer is not right", row["item"], job.slug, export.sha256):
        assert text in page
    for code in ("jsonl", "trl", "huggingface"):
        assert f"/formats/{code}/" in page
    assert "/formats/verl/" not in page


def test_page_asks_as_often_whatever_the_number_of_items(client, django_assert_num_queries):
    one, many = export_of(release_of(version(0)), RLRecipe()), export_of(release_of(version(1), version(2)), RLRecipe())
    reader = as_reader(client)
    reader.get(one.get_absolute_url())
    for export in (one, many):
        with django_assert_num_queries(8):
            reader.get(export.get_absolute_url())


def test_page_of_one_whose_file_is_gone_says_so(client):
    export = rl_export()
    export.file.storage.delete(export.file.name)
    assert "The file of its rows is gone." in body(as_reader(client).get(export.get_absolute_url()))


def test_fragment_tells_of_the_progress_and_at_the_end_reloads(farah):
    export = ask(release_of(version(0)), RLRecipe())
    headers = {"HX-Request": "true", "HX-Target": "progress"}
    assert "queued" in body(farah.get(export.get_absolute_url(), headers=headers))
    building.execute(export.pk)
    response = farah.get(export.get_absolute_url(), headers=headers)
    assert response.headers["HX-Refresh"] == "true"


def test_export_that_points_elsewhere_links_there(client):
    first = rl_export()
    second = export_of(first.release, RLRecipe(leave_out_near_test=True))
    assert f'href="{first.get_absolute_url()}"' in body(as_reader(client).get(second.get_absolute_url()))


def test_export_is_cancelled_and_tried_again_by_engineers(farah):
    export = ask(release_of(version(0)), RLRecipe())
    farah.post(reverse("export_cancel", args=[export.slug]))
    export.refresh_from_db()
    assert export.state == "cancelled"
    other = ask(export.release, RLRecipe())
    building.fail(other.pk, "No.")
    farah.post(reverse("export_retry", args=[other.slug]))
    other.refresh_from_db()
    assert other.state == "queued"
    assert as_reader(farah).post(reverse("export_cancel", args=[other.slug])).status_code == 403


def test_rows_manifest_items_and_formats_are_downloaded(client):
    export = rl_export()
    reader = as_reader(client)
    response = reader.get(f"{export.get_absolute_url()}rows/")
    lines = gzip.decompress(b"".join(response.streaming_content)).splitlines()
    assert [json.loads(line) for line in lines] == rows_of(export)
    assert json.loads(body(reader.get(f"{export.get_absolute_url()}manifest.json")))["rows"]["sha256"] == export.sha256
    (first, _) = json.loads(body(reader.get(f"{export.get_absolute_url()}items.json")))
    assert (first["item"], first["rows"]) == (rows_of(export)[0]["item"], 1)
    assert len(body(reader.get(f"{export.get_absolute_url()}items.csv")).splitlines()) == 3
    archive = reader.get(f"{export.get_absolute_url()}formats/verl/")
    assert archive.headers["Content-Disposition"] == f'attachment; filename="{export.slug}-verl.zip"'
    assert zipfile.ZipFile(io.BytesIO(b"".join(archive.streaming_content))).testzip() is None


@pytest.mark.parametrize("path", ["rows/", "manifest.json", "formats/jsonl/"])
def test_nothing_is_downloaded_before_it_is_done(client, path):
    export = ask(release_of(version(0)), RLRecipe())
    assert as_reader(client).get(f"{export.get_absolute_url()}{path}").status_code == 404


@pytest.mark.parametrize("code", ["verl", "nonsense"])
def test_format_of_another_kind_is_not_there(client, code):
    assert as_reader(client).get(f"{sft_export().get_absolute_url()}formats/{code}/").status_code == 404


# The release's part


def test_release_offers_the_groups_of_its_train_split(farah):
    release = release_of(version(0, topic="yukawa"), version(1, topic="majorana"), version(2, topic="casimir"))
    page = body(farah.get(reverse("release_exports", args=[release.name])))
    assert ["RL on Fermions and spinor structure" in page, "SFT on Finite temperature and vacuum effects" in page] == [
        True
    ] * 2
    assert "RL on Anomalies and supersymmetry" not in page
    assert "For a specialist" not in body(as_reader(farah).get(reverse("release_exports", args=[release.name])))


def test_one_click_asks_for_an_export_of_one_group(farah):
    default_prompt()
    release = release_of(version(0, topic="yukawa"), version(1, topic="casimir"), name="small")
    response = farah.post(reverse("train_on", args=["small"]), {"group": "fermions", "kind": "rl"})
    export = Export.objects.get()
    assert response.headers["Location"] == export.get_absolute_url() == "/exports/small-rl-fermions-1/"
    building.execute(export.pk)
    assert [row["topic"] for row in rows_of(Export.objects.get())] == ["yukawa"]
    assert release.exports.get() == export


def test_what_stands_against_one_click_is_told_at_the_form(farah):
    default_prompt()
    release_of(version(0, topic="yukawa"), name="small")
    response = farah.post(reverse("train_on", args=["small"]), {"group": "fermions", "kind": "sft"}, follow=True)
    assert response.request["PATH_INFO"] == "/new-export/"
    assert "Nothing is left to train on" in body(response)
    assert response.context["form"]["topics"].value().count("yukawa") == 1


@pytest.mark.parametrize("given", [{}, {"group": "fermions"}, {"group": "x", "kind": "rl"}, {"kind": "process"}])
def test_click_that_chooses_nothing_leads_back(farah, given):
    release = release_of(version(0))
    response = farah.post(reverse("train_on", args=[release.name]), given)
    assert response.headers["Location"] == release.get_absolute_url()


def test_act_by_a_reader_is_refused(client):
    default_prompt()
    release = release_of(version(0, topic="yukawa"))
    given = {"group": "fermions", "kind": "rl"}
    assert as_reader(client).post(reverse("train_on", args=[release.name]), given).status_code == 403
    assert not Export.objects.exists()
