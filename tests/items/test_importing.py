"""A file of items on its way in: upload, worker, report, cancel, crash, and the same file again."""

from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from qftapp.actors.errors import Conflict
from qftapp.actors.models import Event
from qftapp.items import importing, jsonl
from qftapp.items.forms import ImportForm
from qftapp.items.models import Batch, Item, ItemVersion
from tests.factories import ItemFactory, ItemVersionFactory, UserFactory, person
from tests.items.racing import wait_until_somebody_waits_for_a_lock
from tests.items.rows import row

pytestmark = pytest.mark.django_db


def lines(count: int, **given) -> bytes:
    return b"".join(orjson.dumps(row(slug=f"item-{n}", **given)) + b"\n" for n in range(count))


def start(payload: bytes, *, by="alice", format="items", filename="my items.jsonl") -> Batch:
    return importing.start(by=person(by), format=format, filename=filename, payload=payload)


def refusal(payload: bytes, **given) -> str:
    with pytest.raises(ValidationError) as refused:
        start(payload, **given)
    assert not Batch.objects.exists()
    return " ".join(refused.value.messages)


def test_upload_becomes_a_queued_batch_and_a_job():
    batch = start(lines(3))

    job = ProcrastinateJob.objects.get()
    assert (batch.state, batch.size, bytes(batch.payload)) == ("queued", 3, lines(3))
    assert batch.slug.startswith("my-items-")
    assert (job.task_name, job.args) == ("ingest_batch", {"batch_id": batch.pk})
    assert Event.objects.get().verb == "batch.requested"


def test_no_job_is_left_behind_where_the_upload_fails():
    with transaction.atomic():
        start(lines(1))
        transaction.set_rollback(True)
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_worker_reads_the_batch():
    batch = start(lines(3))

    # In a thread of its own: the journeys' browser keeps an event loop running in this one.
    with app.replace_connector(app.connector.get_worker_connector()), ThreadPoolExecutor(1) as thread:
        thread.submit(app.run_worker, wait=False, install_signal_handlers=False, listen_notify=False).result()

    batch.refresh_from_db()
    assert (batch.state, batch.progress) == ("done", 3)
    assert batch.report == {"arrived": ["item-0", "item-1", "item-2"], "present": 0, "refused": []}
    assert ProcrastinateJob.objects.get(task_name="ingest_batch").status == "succeeded"


def test_rows_arrive_as_drafts_of_the_one_who_asked():
    importing.ingest(start(lines(1)).pk)

    version = ItemVersion.objects.get()
    assert (version.state, version.author.username, version.item.origin) == ("draft", "alice", "original")


def test_each_row_stands_alone():
    good, bad = orjson.dumps(row()), orjson.dumps(row(slug="other", topic="alchemy"))
    batch = importing.ingest(start(b"\n".join([bad, b"", good, b"not json", "é".encode("latin-1")])).pk)

    assert batch.report["arrived"] == ["yukawa-width"]
    assert [refused["row"] for refused in batch.report["refused"]] == [1, 4, 5]


def test_same_file_again_changes_nothing():
    importing.ingest(start(lines(3)).pk)
    before = list(ItemVersion.objects.values())

    again = importing.ingest(start(lines(3)).pk)

    assert again.report == {"arrived": [], "present": 3, "refused": []}
    assert list(ItemVersion.objects.values()) == before


def test_row_twice_in_a_file_arrives_once():
    batch = importing.ingest(start(lines(1) + lines(1)).pk)

    assert batch.report == {"arrived": ["item-0"], "present": 1, "refused": []}


def test_other_content_under_a_name_that_is_taken_is_refused():
    importing.ingest(start(lines(1)).pk)

    again = importing.ingest(start(lines(1, statement="Find another width.")).pk)

    assert again.report["refused"] == [{"row": 1, "reason": "an item item-0 with other content is here already"}]


