"""Items as JSON lines: writing and reading are inverse, and every unusable line says why."""

import orjson
import pytest

from qftapp.items import importing, jsonl
from qftapp.items.models import Batch, Item, ItemVersion
from tests.factories import (
    ItemFactory,
    ItemVersionFactory,
    SourceFactory,
    SourceProblemFactory,
    contract,
    person,
    symbol,
)
from tests.items.rows import row

pytestmark = pytest.mark.django_db


SOURCE = {
    "slug": "lectures",
    "kind": "book",
    "title": "Lectures",
    "authors": "A. Author",
    "year": None,
    "url": "",
    "licence": "CC BY 4.0",
    "may_redistribute": True,
}
PROBLEM = {"locator": "Problem 1", "statement": "Theirs.", "solution": ""}


def refusal(line: bytes) -> str:
    """Why a line is not read."""
    with pytest.raises(jsonl.RowRefused) as refused:
        jsonl.read(line)
    return str(refused.value)


def ingest(payload: bytes) -> Batch:
    """The batch of a file that was read to its end."""
    batch = importing.start(by=person("alice"), format="items", filename="items.jsonl", payload=payload)
    return importing.ingest(batch.pk)


def written() -> bytes:
    versions = ItemVersion.objects.select_related("item__source_problem__source").order_by("item__slug")
    return b"".join(jsonl.write(map(jsonl.row_of, versions)))


def make_items() -> None:
    ItemVersionFactory()
    ItemVersionFactory(
        item=ItemFactory(source_problem=SourceProblemFactory()), statement="Zürich ∫ 量子 \u3000 \\u0000 \"'"
    )
    ItemVersionFactory(contract={}, statement="", solution="", second_solution="")
    ItemVersionFactory(contract=contract(symbols=[symbol("m", low=1e-30, high=1e30, exclude=[0.1, 1e16, -2.0])]))
    ItemVersionFactory(
        item=ItemFactory(source_problem=SourceProblemFactory(source=SourceFactory(may_redistribute=False, year=None)))
    )
    ItemVersionFactory(
        contract=contract(unit="GeV", tests=[{"answer": "```python\ng\n```\n", "outcome": "wrong", "name": "“half”"}])
    )


def test_export_read_back_elsewhere_and_exported_again_gives_the_same_bytes():
    make_items()
    before = written()
    ItemVersion.objects.all().delete()
    Item.objects.all().delete()

    batch = ingest(before)

    assert (batch.state, len(batch.report["arrived"]), batch.report["refused"]) == ("done", 6, [])
    assert written() == before


def test_lines_are_canonical():
    make_items()

    for line in written().splitlines(keepends=True):
        assert orjson.dumps(orjson.loads(line), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE) == line


def test_row_is_read_into_its_parts():
    read = jsonl.read(orjson.dumps(row(origin="adapted", source=SOURCE, problem=PROBLEM)))

    assert read.item["slug"] == "yukawa-width"
    assert read.content == {name: row()[name] for name in ItemVersion.CONTENT}
    assert (read.source, read.problem) == (SOURCE, PROBLEM)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"statement": NaN}', "not JSON"),
        (b'{"statement": "\\ud800"}', "not JSON"),
        (b"[]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        ("{'é'}".encode("latin-1"), "not UTF-8: byte 0xe9 at column 3"),
        (b'"' + b"x" * 1_000_000 + b'"', "the line has 1,000,002 bytes; at most 1,000,000 are read"),
        (b'{"a":' * 20 + b"1" + b"}" * 20, "nests deeper than 12 levels"),
        (b'{"a": "x\\u0000"}', "a: Take out the invisible character U+0000 in line 1 after “x”"),
        (b'{"a": {"\\u0000": 1}}', "invisible character U+0000"),
        (b"{}", "schema is None; this reads schema 1"),
        (orjson.dumps(row(schema=2)), "schema is 2; this reads schema 1"),
        (orjson.dumps({key: value for key, value in row().items() if key != "slug"}), "the row lacks slug"),
        (orjson.dumps(row(grade=1)), "the row has the unknown field grade"),
        (orjson.dumps(row(statement=7)), "statement of the row must be str, not int"),
        (orjson.dumps(row(contract=[])), "contract of the row must be dict, not list"),
        (orjson.dumps(row(source=SOURCE)), "source and problem must both be given or both be null"),
        (orjson.dumps(row(source="x", problem=PROBLEM)), "source must be an object or null"),
        (orjson.dumps(row(source=SOURCE | {"isbn": ""}, problem=PROBLEM)), "source has the unknown field isbn"),
        (orjson.dumps(row(source=SOURCE, problem={"locator": "1"})), "problem lacks solution, statement"),
        (orjson.dumps(row(source=SOURCE | {"year": "1995"}, problem=PROBLEM)), "year of source must be int or null"),
        (orjson.dumps(row(source=SOURCE | {"year": True}, problem=PROBLEM)), "year of source must be int or null"),
        (orjson.dumps(row(source=SOURCE | {"may_redistribute": 1}, problem=PROBLEM)), "must be bool, not int"),
    ],
)
def test_unusable_line_is_refused_with_its_reason(line, reason):
    assert reason in refusal(line)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"slug": "not a slug"}, "slug: Enter a valid"),
        ({"slug": "retire"}, "slug: “retire” is a word of the site's addresses"),
        ({"slug": "x" * 81}, "slug: Ensure this value has at most 80 characters"),
        ({"topic": "alchemy"}, "topic: Choose a topic of the list"),
        ({"domain_level": "school"}, "domain_level: Value 'school' is not a valid choice"),
        ({"origin": "adapted"}, "origin is adapted exactly if there is a source problem"),
        ({"source": SOURCE, "problem": PROBLEM}, "origin is adapted exactly if there is a source problem"),
        ({"origin": "stolen"}, "origin must be one of adapted, original, synthetic"),
        ({"statement": "x" * 100_001}, "statement: Ensure this value has at most 100000 characters"),
        ({"origin": "adapted", "source": SOURCE | {"year": 1066}, "problem": PROBLEM}, "year: Ensure this value"),
        (
            {"origin": "adapted", "source": SOURCE | {"url": "javascript:1"}, "problem": PROBLEM},
            "url: Enter a valid URL",
        ),
        (
            {"origin": "adapted", "source": SOURCE, "problem": PROBLEM | {"locator": ""}},
            "locator: This field cannot be blank",
        ),
    ],
)
def test_row_that_cannot_be_an_item_is_refused_by_line_and_leaves_nothing_behind(given, reason):
    batch = ingest(b"\n" + orjson.dumps(row(**given)) + b"\n")

    assert [refused["row"] for refused in batch.report["refused"]] == [2]
    assert reason in batch.report["refused"][0]["reason"]
    assert not Item.objects.exists()
    assert batch.state == "done"


def test_synthetic_item_belongs_to_its_batch():
    batch = ingest(orjson.dumps(row(origin="synthetic")))

    assert Item.objects.get().batch == batch


def test_source_that_is_here_stands_as_it_is():
    SourceFactory(slug="lectures", title="Lectures, revised")

    ingest(orjson.dumps(row(origin="adapted", source=SOURCE, problem=PROBLEM)))

    assert Item.objects.get().source_problem.source.title == "Lectures, revised"
