"""What programs do: register models, ask, import, grade, contest, as pages do and with the same refusals."""

import json
from io import BytesIO

import pytest
from django.test import Client

from qftapp.actors import tokens
from qftapp.runs.models import Contest, Grade, Run, Trace, TraceImport
from tests import factories
from tests.factories import approved, person
from tests.runs.files import files_folder, work

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db(transaction=True)

FORM = "application/x-www-form-urlencoded"  # what curl says of a body unless it is told
CSRF = "c" * 32
MODEL = {"slug": "tiny", "kind": "open_weights", "locator": "example/tiny"}
RIGHT = r"$\boxed{\frac{g^2 m}{8\pi}}$"


class Program:
    """A client with a token of somebody."""

    def __init__(self, client, name):
        _, secret = tokens.create(by=person(name), name="test")
        self.client, self.headers = client, {"Authorization": f"Bearer {secret}"}

    def get(self, address):
        return self.client.get(f"/api/{address}", headers=self.headers)

    def post(self, address, data=None, content_type="application/json", method="post"):
        send = getattr(self.client, method)
        return send(f"/api/{address}", data or {}, content_type=content_type, headers=self.headers)

    def hand_in(self, address, *rows):
        body = "\n".join(json.dumps(row) for row in rows)
        return self.post(address, body, content_type="application/x-ndjson")


@pytest.fixture
def farah(client):
    return Program(client, "farah")


@pytest.fixture
def dana(client):
    return Program(client, "dana")


def test_model_is_registered_and_changed(farah):
    assert farah.post("models/", MODEL).status_code == 201
    child = farah.post("models/", MODEL | {"slug": "tuned", "kind": "checkpoint", "parent": "tiny"})
    assert (child.status_code, child.json()["parent"]) == (201, "tiny")
    changed = farah.post("models/tiny/", {"licence": "Apache-2.0"}, method="patch")
    assert (changed.status_code, changed.json()["licence"]) == (200, "Apache-2.0")


@pytest.mark.parametrize("fault", [{"slug": "no good"}, {"kind": "oracle"}, {"parent": "none"}, {"kind": "checkpoint"}])
def test_unsound_model_is_refused_by_its_field(farah, fault):
    answer = farah.post("models/", MODEL | fault)
    assert answer.status_code == 400
    assert answer.json().keys() <= {*fault, "parent"}


def test_prompt_is_written_after_the_newest(farah):
    factories.default_prompt()
    template = "Solve.\n{statement}\n{requirements}\n{conventions}"
    answer = farah.post("prompts/", {"name": "default", "template": template, "after": 1})
    assert (answer.status_code, answer.json()["number"]) == (201, 2)
    assert farah.post("prompts/", {"name": "default", "template": template, "after": 1}).status_code == 409
    assert farah.post("prompts/", {"name": "default", "template": "{statement}", "after": 2}).status_code == 400


def test_run_is_asked_for_and_cancelled(farah, settings):
    settings.ENDPOINTS = {"local": "http://127.0.0.1:9/v1"}
    factories.default_prompt()
    approved()
    model = factories.LanguageModelFactory()
    plan = {"model": model.slug, "purpose": "teach", "endpoint": "local", "samples_per_item": 4}
    answer = farah.post("runs/", plan | {"sampling": {"temperature": 0.7, "seed": 3}})
    assert answer.status_code == 201
    run = answer.json()
    assert (run["state"], run["size"], run["sampling"]) == ("queued", 4, {"temperature": 0.7, "seed": 3})
    assert farah.post(f"runs/{run['slug']}/cancel/").json()["state"] == "cancelled"
    assert farah.post(f"runs/{run['slug']}/cancel/").status_code == 409


@pytest.mark.parametrize(
    "fault",
    [
        {"endpoint": "elsewhere"}, {"purpose": "evaluate"}, {"model": "none"}, {"prompt": "none"},
        {"samples_per_item": 0}, {"sampling": {"temperature": 9}}, {"release": "none"}, {"prompt_number": 99},
    ],
)  # fmt: skip
def test_unsound_plan_is_refused(farah, settings, fault):
    settings.ENDPOINTS = {"local": "http://127.0.0.1:9/v1"}
    factories.default_prompt()
    approved()
    plan = {"model": factories.LanguageModelFactory().slug, "purpose": "teach", "endpoint": "local"}
    assert farah.post("runs/", plan | fault).status_code == 400
    assert not Run.objects.exists()


def test_traces_are_imported_graded_and_leave_again(farah, files_folder):
    item = approved("width").item
    model = factories.LanguageModelFactory()
    assert farah.post("runs/", {"origin": "imported", "slug": "mine", "model": model.slug}).status_code == 201

    answer = farah.hand_in("runs/mine/traces/", *({"item": item.slug, "sample": n, "text": RIGHT} for n in range(2)))
    assert answer.status_code == 202
    work()

    assert farah.client.get(answer["Location"], headers=farah.headers).json()["report"]["arrived"] == 2
    assert list(Grade.objects.values_list("outcome", flat=True)) == ["correct", "correct"]
    assert [row["outcome"] for row in farah.get("traces/").json()["results"]] == ["correct", "correct"]
    lines = b"".join(farah.get("runs/mine/traces/").streaming_content).splitlines()
    again = farah.post("runs/mine/traces/", b"\n".join(lines), content_type="application/x-ndjson")
    work()
    assert farah.get(f"trace-imports/{again.json()['id']}/").json()["report"]["present"] == 2
    assert Trace.objects.count() == 2


