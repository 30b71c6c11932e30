"""A file of traces on its way into a run: the worker, the report, the same file again."""

import gzip
import hashlib
from io import BytesIO
from pathlib import Path

import orjson
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from qftapp.actors.errors import Conflict
from qftapp.actors.models import Event
from qftapp.runs.importing import actions, merging, refusals, tidying, working
from qftapp.runs.models import Run, Trace, TraceImport, TraceWords
from tests import factories
from tests.factories import approved, person
from tests.runs.files import begun, counts, files_folder, hand_in, imported, lines, new_run, reasons, row, stored, work

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_jobs() -> None:
    """What earlier tests asked for is none of ours; the table outlives them."""
    ProcrastinateJob.objects.all().delete()


def test_worker_brings_the_file_in_and_makes_its_words():
    approved("width")
    found = begun(lines(row(sample=0, input_tokens=7, output_tokens=9, seconds=1.5), row(sample=1, text="$\\gamma_5$")))

    work()

    found.refresh_from_db()
    assert (found.state, found.progress, found.bytes_read) == ("done", 2, found.bytes)
    assert found.report == {"rows": 2, "arrived": 2, "present": 0, "refused": 0, "first_refused": []}
    trace = Trace.objects.get(sample_index=0)
    kept = (trace.text, trace.finish_reason, trace.input_tokens, trace.output_tokens, trace.seconds)
    assert kept == (row()["text"], "stop", 7, 9, 1.5)
    assert TraceWords.objects.count() == 2
    run = Run.objects.get()
    assert (run.state, run.size, run.samples_per_item) == ("done", 2, 2)


def test_file_leaves_once_its_rows_are_here_and_its_hash_stays():
    approved("width")
    found = begun(lines(row()))
    path = found.file.path
    sha256 = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    working.execute(found.pk)

    found.refresh_from_db()
    assert (found.file.name, found.sha256, Path(path).exists()) == ("", sha256, False)


def test_same_file_again_brings_nothing():
    approved("width"), approved("ratio")
    content = lines(row(sample=0), row(sample=1, text="b"), row("ratio", text="c"), row("ratio", text="d"))
    assert counts(imported(content)) == (4, 0, 0)
    before = list(Trace.objects.order_by("pk").values())

    assert counts(imported(content)) == (0, 4, 0)
    assert list(Trace.objects.order_by("pk").values()) == before


def test_samples_are_counted_in_the_order_of_the_file():
    approved("width"), approved("ratio")
    imported(lines(row(text="a"), row("ratio", text="x"), row(text="b"), row(text="a")))

    assert stored() == [("ratio", 0, "x"), ("width", 0, "a"), ("width", 1, "b"), ("width", 2, "a")]


def test_file_that_has_grown_brings_its_new_rows_alone():
    approved("width")
    imported(lines(row(text="a"), row(text="a"), row(text="b")))

    assert counts(imported(lines(row(text="new"), row(text="b"), row(text="a"), row(text="a")))) == (1, 3, 0)
    assert [(sample, text) for _, sample, text in stored()] == [(0, "a"), (1, "a"), (2, "b"), (3, "new")]


def test_counted_samples_keep_off_those_that_are_named():
    approved("width")
    content = lines(row(text="a"), row(text="b", sample=0), row(text="c", sample=2), row(text="b"), row(text="d"))
    assert counts(imported(content)) == (5, 0, 0)

    assert [(sample, text) for _, sample, text in stored()] == [(0, "b"), (1, "a"), (2, "c"), (3, "b"), (4, "d")]
    assert counts(imported(content)) == (0, 5, 0)


def test_other_text_in_a_place_that_is_taken_is_refused():
    approved("width")
    imported(lines(row(text="a", sample=0)))

    found = imported(
        lines(row(text="b", sample=0), row(text="c", sample=1), row(text="c", sample=1), row(text="d", sample=1))
    )

    assert counts(found) == (1, 1, 2)
    assert reasons(found) == {1: "another text is here as sample 0", 4: "line 2 has another text as sample 1"}


def test_grpo_may_write_more_samples_of_an_item_than_a_run_asks_for():
    approved("width")
    late = [row(text=f"step {step}", sample=8 * step) for step in (0, 2_499)]
    found = imported(lines(*late))
    assert counts(found) == (2, 0, 0)
    assert stored() == [("width", 0, "step 0"), ("width", 19_992, "step 2499")]
    assert found.run.samples_per_item == 19_993
    assert imported(lines(*late)).report["present"] == 2


