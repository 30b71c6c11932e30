"""Annotations come from files of our lines and of PRM800K's shape; what leaves comes in again as it was."""

import orjson
import pytest
from django.core.management import CommandError, call_command

from qftapp.actors.models import User
from qftapp.items import jsonl
from qftapp.labels import exporting, importing
from qftapp.labels.models import Annotation, SpanLabel
from tests.factories import TraceFactory
from tests.labels.desk import taxonomy
from tests.labels.judged import STEPS, TEXT, campaign_on, judge

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD, FOURTH = STEPS


def into(run, code=""):
    category = taxonomy().categories.get(code=code) if code else None
    return importing.Into(run, taxonomy(), category)


def exported(shape):
    return list(exporting.lines(shape, exporting.submitted()))


def emptied():
    """Take every annotation away, as in a house that has the traces alone."""
    Annotation.objects.update(submitted_at=None)
    SpanLabel.objects.all().delete()
    Annotation.objects.all().delete()


@pytest.fixture
def run():
    """A run with one trace on which dana found two errors, ana none, and emil settled it."""
    campaign = campaign_on(1, slug="first")
    judge(campaign, 0, "dana", "flawed", (THIRD, "factual", "minor"), SECOND, comment="A *sign*.", seconds=70)
    judge(campaign, 0, "ana", "sound")
    judge(campaign, 0, "emil", "flawed", SECOND, kind="adjudicated", comment="A slip.")
    return campaign.entries.get().trace.run


def prm_row(trace, ratings, end, labeler="labeler-7", **label):
    """A row as PRM800K has them, with one completion for each step."""
    steps = [
        {"completions": [{"text": text, "rating": rating, "flagged": None}], "human_completion": None}
        for text, rating in zip(STEPS, ratings, strict=False)
    ]
    return {
        "labeler": labeler,
        "timestamp": "2023-01-22T09:04:11.529182",
        "generation": 9,
        "is_quality_control_question": False,
        "is_initial_screening_question": False,
        "question": {"problem": trace.item_version.statement, "pre_generated_steps": STEPS},
        "label": {"steps": steps, "total_time": 71_250, "finish_reason": end} | label,
    }


def bring(run, *rows, code=""):
    return importing.bring([orjson.dumps(row) for row in rows], into(run, code))


def test_our_lines_come_in_again_as_they_left(run):
    before = exported("jsonl")
    emptied()
    report = importing.bring(before, into(run))
    assert (report.arrived, report.refused) == (3, [])
    after = [orjson.loads(line) for line in exported("jsonl")]
    assert after == [orjson.loads(line) | {"campaign": None} for line in before]


def test_file_may_be_brought_twice(run):
    lines = exported("jsonl")
    assert importing.bring(lines, into(run)).present == 3
    emptied()
    importing.bring(lines, into(run))
    again = importing.bring(lines, into(run))
    assert (again.arrived, again.present, again.refused) == (0, 3, [])
    assert Annotation.objects.count() == 3


def test_prm800k_rows_come_in_again_as_they_left(run):
    Annotation.objects.filter(kind="adjudicated").update(submitted_at=None)
    before = exported("prm800k")
    emptied()
    report = importing.bring(before, into(run, "mathematical"))
    assert (report.arrived, report.refused) == (2, [])
    assert exported("prm800k") == before


def test_row_of_prm800k_becomes_a_mark_over_the_first_wrong_step():
    trace = TraceFactory(text=TEXT)
    assert bring(trace.run, prm_row(trace, [1, 0, -1], "found_error"), code="factual").arrived == 1
    annotation = Annotation.objects.get()
    mark = annotation.marks.get()
    assert (trace.text[mark.start : mark.end], mark.category.code, mark.severity) == (THIRD, "factual", "major")
    assert (annotation.verdict, annotation.seconds, annotation.submitted_at.isoformat()) == (
        "flawed", 71, "2023-01-22T09:04:11.529182+00:00",
    )  # fmt: skip
    assert (annotation.annotator.is_robot, annotation.annotator.has_usable_password()) == (True, False)


@pytest.mark.parametrize(
    ("end", "verdict"), [("solution", "sound"), ("bad_problem", "bad_item"), ("give_up", "unsure")]
)
def test_row_of_prm800k_without_wrong_step_has_the_verdict_of_its_end(end, verdict):
    trace = TraceFactory(text=TEXT)
    bring(trace.run, prm_row(trace, [1, 1, 1, 1], end))
    assert Annotation.objects.get().verdict == verdict


def test_alternative_that_the_trace_does_not_contain_is_no_mark():
    trace = TraceFactory(text=TEXT)
    row = prm_row(trace, [1, 1, 1, 1], "solution")
    row["label"]["steps"][1]["completions"].append({"text": "Something else.", "rating": -1, "flagged": None})
    assert bring(trace.run, row).arrived == 1
    assert not Annotation.objects.get().marks.exists()


def test_known_people_keep_their_names(run):
    lines = exported("jsonl")
    emptied()
    User.objects.filter(username="ana").delete()
    importing.bring(lines, into(run))
    assert dict(User.objects.filter(annotations__isnull=False).values_list("username", "is_robot")) == {
        "ana": True, "dana": False, "emil": False,
    }  # fmt: skip