def test_columns_may_be_said(farah, files_folder):
    item = approved("width").item
    run = factories.RunFactory()
    row = {"item": item.slug, "draft": "no", "final": RIGHT}
    answer = farah.hand_in(f"runs/{run.slug}/traces/?map=text=final", row)
    assert answer.json()["columns"] == {"item": "item", "text": "final"}


def test_file_is_taken_in_chunks_of_unsaid_length(farah, files_folder):
    rows = b'{"item": "width", "text": "First."}\n' * 3
    sent = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": BytesIO(rows), "wsgi.input_terminated": True}
    address = f"/api/runs/{factories.RunFactory().slug}/traces/"
    answer = farah.client.generic("POST", address, headers=farah.headers, **sent)
    assert (answer.status_code, answer.json()["bytes"]) == (202, len(rows))


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/octet-stream", FORM])
def test_file_is_taken_with_a_session_and_its_csrf_token_in_the_header(files_folder, content_type):
    client = Client(enforce_csrf_checks=True, headers={"X-CSRFToken": CSRF})
    client.force_login(person("farah"))
    rows = b'{"item": "width", "text": "First."}\n'
    address = f"/api/runs/{factories.RunFactory().slug}/traces/"
    assert client.post(address, rows, content_type=content_type).status_code == 403
    client.cookies["csrftoken"] = CSRF
    answer = client.post(address, rows, content_type=content_type)
    assert (answer.status_code, answer.json()["bytes"]) == (202, len(rows))


def test_file_that_broke_off_is_refused(farah, files_folder):
    rows = b'{"item": "width", "text": "First."}\n'
    sent = {"wsgi.input": BytesIO(rows), "CONTENT_LENGTH": "1000"}
    address = f"/api/runs/{factories.RunFactory().slug}/traces/"
    answer = farah.client.generic("POST", address, headers=farah.headers, **sent)
    said = f"The file broke off: {len(rows)} of 1,000 bytes came. Send it again."
    assert (answer.status_code, answer.json()) == (400, {"file": [said]})
    assert not TraceImport.objects.exists()


@pytest.mark.parametrize("pair", ["texto=final", "text=nothing", "text", "text="])
def test_column_that_cannot_be_is_refused_and_nothing_waits(farah, files_folder, pair):
    run = factories.RunFactory()
    answer = farah.hand_in(f"runs/{run.slug}/traces/?map={pair}", {"item": "width", "final": RIGHT})
    assert answer.status_code == 400
    assert not TraceImport.objects.exclude(state="cancelled").exists()


@pytest.mark.parametrize("body", ["", "no json", '{"item": "width"}'])
def test_file_that_cannot_be_one_is_refused(farah, files_folder, body):
    run = factories.RunFactory()
    answer = farah.post(f"runs/{run.slug}/traces/", body, content_type="application/x-ndjson")
    assert answer.status_code == 400
    assert not TraceImport.objects.filter(state="running").exists()


def test_run_is_graded_once(farah):
    trace = factories.TraceFactory()
    answer = farah.post(f"runs/{trace.run.slug}/grade/")
    assert (answer.status_code, answer.json()["size"]) == (201, 1)
    assert farah.post(f"runs/{trace.run.slug}/grade/").status_code == 409
    assert farah.post(f"gradings/{answer.json()['id']}/cancel/").json()["state"] == "cancelled"
    assert farah.post(f"gradings/{answer.json()['id']}/accept/").status_code == 409


def test_grade_is_contested_and_settled(dana, client):
    grade = factories.GradeFactory(outcome="wrong")
    answer = dana.post(f"traces/{grade.trace_id}/contest/", {"expected": "correct", "reason": "Same up to order."})
    assert (answer.status_code, answer.json()["outcome"]) == (201, "wrong")
    address = f"contests/{answer.json()['id']}/settle/"
    assert dana.post(address, {"decision": "grade_stands"}).status_code == 403
    assert Program(client, "emil").post(address, {"decision": "verifier_wrong"}).status_code == 200
    assert Contest.objects.get().decided_by == person("emil")
    assert dana.post(f"traces/{grade.trace_id}/contest/", {"expected": "wrong", "reason": "x"}).status_code == 400


def test_programs_have_the_roles_of_their_person(dana):
    trace = factories.TraceFactory()
    slug = trace.run.slug
    acts = [
        ("models/", MODEL),
        ("prompts/", {"name": "x", "template": "{statement}{requirements}{conventions}", "after": 0}),
        ("runs/", {"origin": "imported", "slug": "x", "model": trace.run.model.slug}),
        (f"runs/{slug}/grade/", {}),
        (f"runs/{slug}/cancel/", {}),
        (f"runs/{slug}/traces/", {}),
    ]
    assert {dana.post(address, data).status_code for address, data in acts} == {403}


@pytest.mark.parametrize("body", ["[]", "3", "null", '"x"', "{", '{"slug": ["a"]}', '{"slug": {"a": 1}, "kind": 5}'])
@pytest.mark.parametrize("address", ["models/", "prompts/", "runs/"])
def test_odd_json_is_answered_by_400(farah, address, body):
    assert farah.post(address, body).status_code == 400