def test_item_has_no_more_samples_than_a_run_may_keep(monkeypatch):
    monkeypatch.setattr(merging, "MAX_KEPT_SAMPLES", 2)
    approved("width")
    found = imported(lines(row(text="a"), row(text="b"), row(text="c")))
    assert reasons(found) == {3: "the item has 2 samples already"}


def test_file_again_after_another_version_was_approved_is_the_same_file():
    version = approved("width")
    imported(lines(row(), row(text="b")))
    factories.replace(version)

    assert counts(imported(lines(row(), row(text="b"), row(text="c")))) == (1, 2, 0)
    assert set(Trace.objects.values_list("item_version", flat=True)) == {version.pk}


def test_version_is_the_named_one_else_the_release_s_else_the_approved_one():
    first = approved("width")
    release = factories.frozen_release(first)
    second = factories.replace(first)
    imported(lines(row()), run=new_run("of-release", release=release))
    imported(lines(row(version=1, text="one"), row(text="none")), run=new_run("of-none"))

    found = dict(Trace.objects.values_list("text", "item_version"))
    assert found == {row()["text"]: first.pk, "one": first.pk, "none": second.pk}


def test_refused_rows_are_named_with_their_lines_and_all_stand_in_a_file():
    approved("width")
    factories.ItemVersionFactory(item=factories.ItemFactory(slug="draft"))
    bad = [row("unknown"), b"{", row("draft"), row(version=9), row(sample=-1), row(text="")]
    found = imported(lines(row(), b"", *bad, row(text="", finish_reason="content_filter")))

    assert counts(found) == (3, 0, 5)
    assert reasons(found) == {
        3: "no item is called so",
        4: "not JSON: unexpected end of data at character 3",
        5: "the item has no approved version; name one",
        6: "the item has no version 9 that was submitted",
        7: "sample must be from 0 to 999,999",
    }
    written = refusals.path_of(found.pk).read_text().splitlines()
    assert written[:2] == ["line,item,reason", "3,unknown,no item is called so"]
    assert len(written) == 6


def test_report_keeps_the_first_thousand_refused_rows():
    approved("width")
    found = imported(lines(row(), *(row(f"unknown-{n}") for n in range(1200))))

    assert counts(found) == (1, 0, 1200)
    assert [one["line"] for one in found.report["first_refused"]] == list(range(2, 1002))
    assert len(refusals.path_of(found.pk).read_text().splitlines()) == 1201


