"""The pages of an import: upload, columns on the first rows, progress, report."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qftapp.runs.importing import working
from qftapp.runs.models import Run, Trace, TraceImport
from tests.factories import LanguageModelFactory, ReleaseFactory, RunFactory, approved, frozen_release, person
from tests.runs.files import begun, files_folder, hand_in, imported, lines, new_run, row
from tests.runs.logs import as_json, sample

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db

THEIRS = [{"problem_id": "width", "response": "a"}, {"problem_id": "nothing", "response": "b"}]


@pytest.fixture
def farah(client) -> Client:
    client.force_login(person("farah"))
    return client


def post(client: Client, content: bytes = lines(row()), filename: str = "traces.jsonl", **given):
    fields = {"slug": "base", "purpose": "teach", "format": "", "run": "", "release": "", "notes": ""} | given
    return client.post("/trace-imports/", fields | {"file": SimpleUploadedFile(filename, content)})


def test_upload_makes_the_run_and_leads_to_the_columns(farah):
    model, release = LanguageModelFactory(slug="qwen"), frozen_release(name="qft-1")
    ReleaseFactory(name="open")

    sent = post(farah, model="qwen", release="qft-1", notes="by vllm")

    found = TraceImport.objects.select_related("run").get()
    assert sent["Location"] == f"/trace-imports/{found.pk}/"
    run = found.run
    assert (run.slug, run.model, run.release, run.notes, run.origin) == ("base", model, release, "by vllm", "imported")
    assert (run.state, found.state, found.columns) == ("queued", "queued", {})


def test_upload_by_htmx_is_led_on_too(farah):
    LanguageModelFactory(slug="qwen")
    fields = {"slug": "base", "purpose": "teach", "model": "qwen", "file": SimpleUploadedFile("a.jsonl", lines(row()))}
    sent = farah.post("/trace-imports/", fields, headers={"HX-Request": "true"})
    assert sent["HX-Redirect"] == f"/trace-imports/{TraceImport.objects.get().pk}/"


def test_upload_adds_to_a_run_that_is_there(farah):
    run = new_run("there")
    RunFactory(slug="written", origin="written")
    post(farah, run="there", slug="")
    assert TraceImport.objects.get().run == run
    assert post(farah, run="written", slug="").status_code == 422


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"slug": ""}, "slug", "A new run needs this."),
        ({"model": ""}, "model", "A new run needs this."),
        ({"slug": "taken"}, "slug", "already exists"),
        ({"content": b""}, "file", "empty"),
        ({"content": b"no json"}, "file", "not JSON"),
        ({"filename": "a.txt"}, "format", "choose it"),
    ],
)
def test_upload_that_is_refused_says_why_at_the_field_and_leaves_nothing(farah, settings, given, field, reason):
    LanguageModelFactory(slug="qwen")
    new_run("taken")
    page = post(farah, **({"model": "qwen"} | given))
    assert page.status_code == 422
    assert reason in " ".join(page.context["form"].errors[field])
    assert (Run.objects.count(), TraceImport.objects.count()) == (1, 0)


def test_columns_are_guessed_and_the_first_rows_shown_with_what_becomes_of_them(farah):
    approved("width")
    found = hand_in(lines(*THEIRS))
    page = farah.get(found.get_absolute_url())
    assert page.context["columns"] == {"item": "problem_id", "text": "response"}
    assert [sample.refusal for sample in page.context["samples"]] == ["", "no item is called so"]


def test_other_columns_are_shown_before_anything_begins(farah):
    approved("width")
    found = hand_in(lines(*THEIRS))
    part = farah.get(f"{found.get_absolute_url()}?item=response&text=problem_id", headers={"HX-Request": "true"})
    text = part.content.decode()
    assert "<html" not in text
    assert re.findall('<td class="cell">(.*?)</td>', text) == ["a", "width", "b", "nothing"]
    found.refresh_from_db()
    assert found.columns == {}


def test_import_begins_with_the_columns_that_were_chosen(farah):
    found = hand_in(lines(*THEIRS))
    sent = farah.post(f"{found.get_absolute_url()}begin/", {"item": "problem_id", "text": "response", "sample": ""})
    found.refresh_from_db()
    assert (sent["Location"], found.columns) == (found.get_absolute_url(), {"item": "problem_id", "text": "response"})
    again = farah.post(f"{found.get_absolute_url()}begin/", {"item": "problem_id", "text": "response"}, follow=True)
    assert "queued already" in again.content.decode()


def test_import_without_a_column_that_must_be_stays_on_the_page(farah):
    found = hand_in(lines(*THEIRS))
    page = farah.post(f"{found.get_absolute_url()}begin/", {"item": "problem_id"})
    assert page.status_code == 422
    assert page.context["form"].errors["text"] == ["Say which column of the file this is."]


def test_text_of_the_file_is_shown_as_text(farah):
    found = hand_in(lines(row("<script>alert(1)</script>", text="<b>" * 200)))
    assert "<script>alert" not in farah.get(found.get_absolute_url()).content.decode()


def test_cancel_and_retry_from_the_page(farah):
    found = begun(lines(row()))
    assert "Cancel" in farah.get(found.get_absolute_url()).content.decode()
    farah.post(f"{found.get_absolute_url()}cancel/")
    again = farah.post(f"{found.get_absolute_url()}cancel/", follow=True)
    assert "cancelled already" in again.content.decode()
    assert "only a failed one" in farah.post(f"{found.get_absolute_url()}retry/", follow=True).content.decode()


def test_pages_are_for_engineers_and_a_report_for_everybody(client):
    found = hand_in(lines(row()))
    client.force_login(person("alice"))
    assert client.get("/trace-imports/").status_code == 403
    page = client.get(found.get_absolute_url())
    assert "Begin the import" not in page.content.decode()
    assert client.post(f"{found.get_absolute_url()}begin/", {"item": "item", "text": "text"}).status_code == 403
    assert client.post(f"{found.get_absolute_url()}cancel/").status_code == 403


def test_upload_of_nobody_is_not_written(client, settings):
    post(client)
    assert not settings.MEDIA_ROOT.exists()


@pytest.mark.django_db(transaction=True)
def test_report_of_what_came_and_what_was_refused(farah):
    approved("width")
    found = imported(lines(row(), row("nothing")))
    page = farah.get(found.get_absolute_url()).content.decode()
    assert "no item is called so" in page
    assert "Add another file" in page
    csv = farah.get(f"{found.get_absolute_url()}refused.csv").getvalue().decode()
    assert csv.splitlines() == ["line,item,reason", "2,nothing,no item is called so"]
    assert found.filename in farah.get("/trace-imports/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_inspect_log_is_shown_with_its_model(farah):
    approved("width")
    found = hand_in(as_json([sample()]), filename="log.json")
    page = farah.get(found.get_absolute_url())
    assert page.context["model_named"] == "openai/gpt-x"
    farah.post(f"{found.get_absolute_url()}begin/", page.context["columns"])
    working.execute(found.pk)
    assert Trace.objects.count() == 1


def test_list_asks_as_much_for_three_imports_as_for_one(farah, django_assert_num_queries):
    hand_in(lines(row()))
    with CaptureQueriesContext(connection) as one:
        farah.get("/trace-imports/")
    for _ in range(2):
        hand_in(lines(row()))
    with django_assert_num_queries(len(one)):
        farah.get("/trace-imports/")
