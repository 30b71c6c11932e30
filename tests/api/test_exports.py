"""Exports for programs: asked for, followed, fetched; refused as on the pages."""

import gzip
import io
import json
import zipfile

import pytest

from qftapp.experiments.exporting.recipes import RLRecipe
from qftapp.experiments.models import Export
from tests.api.test_acting import Program, dana, farah
from tests.experiments.exports import ask, files_folder, release_of, rl_export, rows_of, version
from tests.factories import default_prompt
from tests.runs.files import work

__all__ = ["Program", "dana", "farah", "files_folder"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_export_is_asked_for_followed_and_fetched(farah):
    default_prompt()
    release_of(version(0), version(1), name="small")
    asked = farah.post("exports/", {"kind": "rl", "release": "small", "recipe": {"splits": ["train"]}})
    assert (asked.status_code, asked.json()["state"]) == (201, "queued")
    work()
    told = farah.get(f"exports/{asked.json()['slug']}/").json()
    assert (told["state"], told["rows"], told["items"]) == ("done", 2, 2)
    rows = farah.get(f"exports/{told['slug']}/rows/")
    lines = gzip.decompress(b"".join(rows.streaming_content)).splitlines()
    assert [json.loads(line) for line in lines] == rows_of(Export.objects.get())
    archive = farah.get(f"exports/{told['slug']}/formats/lm-eval/")
    assert zipfile.ZipFile(io.BytesIO(b"".join(archive.streaming_content))).testzip() is None
    assert [each["slug"] for each in farah.get("exports/").json()["results"]] == [told["slug"]]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "dpo"}, "kind"),
        ({"release": "none"}, "release"),
        ({"recipe": {"splits": ["test"]}}, "recipe"),
        ({"recipe": {"typo": 1}}, "recipe"),
        ({"recipe": {"runs": ["none"]}}, "runs"),
        ({"slug": "no good"}, "slug"),
    ],
)
def test_fault_comes_back_at_its_field(farah, given, field):
    default_prompt()
    release_of(version(0), name="small")
    answer = farah.post("exports/", {"kind": "rl", "release": "small"} | given)
    assert answer.status_code == 400
    assert answer.json().keys() == {field}


def test_path_of_a_fault_in_the_recipe_is_told(farah):
    release_of(version(0), name="small")
    answer = farah.post("exports/", {"kind": "rl", "release": "small", "recipe": {"topics": ["x"]}})
    assert answer.json() == {"recipe": {"topics.0": ["“x” is not a topic"]}}


def test_train_on_test_is_refused_by_its_pairs(farah):
    default_prompt()
    each = version(0)
    release_of(test=(each,), name="older")
    release_of(each, name="small")
    answer = farah.post("exports/", {"kind": "rl", "release": "small"})
    assert answer.status_code == 400
    assert "in older (the same item)" in answer.json()["leave_out_near_test"][0]


def test_only_engineers_ask_and_cancel(farah, dana):
    release = release_of(version(0), name="small")
    export = ask(release, RLRecipe())
    assert dana.post("exports/", {"kind": "rl", "release": "small"}).status_code == 403
    assert dana.post(f"exports/{export.slug}/cancel/").status_code == 403
    assert dana.get(f"exports/{export.slug}/").status_code == 200
    assert farah.post(f"exports/{export.slug}/cancel/").json()["state"] == "cancelled"
    assert farah.post(f"exports/{export.slug}/retry/").status_code == 409


def test_nothing_is_fetched_before_it_is_done_nor_in_a_format_that_is_not_there(farah):
    export = ask(release_of(version(5)), RLRecipe())
    assert farah.get(f"exports/{export.slug}/rows/").status_code == 404
    assert farah.get(f"exports/{rl_export().slug}/formats/word/").status_code == 404
