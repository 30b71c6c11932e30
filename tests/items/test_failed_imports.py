"""An import that fails says so, leaves nothing half done, and is tried again."""

import orjson
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from procrastinate.contrib.django.models import ProcrastinateJob

from qftapp.actors.errors import Conflict
from qftapp.items import importing
from qftapp.items.models import Batch, Item, ItemVersion
from tests.factories import person
from tests.items.rows import row

pytestmark = pytest.mark.django_db


def lines(count: int) -> bytes:
    return b"".join(orjson.dumps(row(slug=f"item-{n}")) + b"\n" for n in range(count))


def start(payload: bytes) -> Batch:
    return importing.start(by=person("alice"), format="items", filename="items.jsonl", payload=payload)


def batch_that_failed(rows: int = 3) -> Batch:
    """Alice lost her role while her batch was waiting, and has it again."""
    batch = start(lines(rows))
    alice = person("alice")
    roles = list(alice.groups.all())
    alice.groups.clear()
    with pytest.raises(PermissionDenied):
        importing.ingest(batch.pk)
    alice.groups.set(roles)
    batch.refresh_from_db()
    return batch


def test_failed_batch_is_tried_again_and_brings_the_rest():
    batch = batch_that_failed()
    ProcrastinateJob.objects.all().delete()

    again = importing.retry(batch.pk, by=person("alice"))

    assert (again.state, again.error, again.finished_at) == ("queued", "", None)
    assert ProcrastinateJob.objects.get().args == {"batch_id": batch.pk}
    assert len(importing.ingest(batch.pk).report["arrived"]) == 3


BREAKS = """
CREATE FUNCTION break_at_the_third() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
CREATE TRIGGER breaks BEFORE INSERT ON qftapp_item FOR EACH ROW WHEN (NEW.slug = 'item-2')
    EXECUTE FUNCTION break_at_the_third();
"""


def execute(statement: str, *arguments: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments or None)


def test_batch_that_stops_half_way_reports_what_arrived_and_goes_on_there():
    batch = start(lines(3))
    execute(BREAKS)

    with pytest.raises(DatabaseError, match="disk"):
        importing.ingest(batch.pk)

    batch.refresh_from_db()
    assert (batch.state, batch.progress, batch.report["arrived"]) == ("failed", 2, ["item-0", "item-1"])
    assert batch.error == (
        "Stopped after 2 rows (the disk is full). What arrived is whole and stays; try again to bring the rest."
    )
    assert Item.objects.count() == ItemVersion.objects.count() == 2

    execute("DROP TRIGGER breaks ON qftapp_item")
    importing.retry(batch.pk, by=person("alice"))
    assert importing.ingest(batch.pk).report["arrived"] == ["item-0", "item-1", "item-2"]


@pytest.mark.parametrize("state", ["queued", "running"])
@pytest.mark.parametrize(("status", "is_forsaken"), [("todo", False), ("doing", False), ("failed", True)])
def test_batch_whose_job_is_gone_fails_with_a_reason(state, status, is_forsaken):
    batch = start(lines(1))
    Batch.objects.update(state=state)
    execute("UPDATE procrastinate_jobs SET status = %s", status)

    importing.fail_forsaken()

    batch.refresh_from_db()
    assert (batch.state == "failed") is is_forsaken
    assert ("gave this import up" in batch.error) is is_forsaken


def test_batch_that_ended_is_never_forsaken():
    batch = importing.ingest(start(lines(1)).pk)
    ProcrastinateJob.objects.all().delete()

    importing.fail_forsaken()

    batch.refresh_from_db()
    assert (batch.state, batch.error) == ("done", "")


def test_only_who_asked_tries_again():
    with pytest.raises(PermissionDenied):
        importing.retry(batch_that_failed().pk, by=person("bruno"))


def test_only_a_failed_batch_is_tried_again():
    with pytest.raises(Conflict, match="only a failed one"):
        importing.retry(start(lines(1)).pk, by=person("alice"))


def test_failed_batch_offers_another_try_on_its_page(client):
    batch = batch_that_failed()
    client.force_login(person("alice"))
    assert "Try again" in client.get(batch.get_absolute_url()).content.decode()

    client.post(f"{batch.get_absolute_url()}retry/")

    batch.refresh_from_db()
    assert batch.state == "queued"
