"""The building of exports: the same bytes from the same rows, one export for the same rows, nothing half made."""

import gzip
import hashlib
import random
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from qftapp.actors.models import LanguageModel, User
from qftapp.experiments.exporting import actions, building, keeping
from qftapp.experiments.exporting.packaging import formats_of
from qftapp.experiments.exporting.recipes import ProcessRecipe, RLRecipe, SFTRecipe
from qftapp.experiments.models import Export
from qftapp.runs.models import Run
from tests.experiments.exports import (
    answered,
    ask,
    export_of,
    files_folder,
    release_of,
    rl_export,
    rows_of,
    sft_export,
    teacher,
    version,
)
from tests.factories import CAST, person
from tests.labels.desk import taxonomy
from tests.labels.judged import TEXT, campaign_of, judge

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db(transaction=True)

RECIPES = {
    "sft": SFTRecipe(per_item=3, seed=5),
    "rl": RLRecipe(runs=("ann", "bob"), at_most=1),
    "process": ProcessRecipe(taxonomy="small"),
}


def stored(export: Export) -> bytes:
    with export.file.open("rb") as file:
        return file.read()


def made(kind: str, dice: random.Random) -> tuple[bytes, dict[str, bytes]]:
    """The rows and archives of an export whose releases, runs, traces and labels came in some order."""
    for name in dice.sample(sorted(CAST), len(CAST)):
        person(name)
    places = dice.sample(range(4), 4)
    versions = {place: version(place) for place in places}
    for slug in dice.sample(["ann", "bob"], 2):
        teacher(slug)
    runs = {run.slug: run for run in Run.objects.all()}
    LanguageModel.objects.update(locator="example/model")
    wanted = [(slug, place, sample) for slug in ("ann", "bob") for place in range(4) for sample in range(4)]
    campaign = campaign_of(0, taxonomy=taxonomy())
    for position, (slug, place, sample) in enumerate(dice.sample(wanted, len(wanted))):
        outcome = "wrong" if sample == 3 else "correct"
        text = f"{slug} {sample}.\n\n{TEXT}"
        (trace,) = answered(runs[slug], versions[place], outcome, text=text, first=sample)
        campaign.entries.create(trace=trace, position=position)
        judge(campaign, position, "dana", "flawed", "sign flips")
    release = release_of(*(versions[place] for place in dice.sample(range(4), 4)), name="frozen")
    export = export_of(release, RECIPES[kind], slug="export")
    archives = {code: keeping.archive(export, code).read_bytes() for code in formats_of(kind)}
    return stored(export), archives


def emptied() -> None:
    """Begin the world anew, but for what migrations brought."""
    tables = [name for name in connection.introspection.table_names() if name.startswith("qftapp_")]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")


@pytest.mark.parametrize("kind", RECIPES)
def test_same_rows_give_the_same_bytes_in_whatever_order_they_came(kind, settings, tmp_path):
    first = made(kind, random.Random(1))
    emptied()
    settings.MEDIA_ROOT = tmp_path / "again"
    second = made(kind, random.Random(2))
    assert second[0] == first[0]
    assert second[1] == first[1]


def test_built_twice_it_has_the_same_bytes_in_every_format():
    export = rl_export()
    for code in formats_of("rl"):
        path = keeping.archive(export, code)
        first = path.read_bytes()
        path.unlink()
        assert keeping.archive(export, code).read_bytes() == first, code


def test_hash_is_that_of_the_lines():
    export = sft_export()
    assert hashlib.sha256(gzip.decompress(stored(export))).hexdigest() == export.sha256
    assert (export.rows, export.size, export.progress) == (3, 4, 3)


def test_rows_stand_by_item_run_and_sample():
    listed = [(row["item"], row["trace"].split("/")[0], row["sample"]) for row in rows_of(sft_export())]
    assert listed == sorted(listed)


def test_same_rows_point_to_the_export_that_has_them():
    first = rl_export()
    second = export_of(first.release, RLRecipe(leave_out_near_test=True))
    assert (second.state, second.report) == ("cancelled", {"same_as": first.slug})
    assert second.error == f"These rows stand in {first.slug} already."
    assert len(list(Path(settings.MEDIA_ROOT, "exports").rglob("*.jsonl.gz"))) == 1


def test_other_rows_of_the_same_recipe_are_another_export():
    first = sft_export()
    answered(Run.objects.get(), first.items.first().item_version, "correct", first=9)
    second = export_of(first.release, SFTRecipe())
    assert (second.state, second.rows) == ("done", first.rows + 1)


def test_items_are_kept_with_their_rows():
    export = sft_export()
    assert [entry.rows for entry in export.items.order_by("-rows")] == [2, 1]


def test_report_says_what_stood_then():
    export = sft_export()
    (said,) = export.report["teachers"]
    assert (said["slug"], said["rows"], said["training_on_outputs"]) == ("teacher", 3, "unknown")
    assert export.report["items"] == 2
    assert sum(export.report["topics"].values()) == 3
    assert export.report["release_sha256"] == export.release.sha256


def test_cancelled_at_work_nothing_stays(monkeypatch):
    each = version(0)
    export = ask(release_of(each), RLRecipe())
    rows = building.WRITERS["rl"]

    def cancelling(picks):
        actions.cancel(export.pk, by=person("farah"))
        return rows(picks)

    monkeypatch.setitem(building.WRITERS, "rl", cancelling)
    building.execute(export.pk)
    export.refresh_from_db()
    assert (export.state, export.items.count()) == ("cancelled", 0)
    assert list(Path(settings.MEDIA_ROOT, "exports").rglob("*.gz")) == []


def test_unforeseen_failure_is_told_and_nothing_stays(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "a-file"
    settings.MEDIA_ROOT.write_text("not a folder")
    export = ask(release_of(version(0)), RLRecipe())
    with pytest.raises(OSError, match="a-file"):
        building.execute(export.pk)
    export.refresh_from_db()
    assert export.state == "failed"
    assert export.error.startswith("Stopped: ")


def test_done_export_is_not_made_again():
    export = rl_export()
    building.execute(export.pk)
    assert Export.objects.get(pk=export.pk).finished_at == export.finished_at


def test_people_who_asked_stay_with_it():
    assert rl_export().requested_by == User.objects.get(username="farah")