def test_batch_goes_on_after_a_crash():
    batch = start(lines(3))
    Batch.objects.filter(pk=batch.pk).update(state="running", payload=lines(2), size=2)
    importing.ingest(batch.pk)
    Batch.objects.filter(pk=batch.pk).update(state="running", payload=lines(3), size=3, finished_at=None)

    again = importing.ingest(batch.pk)

    assert again.report == {"arrived": ["item-0", "item-1", "item-2"], "present": 0, "refused": []}
    assert Item.objects.count() == 3


def test_batch_that_ended_is_not_read_again():
    batch = importing.ingest(start(lines(1)).pk)
    Item.objects.all().delete()

    importing.ingest(batch.pk)

    assert not Item.objects.exists()


def test_batch_fails_with_a_reason_where_no_row_is_to_blame():
    batch = start(lines(1))
    person("alice").groups.clear()

    with pytest.raises(PermissionDenied):
        importing.ingest(batch.pk)

    batch.refresh_from_db()
    assert batch.state == "failed"
    assert batch.error.startswith(
        "Stopped after 0 rows (Only authors may write items.). What arrived is whole and stays;"
    )
    assert batch.finished_at


def test_cancelled_batch_brings_nothing_more():
    batch = start(lines(3))

    importing.cancel(batch.pk, by=person("alice"))
    importing.ingest(batch.pk)

    batch.refresh_from_db()
    assert (batch.state, Item.objects.count()) == ("cancelled", 0)


@pytest.mark.django_db(transaction=True)
def test_batch_cancelled_on_its_way_keeps_what_arrived():
    batch = start(lines(60))
    administrator = UserFactory(is_superuser=True)

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        held = transaction.savepoint()
        ItemFactory(slug="item-20")  # the worker waits here until it is known whether this name is taken
        reading = pool.submit(in_a_connection_of_its_own, importing.ingest, batch.pk)
        wait_until_somebody_waits_for_a_lock()
        transaction.savepoint_rollback(held)
        importing.cancel(batch.pk, by=administrator)
        transaction.on_commit(lambda: reading.result(timeout=30))

    batch.refresh_from_db()
    assert (batch.state, batch.report["arrived"]) == ("cancelled", [f"item-{n}" for n in range(40)])
    assert Item.objects.count() == 40


def in_a_connection_of_its_own(function, *arguments):
    try:
        return function(*arguments)
    finally:
        connection.close()


def test_only_who_asked_cancels():
    with pytest.raises(PermissionDenied):
        importing.cancel(start(lines(1)).pk, by=person("bruno"))


def test_batch_that_ended_is_not_cancelled():
    batch = importing.ingest(start(lines(1)).pk)

    with pytest.raises(Conflict, match="done already"):
        importing.cancel(batch.pk, by=person("alice"))


def test_only_authors_import():
    with pytest.raises(PermissionDenied):
        start(lines(1), by="chandra")


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "The file has no rows."),
        (b"\n \r\n\n", "The file has no rows."),
        (b"[]", "The file has no rows."),
        (b"[{}", "The file begins like a JSON array but is not one"),
        (lines(1).decode().encode("utf-16"), "not text in UTF-8 (it looks like UTF-16)"),
        (lines(1).decode().encode("utf-16-le"), "not text in UTF-8 (it looks like UTF-16)"),
        (b"{}\n" * 20_001, "The file has 20,001 rows; bring at most 20,000 at once."),
        (b" " * 50_000_001, "The file has 50,000,001 bytes; at most 50,000,000 are read."),
    ],
    ids=["empty", "blank", "no elements", "half an array", "utf-16", "utf-16 without mark", "rows", "bytes"],
)
def test_file_that_cannot_be_one_is_refused_at_once(payload, reason):
    assert reason in refusal(payload)


def test_name_of_a_file_that_reads_otherwise_than_it_is_is_refused():
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in refusal(lines(1), filename="items\u202elnosj.jsonl")


def test_unknown_format_is_refused():
    assert refusal(lines(1), format="xml") == "Choose a format of the list."