def test_nothing_comes_of_a_file_that_ends_in_the_middle():
    approved("width")
    packed = gzip.compress(lines(*(row(text=f"{n} " * 2000) for n in range(300))))
    found = imported(packed[: len(packed) // 2], filename="traces.jsonl.gz")

    assert (found.state, Trace.objects.count()) == ("failed", 0)
    assert found.error.startswith("The file is damaged or ends in the middle")
    assert Run.objects.get().state == "failed"


def test_nothing_comes_where_the_database_refuses():
    approved("width")
    found = begun(lines(*(row(text=f"{n}") for n in range(50))))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION break_it() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;"
            "CREATE TRIGGER breaks BEFORE INSERT ON qftapp_trace FOR EACH ROW WHEN (NEW.sample_index = 40) "
            "EXECUTE FUNCTION break_it()"
        )
    try:
        with pytest.raises(Exception, match="the disk is full"):
            working.execute(found.pk)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER breaks ON qftapp_trace; DROP FUNCTION break_it()")
    found.refresh_from_db()
    assert (found.state, found.error) == ("failed", "the disk is full. Nothing of it came.")
    assert Trace.objects.count() == 0

    actions.retry(found.pk, by=person("farah"))
    assert Run.objects.get().state == "queued"
    work()
    assert Trace.objects.count() == 50
    assert Run.objects.get().state == "done"


def test_job_is_asked_for_with_the_import_and_each_act_is_logged():
    approved("width")
    found = begun(lines(row()))

    assert ProcrastinateJob.objects.get().args == {"import_id": found.pk}
    working.execute(found.pk)
    assert list(Event.objects.order_by("id").values_list("verb", flat=True)) == [
        "run.made",
        "trace_import.handed_in",
        "trace_import.begun",
        "trace_import.done",
        "grading.requested",
    ]


def test_import_is_for_engineers():
    run = new_run()
    for act in (
        lambda: actions.make_run(Run(slug="x", model=run.model), by=person("alice")),
        lambda: actions.hand_in(BytesIO(), run=run, by=person("alice"), filename="a.jsonl"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    found = hand_in(lines(row()))
    for act in (actions.cancel, actions.retry, lambda pk, by: actions.begin(pk, by=by, columns={})):
        with pytest.raises(PermissionDenied):
            act(found.pk, by=person("alice"))


def test_run_that_was_asked_here_takes_no_files():
    with pytest.raises(Conflict, match="not imported"):
        hand_in(lines(row()), run=factories.RunFactory(origin="written"))


def test_import_begins_once_and_with_the_columns_that_must_be():
    found = hand_in(lines(row()))
    with pytest.raises(ValidationError, match="Say which column"):
        actions.begin(found.pk, by=person("farah"), columns={"item": "item"})
    with pytest.raises(ValidationError, match="no column colour"):
        actions.begin(found.pk, by=person("farah"), columns={"item": "item", "text": "text", "colour": "x"})
    actions.begin(found.pk, by=person("farah"), columns={"item": "item", "text": "text", "sample": ""})
    with pytest.raises(Conflict, match="queued already"):
        actions.begin(found.pk, by=person("farah"), columns={"item": "item", "text": "text"})


@pytest.mark.parametrize(
    ("content", "filename", "reason"),
    [
        (b"", "a.jsonl", "no rows"),
        (b"\n\n", "a.jsonl", "no rows"),
        (b"<html>", "a.jsonl", "None of the first rows can be read: not JSON"),
        ("{}".encode("utf-16"), "a.jsonl", "UTF-8"),
        (b"PAR1", "a.parquet", "cannot be read as Parquet"),
        (b"{}", "a.eval", "no rows"),
        (b"PK\x03\x04", "a.eval", "not a zip archive"),
        (b"[1]", "a.json", "not a JSON object"),
        (b"{}", "a.txt", "choose it"),
    ],
)
def test_file_that_cannot_be_one_is_refused_when_it_is_handed_in(settings, content, filename, reason):
    with pytest.raises(ValidationError) as refused:
        hand_in(content, filename=filename)
    assert reason in " ".join(refused.value.messages)
    assert not TraceImport.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_import_that_waits_for_its_columns_is_cancelled_and_its_file_leaves(settings):
    found = hand_in(lines(row()))
    actions.cancel(found.pk, by=person("farah"))
    with pytest.raises(Conflict, match="cancelled already"):
        actions.cancel(found.pk, by=person("farah"))
    assert Run.objects.get().state == "cancelled"

    tidying.tidy()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_run_whose_import_was_cancelled_takes_another_file():
    approved("width")
    actions.cancel(begun(lines(row())).pk, by=person("farah"))
    imported(lines(row()))
    assert (Run.objects.get().state, Trace.objects.count()) == ("done", 1)


def test_cancelled_import_of_a_run_that_has_traces_leaves_it_done():
    approved("width")
    imported(lines(row()))
    actions.cancel(begun(lines(row(text="b"))).pk, by=person("farah"))
    assert Run.objects.get().state == "done"


@pytest.mark.parametrize(("status", "is_forsaken"), [("todo", False), ("doing", False), ("failed", True)])
def test_import_whose_job_is_gone_fails_with_a_reason(status, is_forsaken):
    found = begun(lines(row()))
    TraceImport.objects.update(state="running")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s", [status])
    tidying.tidy()
    found.refresh_from_db()
    assert (found.state == "failed") is is_forsaken


def test_upload_that_nobody_began_leaves_after_a_week():
    found, fresh = hand_in(lines(row())), hand_in(lines(row()))
    TraceImport.objects.filter(pk=found.pk).update(requested_at="2020-01-01T00:00Z")
    tidying.tidy()
    states = dict(TraceImport.objects.values_list("pk", "state"))
    assert states == {found.pk: "cancelled", fresh.pk: "queued"}
    assert not TraceImport.objects.get(pk=found.pk).file


def test_row_of_ours_is_read_without_any_columns_but_two():
    approved("width")
    imported(orjson.dumps({"item": "width", "text": "x"}))
    trace = Trace.objects.get()
    assert (trace.finish_reason, trace.input_tokens, trace.output_tokens, trace.seconds) == ("", None, None, None)
