"""What the readers make of files of each format, also of damaged and hostile ones."""

import contextlib
import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import orjson
import psutil
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from qftapp.runs.importing import inspect_logs, jsonl
from qftapp.runs.importing import parquet as parquet_reader
from qftapp.runs.importing.checking import Sound, check
from qftapp.runs.importing.columns import guess, paths_of, picker
from qftapp.runs.importing.formats import format_of
from qftapp.runs.importing.json_parts import parts
from qftapp.runs.importing.refusals import Refused
from qftapp.runs.importing.rows import Row, Unreadable
from tests.runs.logs import as_eval, as_json, sample, zipped, zipped_by_zstd

MB = 2**20


def read(reader: Any, path: Path, content: bytes) -> list[Row]:
    path.write_bytes(content)
    return list(reader(path))


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "file"


def memory() -> int:
    return psutil.Process().memory_info().rss


# JSON lines


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_lines_are_read_with_their_numbers(path, pack):
    rows = read(jsonl.read, path, pack('{"a": "α"}\n\n  \r\n[1]\n{"a"\n{"a": 2}'.encode()))
    assert [(row.number, row.values, row.refusal) for row in rows] == [
        (1, {"a": "α"}, ""),
        (4, None, "not a JSON object"),
        (5, None, "not JSON: unexpected end of data at character 6"),
        (6, {"a": 2}, ""),
    ]
    assert rows[-1].at == path.stat().st_size


def test_line_that_is_not_utf_8_is_refused_alone(path):
    rows = read(jsonl.read, path, b'\xef\xbb\xbf{"a": 1}\n{"a": "\xe9"}\n{"a": 2}\n')
    assert [row.values for row in rows] == [{"a": 1}, None, {"a": 2}]


@pytest.mark.parametrize("is_packed", [False, True])
def test_line_of_200_mb_is_refused_and_never_held(path, is_packed):
    with gzip.open(path, "wb", 1) if is_packed else path.open("wb") as file:
        file.write(b'{"a": 1}\n{"text": "')
        for _ in range(200):
            file.write(b"x" * MB)
        file.write(b'"}\n{"a": 2}\n')
    before, most = memory(), 0
    rows = []
    for row in jsonl.read(path):
        rows.append(row)
        most = max(most, memory())
    assert [(row.number, row.refusal) for row in rows] == [(1, ""), (2, "the line is longer than 32 MB"), (3, "")]
    assert most - before < 120 * MB


def test_nesting_without_end_is_refused(path):
    rows = read(jsonl.read, path, b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b'\n{"a": 1}\n')
    assert [row.values for row in rows] == [None, {"a": 1}]


@pytest.mark.parametrize("damage", [lambda packed: packed[:-20], lambda packed: packed[:30] + b"xx" + packed[32:]])
def test_damaged_gzip_is_unreadable(path, damage):
    content = gzip.compress(b"".join(orjson.dumps({"n": n, "x": str(n) * 50}) + b"\n" for n in range(1000)))
    with pytest.raises(Unreadable, match="damaged"):
        read(jsonl.read, path, damage(content))


# Parquet


def write_parquet(path: Path, **columns: Any) -> None:
    parquet.write_table(pyarrow.table(columns), path, row_group_size=2)


def test_parquet_is_read_in_batches_with_the_columns_that_are_wanted(path):
    write_parquet(path, item=["a", "b", "c"], more=[{"x": 1}, {"x": 2}, None], unwanted=[1, 2, 3])
    rows = list(parquet_reader.read(path, frozenset({"item", "more.x"})))
    assert [(row.number, row.values) for row in rows] == [
        (1, {"item": "a", "more": {"x": 1}}),
        (2, {"item": "b", "more": {"x": 2}}),
        (3, {"item": "c", "more": None}),
    ]
    assert rows[-1].at == path.stat().st_size


def test_parquet_row_that_is_not_utf_8_is_refused_alone(path):
    texts = pyarrow.array([b"a", b"\xff", b"c"], pyarrow.binary()).view(pyarrow.string())
    write_parquet(path, text=texts)
    rows = list(parquet_reader.read(path))
    assert [row.values for row in rows] == [{"text": "a"}, None, {"text": "c"}]
    assert "cannot be read" in rows[1].refusal


def test_parquet_row_that_is_too_long_is_refused_alone(path):
    write_parquet(path, text=["a", "x" * 40 * MB, "c"])
    rows = list(parquet_reader.read(path))
    assert [row.refusal for row in rows] == ["", "the row is longer than 32 MB", ""]


def test_damaged_parquet_is_unreadable(path):
    write_parquet(path, text=["a" * 1000] * 100)
    with pytest.raises(Unreadable, match="Parquet"):
        read(parquet_reader.read, path, path.read_bytes()[:-30])


# Logs of Inspect

VALUES = {"item": "width", "sample": 0, "text": "The width.", "finish_reason": "stop"}
USAGE = {"input_tokens": 11, "output_tokens": 22, "seconds": 1.25}