@pytest.mark.parametrize(
    "payload",
    [b"\xef\xbb\xbf" + lines(2), b"[" + lines(2).replace(b"}\n{", b"},\n{") + b"]", lines(2).replace(b"\n", b"\r\n")],
)
def test_byte_order_mark_arrays_and_carriage_returns_are_read(payload):
    assert importing.ingest(start(payload).pk).report["arrived"] == ["item-0", "item-1"]


def test_overlong_upload_is_refused_before_it_is_read():
    upload = SimpleUploadedFile("items.jsonl", b"{}")
    upload.size = 50_000_001
    form = ImportForm({"format": "items"}, {"file": upload})

    assert form.errors["file"] == ["The file has 50,000,001 bytes; at most 50,000,000 are read."]


def test_pages_of_import_lead_from_upload_to_report(client):
    client.force_login(person("alice"))
    assert client.get("/import/").status_code == 200

    upload = SimpleUploadedFile("items.jsonl", lines(1) + b"broken\n")
    sent = client.post("/import/", {"format": "items", "file": upload})
    batch = Batch.objects.get()
    assert sent["Location"] == batch.get_absolute_url()

    queued = client.get(sent["Location"])
    assert "Cancel" in queued.content.decode()

    importing.ingest(batch.pk)
    done = client.get(sent["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "item-0" in done
    assert "not JSON" in done
    assert "<html" not in done


def test_upload_that_is_refused_says_why_on_the_page(client):
    client.force_login(person("alice"))

    for payload, reason in [(b"", "empty"), (b"[", "JSON array"), ("é".encode("utf-16"), "UTF-8")]:
        page = client.post("/import/", {"format": "items", "file": SimpleUploadedFile("items.jsonl", payload)})
        assert page.status_code == 422
        assert reason in page.content.decode()


def test_batch_is_cancelled_from_its_page(client):
    client.force_login(person("alice"))
    batch = start(lines(1))

    client.post(f"/import/{batch.slug}/cancel/")
    again = client.post(f"/import/{batch.slug}/cancel/", follow=True)

    batch.refresh_from_db()
    assert batch.state == "cancelled"
    assert "cancelled already" in again.content.decode()


def test_import_is_for_authors(client):
    client.force_login(person("chandra"))

    assert client.get("/import/").status_code == 403


def test_item_of_another_author_is_found_as_present():
    version = ItemVersionFactory(author=person("bruno"))

    batch = importing.ingest(start(b"".join(jsonl.write([jsonl.row_of(version)]))).pk)

    assert batch.report["present"] == 1


TPBENCH_ROW = b'{"problem_id": 1, "reference_implementation": "def f(x):\\n    return x"}\n'


@pytest.mark.parametrize(
    ("payload", "format", "reason"),
    [
        (TPBENCH_ROW, "items", "The rows of this file look like “TPBench columns”; choose that format."),
        (lines(2), "tpbench", "The rows of this file look like “Items as JSON lines”; choose that format."),
        (b"[" + TPBENCH_ROW + b"]", "items", "look like “TPBench columns”"),
    ],
)
def test_file_of_another_format_is_refused_at_the_choice(client, payload, format, reason):
    assert reason in refusal(payload, format=format)
    client.force_login(person("alice"))

    upload = SimpleUploadedFile("rows.jsonl", payload)
    page = client.post("/import/", {"format": format, "file": upload})

    assert reason in page.context["form"].errors["format"][0]


def test_source_of_a_row_belongs_to_who_brought_it():
    source = {"slug": "notes", "kind": "book", "title": "Notes", "authors": "", "year": None, "url": "", "licence": ""}
    problem = {"locator": "1", "statement": "", "solution": ""}
    adapted = row(origin="adapted", source={**source, "may_redistribute": False}, problem=problem)

    importing.ingest(start(orjson.dumps(adapted)).pk)

    added = Event.objects.filter(verb__in=("source.added", "source_problem.added"))
    assert Item.objects.get().source_problem.source.added_by == person("alice")
    assert added.count() == 2
