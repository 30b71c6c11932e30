"""The files beside a list."""

import csv
import io
import json

from qftapp.actors import twins

ROWS = [{"name": "a", "count": 1, "note": None}, {"name": "=1+1", "count": -2, "note": 'λ, "quoted"\n'}]


def read(response) -> str:
    return b"".join(response.streaming_content).decode()


def test_csv_has_a_line_of_names_and_runs_no_formula():
    response = twins.csv_file("rows", ("name", "count", "note"), ROWS)
    assert response["Content-Disposition"] == 'attachment; filename="rows.csv"'
    assert list(csv.reader(io.StringIO(read(response), newline=""))) == [
        ["name", "count", "note"],
        ["a", "1", ""],
        ["'=1+1", "-2", 'λ, "quoted"\n'],
    ]


def test_csv_leaves_empty_cells_empty():
    assert read(twins.csv_file("rows", ("name",), [{"name": ""}, {"name": "a"}])) == 'name\r\n""\r\na\r\n'


def test_csv_of_nothing_is_the_line_of_names():
    assert read(twins.csv_file("rows", ("name", "count"), [])) == "name,count\r\n"


def test_json_is_an_array_of_the_rows():
    response = twins.json_file("rows", ROWS)
    assert response["Content-Type"] == "application/json"
    assert json.loads(read(response)) == ROWS


def test_json_of_nothing_is_an_empty_array():
    assert json.loads(read(twins.json_file("rows", []))) == []