@pytest.mark.parametrize(
    "write",
    [
        as_json,
        as_eval,
        lambda samples: as_eval(samples, packed_by="zstd"),
        lambda samples: as_eval(samples, header="_journal/start.json"),
    ],
)
def test_samples_of_a_log_are_rows_and_epochs_their_samples(path, write):
    rows = read(inspect_logs.read, path, write([sample(), sample(epoch=2, content="Other.")]))
    assert [(row.number, row.values) for row in rows] == [
        (1, VALUES | USAGE),
        (2, VALUES | USAGE | {"sample": 1, "text": "Other."}),
    ]
    assert inspect_logs.model_of(path) == "openai/gpt-x"


def text_of(path: Path, **given: Any) -> str:
    return read(inspect_logs.read, path, as_json([sample(**given)]))[0].values["text"]


def test_what_the_model_thought_comes_in_think(path):
    content = [{"type": "reasoning", "reasoning": "Phase space."}, {"type": "text", "text": "So it is."}]
    assert text_of(path, content=content) == "<think>\nPhase space.\n</think>\n\nSo it is."
    hidden = [{"type": "reasoning", "reasoning": "gAAAA", "summary": "In short.", "redacted": True}]
    assert text_of(path, content=hidden) == "<think>\nIn short.\n</think>"


def test_all_messages_of_the_assistant_make_the_text(path):
    messages = [{"role": role, "content": role} for role in ("user", "assistant", "tool")]
    messages.append({"role": "assistant", "content": "attachment://1"})
    assert text_of(path, messages=messages, attachments={"1": "at last"}) == "assistant\n\nat last"
    assert text_of(path, messages=[]) == "The width."


def test_sample_that_ran_out_or_failed_says_so(path):
    long = sample()
    long["output"]["choices"][0]["stop_reason"] = "max_tokens"
    failed = sample(messages=[], output={"choices": []}, error={"message": "429", "traceback": "…"})
    rows = read(inspect_logs.read, path, as_json([long, failed]))
    assert rows[0].values["finish_reason"] == "length"
    assert rows[1].refusal == "the sample ended with an error: 429"


def test_log_with_numbers_that_json_does_not_know_is_read(path):
    content = as_eval([orjson.dumps(sample(scores={"x": "HERE"})).replace(b'"HERE"', b"NaN")])
    assert read(inspect_logs.read, path, content)[0].values["text"] == "The width."


@pytest.mark.parametrize("hostile", [{}, {"messages": 3, "output": []}, {"output": {"choices": [[]], "usage": "x"}}])
def test_sample_of_odd_shape_is_a_row_for_the_checks(path, hostile):
    odd = {"id": ["x"], "epoch": "one"} | hostile
    row = read(inspect_logs.read, path, as_json([odd, 3, None]))
    assert row[0].values["text"] == ""
    assert [one.refusal for one in row[1:]] == ["not a JSON object"] * 2


def test_log_of_a_later_version_is_refused(path):
    for content in (as_eval([sample()], version=3), as_json([sample()], version=3)):
        with pytest.raises(Unreadable, match="version 3; version 2 is read"):
            read(inspect_logs.read, path, content)


def test_zip_that_is_no_log_is_unreadable(path):
    with pytest.raises(Unreadable, match="no log of Inspect"):
        read(inspect_logs.read, path, zipped({"a": b""}))


@pytest.mark.parametrize("pack", [zipped, zipped_by_zstd])
def test_zip_bomb_is_refused_in_bounded_memory(path, pack):
    bomb = b'{"id": "' + b"x" * 300 * MB + b'"}'
    members = {"header.json": orjson.dumps({"version": 2, "eval": {}}), "samples/bomb.json": bomb}
    content = pack(members | {"samples/width.json": orjson.dumps(sample())})
    del bomb, members
    assert len(content) < MB
    path.write_bytes(content)
    before, most, rows = memory(), 0, []
    for row in inspect_logs.read(path):
        rows.append(row)
        most = max(most, memory())
    assert [row.refusal for row in rows] == ["the sample is longer than 32 MB", ""]
    assert most - before < 200 * MB


def test_damaged_member_is_refused_alone(path):
    content = bytearray(as_eval([sample("a" * 9), sample("b" * 9)]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = archive.getinfo("samples/aaaaaaaaa_epoch_1.json")
    start = member.header_offset + 30 + len(member.filename)
    content[start : start + 8] = b"damaged!"
    rows = read(inspect_logs.read, path, bytes(content))
    assert [bool(row.refusal) for row in rows] == [True, False]


def test_archive_that_lists_too_much_is_not_even_opened(path, monkeypatch):
    monkeypatch.setattr("qftapp.runs.importing.zip_members.MAX_DIRECTORY_BYTES", 100)
    with pytest.raises(Unreadable, match="too many members"):
        read(inspect_logs.read, path, as_eval([sample(), sample(epoch=2)]))


# A JSON object in parts

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON, max_size=4), st.integers(1, 9), st.booleans())
def test_parts_put_together_are_the_object(whole, chunk, is_indented):
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(chunk)

    content = orjson.dumps(whole, option=orjson.OPT_INDENT_2 if is_indented else None)
    found: dict[str, list[Any]] = {}
    for name, part in parts(Slow(content)):
        found.setdefault(name, []).append(orjson.loads(part))
    expected = {name: value if isinstance(value, list) else [value] for name, value in whole.items()}
    escaped = {orjson.dumps(name)[1:-1].decode(): value for name, value in expected.items() if value != []}
    assert found == escaped


