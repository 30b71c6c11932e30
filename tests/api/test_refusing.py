"""What programs do wrong: each is told so, as JSON, and nothing of it stays."""

from io import BytesIO

import pytest

from qftapp.api.views import failures
from qftapp.runs.models import TraceImport
from tests import factories
from tests.api.test_acting import MODEL, Program
from tests.factories import person
from tests.runs.files import files_folder

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def farah(client):
    return Program(client, "farah")


class BrokenOff(BytesIO):
    """A body as the server gives it that misses the next chunk."""

    def read(self, size=-1):
        return super().read(size) or self.fail()

    def fail(self):
        raise OSError("no more data")


@pytest.mark.parametrize("address", ["nothing/", "runs/none/nothing/", "traces/x/"])
def test_unknown_address_is_answered_in_json(farah, address):
    answer = farah.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert "detail" in answer.json()


def test_unknown_address_of_a_page_is_answered_by_a_page(client):
    answer = client.get("/nothing/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_fault_of_ours_is_answered_in_json(rf):
    answer = failures.server_error(rf.get("/api/runs/"))
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/json")
    assert b"<html" in failures.server_error(rf.get("/runs/")).content


def test_missing_slash_is_no_reason_to_lose_what_was_sent(farah):
    answer = farah.post("models", MODEL)
    assert (answer.status_code, answer["Location"]) == (308, "/api/models/")


@pytest.mark.parametrize("sent", [b"", b'{"item": "width", "text": "First."}\n' * 3])
def test_file_whose_next_chunk_is_missing_is_refused(farah, files_folder, settings, sent):
    body = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": BrokenOff(sent), "wsgi.input_terminated": True}
    address = f"/api/runs/{factories.RunFactory().slug}/traces/"
    answer = farah.client.generic("POST", address, headers=farah.headers, **body)
    assert (answer.status_code, answer.json()) == (400, {"detail": "The body broke off before its end. Send it again."})
    assert not TraceImport.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_json_that_broke_off_is_refused(farah):
    body = {"wsgi.input": BrokenOff(b'{"slug": '), "CONTENT_LENGTH": "100", "CONTENT_TYPE": "application/json"}
    assert farah.client.generic("POST", "/api/models/", headers=farah.headers, **body).status_code == 400


def test_json_in_chunks_is_refused_instead_of_read_as_empty(farah):
    sent = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": BytesIO(b"{}"), "CONTENT_TYPE": "application/json"}
    answer = farah.client.generic("POST", "/api/models/", headers=farah.headers, **sent)
    assert (answer.status_code, "Content-Length" in answer.json()["detail"]) == (411, True)


def test_json_larger_than_memory_is_refused(farah, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert farah.post("models/", MODEL | {"notes": "x" * 100}).status_code == 413


def test_json_nested_too_deeply_is_refused(farah):
    answer = farah.post("models/", "[" * 200_000)
    assert (answer.status_code, answer.json()) == (400, {"detail": "The JSON is nested too deeply."})


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800", "x" * 30_000])
@pytest.mark.parametrize("field", ["slug", "locator", "notes", "kind", "parent"])
def test_text_that_cannot_be_kept_is_refused(farah, field, text):
    body = ", ".join(f'"{name}": "{value}"' for name, value in (MODEL | {field: text}).items())
    assert farah.post("models/", "{" + body + "}").status_code == 400


@pytest.mark.parametrize("query", ["map=text=%00", "map=%00=text", "filename=%00.jsonl", "filename=" + "x" * 9000])
def test_odd_parameters_of_a_file_do_not_break(farah, files_folder, query):
    row = {"item": "width", "text": "Two."}
    assert farah.hand_in(f"runs/{factories.RunFactory().slug}/traces/?{query}", row).status_code in (202, 400)


@pytest.mark.parametrize(
    "query",
    ["cursor=x", "page_size=x", "page_size=-1", "page_size=999999", "cursor=%00", "cursor=cD0%3D", "cursor=cD0lMDA%3D"],
)
@pytest.mark.parametrize("noun", ["models", "runs", "gradings", "trace-imports"])
def test_odd_places_of_a_list_do_not_break(farah, noun, query):
    factories.RunFactory()
    assert farah.get(f"{noun}/?{query}").status_code in (200, 404)


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "before=" + "9" * 30, "run=%00", "item=%00", "q=%00", "length=9", "group=x"]
)
def test_odd_filters_of_traces_do_not_break(farah, query):
    factories.TraceFactory()
    assert farah.get(f"traces/?{query}").status_code in (200, 400)


def test_refused_rows_stand_in_the_report_of_one_import_alone(farah):
    report = {"rows": 1, "refused": 1, "first_refused": [{"line": 1, "item": "", "reason": "not JSON"}]}
    run = factories.RunFactory()
    found = TraceImport.objects.create(
        run=run, format="jsonl", filename="a", report=report, requested_by=person("farah")
    )
    assert farah.get(f"trace-imports/{found.pk}/").json()["report"] == report
    assert farah.get("trace-imports/").json()["results"][0]["report"] == {"rows": 1, "refused": 1}
