"""`manage.py import_traces`, as somebody at a shell meets it."""

from pathlib import Path

import orjson
import pytest
from django.core.management import CommandError, call_command

from qftapp.runs.models import Run, Trace, TraceImport
from tests.factories import LanguageModelFactory, approved, asked, frozen_release, person
from tests.runs.files import files_folder, lines, row

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path) -> Path:
    person("farah")
    LanguageModelFactory(slug="qwen")
    path = tmp_path / "traces.jsonl"
    path.write_bytes(lines(row(), row(text="b")))
    return path


def run(file: Path, *options: str, by: str = "farah") -> None:
    call_command("import_traces", str(file), "--run", "base", "--as", by, *options)


def status(file: Path, *options: str, by: str = "farah") -> int:
    with pytest.raises((SystemExit, CommandError)) as ended:
        run(file, "--model", "qwen", *options, by=by)
    return ended.value.code if isinstance(ended.value, SystemExit) else ended.value.returncode


@pytest.mark.django_db(transaction=True)
def test_file_comes_in_and_comes_in_again(file, capsys):
    approved("width")
    run(file, "--model", "qwen", "--purpose", "teach", "--notes", "by vllm")
    run(file)
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "2 arrived, 0 were here already, 0 refused, of 2 rows",
        "0 arrived, 2 were here already, 0 refused, of 2 rows",
    ]
    assert "Columns: item=item, text=text, finish_reason=finish_reason" in told.err
    found = Run.objects.get()
    assert (found.slug, found.purpose, found.notes, found.state) == ("base", "teach", "by vllm", "done")


@pytest.mark.django_db(transaction=True)
def test_columns_are_named_and_refused_rows_told(file, capsys):
    release = frozen_release(approved("width"))
    file.write_bytes(lines({"id": "x", "q": "width", "a": "b"}, {"q": "nothing", "a": "c"}))
    assert status(file, "--map", "item=q", "--map", "text=a", "--release", release.name) == 1
    told = capsys.readouterr()
    assert told.out == "1 arrived, 0 were here already, 1 refused, of 2 rows\n"
    assert "line 2: nothing: no item is called so" in told.err
    assert Trace.objects.get().run.release == release


@pytest.mark.parametrize(
    ("options", "by"),
    [
        (["--map", "colour=text"], "farah"),
        (["--map", "text"], "farah"),
        (["--release", "none"], "farah"),
        ([], "alice"),
        ([], "nobody"),
    ],
)
def test_what_cannot_begin_says_so_and_leaves_nothing(file, options, by):
    person("alice")
    assert status(file, *options, by=by) == 2
    assert not Trace.objects.exists()
    assert not TraceImport.objects.exclude(columns={}).exists()


def test_file_that_is_not_there_and_run_that_was_asked_here(file):
    assert status(file.with_name("other.jsonl")) == 2
    asked(slug="asked")
    with pytest.raises(CommandError, match="not imported"):
        call_command("import_traces", str(file), "--run", "asked", "--as", "farah")


def test_new_run_needs_its_model(file):
    with pytest.raises(CommandError, match="--model"):
        run(file)


@pytest.mark.django_db(transaction=True)
def test_damaged_file_brings_nothing(file):
    file.rename(file.with_suffix(".parquet"))
    assert status(file.with_suffix(".parquet")) == 2
    assert orjson.loads(file.with_suffix(".parquet").read_bytes().splitlines()[0]) == row()