@given(st.binary(max_size=60))
def test_what_is_no_object_is_unreadable_and_ends(content):
    with contextlib.suppress(Unreadable):
        list(parts(io.BytesIO(content)))


# Columns and checks


def test_columns_are_guessed_from_their_names():
    rows = [{"Problem ID": 1, "generation": "", "usage": {"completion_tokens": 1}, "stop_reason": "", "sample_idx": 0}]
    assert guess(paths_of(rows)) == {
        "item": "Problem ID",
        "sample": "sample_idx",
        "text": "generation",
        "finish_reason": "stop_reason",
        "output_tokens": "usage.completion_tokens",
    }
    batch = [{"custom_id": "a", "response": {"body": {"choices": [{"message": {"content": "x"}}], "id": "r"}}}]
    assert guess(paths_of(batch)) == {"item": "custom_id", "text": "response.body.choices.0.message.content"}
    picked = picker({"item": "custom_id", "text": "response.body.choices.0.message.content"})
    assert picked(batch[0]) == {"item": "a", "text": "x"}
    assert picked({"response": {"body": {"choices": []}}}) == {"item": None, "text": None}


def test_our_own_names_are_themselves():
    names = ["id", "item", "text", "response", "answer", "seconds", "version"]
    assert guess(names) == {"item": "item", "version": "version", "text": "text", "seconds": "seconds"}


@pytest.mark.parametrize(
    ("name", "format"),
    [("a.JSONL", "jsonl"), ("a.jsonl.gz", "jsonl"), ("a.parquet", "parquet"), ("a.eval", "inspect"), ("a.csv", "")],
)
def test_format_by_name(name, format):
    assert format_of(name) == format


class Known:
    """Versions of a bank with one item."""

    def find(self, slug: str, number: int | None) -> int:
        if slug != "width":
            raise Refused("no item is called so")
        return number or 1


def checked(**values: Any) -> Sound:
    return check({"item": "width", "text": "x"} | values, Known())


def test_row_is_taken_as_it_is_meant():
    sound = checked(item=" width ", version="2", sample=3.0, seconds="1.5", input_tokens="", output_tokens=float("nan"))
    assert (sound.version_id, sound.sample, sound.seconds) == (2, 3, 1.5)
    assert (sound.input_tokens, sound.output_tokens) == (None, None)


def test_text_is_made_storable_and_thoughts_come_first():
    assert checked(text="a\0b\ud800c").text == "a␀b?c"
    assert checked(reasoning="so", text="x").text == "<think>\nso\n</think>\n\nx"
    assert checked(reasoning="so", text="<think>y</think>x").text == "<think>y</think>x"
    assert checked(text="", finish_reason="content_filter").text == ""


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"item": None}, "it names no item"),
        ({"item": ["width"]}, "item must be text, not a list"),
        ({"item": True}, "item must be text, not true or false"),
        ({"text": None}, "the text is empty, and no finish_reason says why"),
        ({"text": " \n"}, "the text is empty, and no finish_reason says why"),
        ({"text": {"a": 1}}, "text must be text, not an object"),
        ({"text": "x" * 4_000_001}, "the text has 4,000,001 characters; at most 4,000,000 are kept"),
        ({"sample": "first"}, "sample must be a whole number, not text"),
        ({"sample": True}, "sample must be a whole number, not true or false"),
        ({"sample": 1.5}, "sample must be a whole number, not a number"),
        ({"sample": 1_000_000}, "sample must be from 0 to 999,999"),
        ({"output_tokens": -1}, "output_tokens must be from 0 to 2,147,483,647"),
        ({"input_tokens": 2**80}, "input_tokens must be from 0 to 2,147,483,647"),
        ({"finish_reason": "x" * 21}, "finish_reason is longer than 20 characters"),
        ({"finish_reason": 3}, "finish_reason must be text, not a number"),
        ({"seconds": "soon"}, "seconds must be a number, not text"),
        ({"seconds": float("inf")}, "seconds must be from 0 to a thousand million"),
        ({"seconds": [1]}, "seconds must be a number, not a list"),
    ],
)
def test_row_that_cannot_be_a_trace_is_refused(values, reason):
    with pytest.raises(Refused) as refused:
        checked(**values)
    assert str(refused.value) == reason