def refused(run, *rows, **given):
    report = bring(run, *rows, **given)
    return [reason for _, reason in report.refused]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"item": "other"}, "the run has no sample 0 of other version 1"),
        ({"text_sha256": "0"}, "the trace has another text here"),
        ({"kind": "guessed"}, "there is no kind guessed"),
        ({"verdict": "fine"}, "Verdict: Choose a verdict of the list."),
        ({"verdict": "sound"}, "Verdict: A sound trace has no major error; make it minor, or the trace flawed."),
        ({"annotator": ""}, "it does not say who labelled"),
        ({"submitted_at": "soon"}, "“soon” is no time"),
        ({"marks": [{"category": "none"}]}, "the taxonomy has no category none"),
        ({"marks": 7}, "a field is missing or of another type: 'int' object is not iterable"),
        ({"comment": "Other."}, "dana has said something else of this trace already"),
    ],
)
def test_line_is_refused_with_its_reason(run, change, reason):
    line = next(orjson.loads(line) for line in exported("jsonl") if b"dana" in line)
    if "comment" not in change:
        emptied()
    assert refused(run, line | change) == [reason]
    assert not Annotation.objects.exclude(comment__in=("A *sign*.", "", "A slip.")).exists()


def test_what_is_no_line_is_refused_and_the_rest_comes(run):
    lines = exported("jsonl")
    emptied()
    report = importing.bring([b"{", b"\n", b"[]", *lines], into(run))
    assert report.refused == [(1, "it is no JSON"), (3, "it is no object")]
    assert report.arrived == 3


COMES_IN = (
    "Annotations come in as JSON lines of two kinds: our own, which `manage.py export_labels --shape jsonl` writes,"
    " and rows of PRM800K."
)


def test_file_of_processbench_is_refused_as_such_and_says_what_comes_in(run):
    with pytest.raises(importing.NoLabels) as refusal:
        importing.bring([b"\n", *exported("processbench")], into(run))
    assert str(refusal.value) == (
        "This is a file of rows of ProcessBench, which say neither who labelled nor which answer of a run it was. "
        + COMES_IN
    )


def test_what_else_leaves_here_is_refused_by_what_it_is(run):
    version = run.traces.get().item_version
    prompt = [{"role": "user", "content": "Determine the width."}]
    about = {"item": version.item.slug, "version": 1, "topic": "yukawa"}
    others = {
        "a file of items": orjson.dumps(jsonl.row_of(version)),
        "a file of answers of a language model": orjson.dumps(about | {"text": "One."}),
        "a file of rows that a trainer learns reasoning": orjson.dumps(about | {"prompt": prompt, "completion": []}),
        "a file of rows that a trainer learns to judge": orjson.dumps(about | {"prompt": prompt, "labels": []}),
        "a file of prompts with the contracts": orjson.dumps(about | {"prompt": prompt, "contract": "{}"}),
        "a file of golden rows": b'{"id": "contest.a.1", "answer": "1", "outcome": "wrong", "diagnosis": ""}',
        "a JSON array": b"[",
        "a Parquet file": b"PAR1\x15\x04",
        "a ZIP archive": b"PK\x03\x04\x14\x00",
        "compressed": b"\x1f\x8b\x08",
    }
    for name, line in others.items():
        with pytest.raises(importing.NoLabels, match=f"^This is {name}"):
            importing.bring([line], into(run))


def test_row_of_prm800k_is_refused_with_its_reason():
    trace = TraceFactory(text=TEXT)
    row = prm_row(trace, [-1], "found_error")
    assert refused(trace.run, row) == ["it rates a step wrong; say with which category to mark it"]
    other = row | {"question": row["question"] | {"pre_generated_steps": ["Other."]}}
    assert refused(trace.run, other, code="factual") == ["no trace of the run has this problem and these steps"]
    assert refused(trace.run, prm_row(trace, [1], "bored")) == ["there is no finish reason bored"]
    assert refused(trace.run, prm_row(trace, [1, 1], "found_error")) == [
        "Verdict: Mark at least one step of a flawed trace."
    ]
    assert not User.objects.filter(username="labeler-7").exists()


def test_command_tells_what_came_and_ends_with_1_where_something_was_refused(run, tmp_path, capsys):
    call_command("export_labels", output=tmp_path / "labels.jsonl", campaign="first")
    emptied()
    named = {"run": run.slug, "taxonomy": "small"}
    call_command("import_labels", tmp_path / "labels.jsonl", **named)
    assert capsys.readouterr().out == "3 arrived, 0 were here already, 0 refused\n"
    (tmp_path / "broken.jsonl").write_text("{\n")
    with pytest.raises(SystemExit, match="1"):
        call_command("import_labels", tmp_path / "broken.jsonl", **named)
    assert "line 1: it is no JSON" in capsys.readouterr().err
    call_command("export_labels", output=tmp_path / "other.jsonl", shape="processbench")
    with pytest.raises(CommandError, match="This is a file of rows of ProcessBench"):
        call_command("import_labels", tmp_path / "other.jsonl", **named)
