"""What leaves the house: bytes, rows, manifest, data card."""

import hashlib
import io
import json
import zipfile

import orjson
import pytest

from qftapp.items import importing, jsonl, presenting
from qftapp.items.content import content_of, contract_of
from qftapp.items.models import Item, ItemVersion, Source
from qftapp.releases import actions, card, package
from qftapp.releases.models import Release
from qftapp.verification import VERIFIER_VERSION
from tests.factories import ReleaseEntryFactory, ReleaseFactory, SourceProblemFactory, approved, frozen_release, person


def files_of(release: Release) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bytes(release.archive))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def frozen(db) -> Release:
    problem = SourceProblemFactory(source__title="On | Pipes", source__licence="CC BY 4.0")
    return frozen_release(
        approved("b", source_problem=problem), approved("a"), approved("C-1", topic="noether-currents"), name="qft-1"
    )


def test_the_archive_holds_items_card_and_manifest(frozen):
    assert list(files_of(frozen)) == ["qft-1/README.md", "qft-1/items.jsonl", "qft-1/manifest.json"]


def test_each_row_is_an_item_row_with_split_version_hash_and_prompt(frozen):
    lines = files_of(frozen)["qft-1/items.jsonl"].splitlines(keepends=True)
    rows = [json.loads(line) for line in lines]
    assert [row["slug"] for row in rows] == ["C-1", "a", "b"]
    entry = frozen.entries.get(item_version__item__slug="b")
    version = entry.item_version
    prompt = presenting.prompt_of(version.statement, contract_of(version))
    own = {"split": "test", "version": 1, "content_hash": version.content_hash, "prompt": prompt}
    assert rows[2] == json.loads(orjson.dumps({**jsonl.row_of(version), **own}))
    assert lines == [orjson.dumps(row, option=orjson.OPT_SORT_KEYS) + b"\n" for row in rows]


@pytest.mark.parametrize(("index", "slug"), [(1, "a"), (2, "b")])
def test_a_row_reads_back_as_the_item(frozen, index, slug):
    version = frozen.entries.get(item_version__item__slug=slug).item_version

    read = jsonl.read(files_of(frozen)["qft-1/items.jsonl"].splitlines()[index])

    assert read == jsonl.read(orjson.dumps(jsonl.row_of(version)))
    assert read.content == content_of(version)


def test_a_release_is_brought_in_again_under_other_names(frozen):
    rows = [json.loads(line) for line in files_of(frozen)["qft-1/items.jsonl"].splitlines()]
    renamed = [{**row, "slug": f"{row['slug']}-again"} for row in rows]
    batch = importing.start(
        by=person("alice"), format="items", filename="items.jsonl", payload=b"".join(jsonl.write(renamed))
    )

    importing.ingest(batch.pk)

    batch.refresh_from_db()
    assert batch.report == {"arrived": [row["slug"] for row in renamed], "present": 0, "refused": []}
    for row in renamed:
        written = jsonl.row_of(ItemVersion.objects.get(item__slug=row["slug"]))
        assert written == {name: row[name] for name in written}


def test_every_column_is_described_in_the_card(frozen):
    row = json.loads(files_of(frozen)["qft-1/items.jsonl"].splitlines()[0])
    assert sorted(card.COLUMNS) == sorted(row)


def test_hashes_of_release_card_and_manifest_agree(frozen):
    files = files_of(frozen)
    digest = hashlib.sha256(files["qft-1/items.jsonl"]).hexdigest()
    manifest = json.loads(files["qft-1/manifest.json"])
    assert frozen.sha256 == digest
    assert manifest == {
        "format": 1,
        "release": "qft-1",
        "frozen_at": frozen.frozen_at.isoformat(),
        "private": False,
        "counts": {"train": 0, "validation": 0, "test": 3},
        "verifier_versions": [VERIFIER_VERSION],
        "files": {"README.md": hashlib.sha256(files["qft-1/README.md"]).hexdigest(), "items.jsonl": digest},
    }
    assert f"`{digest}`" in files["qft-1/README.md"].decode()


def test_building_twice_gives_the_same_bytes(frozen):
    assert package.build(frozen) == package.build(Release.objects.get(pk=frozen.pk))
    assert package.build(frozen).archive == bytes(Release.objects.get(pk=frozen.pk).archive)


def test_the_order_in_which_entries_came_does_not_matter(farah):
    versions = [approved(slug) for slug in ("a", "b", "c")]
    one, other = (ReleaseFactory(name=name, created_by=farah) for name in ("one", "other"))
    for version in versions:
        ReleaseEntryFactory(release=one, item_version=version)
    for version in reversed(versions):
        ReleaseEntryFactory(release=other, item_version=version)
    assert actions.freeze(one.pk, by=farah).sha256 == actions.freeze(other.pk, by=farah).sha256


def test_a_later_correction_does_not_reach_a_frozen_archive(frozen):
    stored, shown = bytes(frozen.archive), package.card_of(frozen)
    Source.objects.update(title="Corrected", may_redistribute=False)
    Item.objects.update(topic="free-scalar-quantization")
    again = Release.objects.get(pk=frozen.pk)
    assert bytes(again.archive) == stored
    assert package.card_of(again) == shown
    assert package.build(again).archive != stored


def test_the_card_counts_topics_levels_and_sources(frozen):
    text = package.card_of(frozen)
    assert text.startswith("# qft-1\n\nFrozen ")
    assert "UTC with 3 items.\n" in text
    assert f"Verifier version at the checks before review: {VERIFIER_VERSION}.\n" in text
    for row in (
        "| Split | Items |\n| --- | ---: |\n| Train | 0 |\n| Validation | 0 |\n| Test | 3 |\n",
        "| Topic | Train | Validation | Test | Items |\n| --- | ---: | ---: | ---: | ---: |\n",
        "| Noether currents and Ward identities | 0 | 0 | 1 | 1 |\n| Cross sections and decay rates | 0 | 0 | 2 | 2 |",
        "| Graduate | 0 | 0 | 3 | 3 |\n",
        "| Medium | 0 | 0 | 3 | 3 |\n",
        "| Adapted | 0 | 0 | 1 | 1 |\n| Original | 0 | 0 | 2 | 2 |\n",
        "| expression | 3 |\n",
        "| A. Author, On \\| Pipes, 1995 | CC BY 4.0 | may be redistributed | 1 |\n",
    ):
        assert row in text


def test_the_card_of_an_open_release_says_that_it_is_not_frozen(release):
    ReleaseEntryFactory(release=release)
    assert "\nNot frozen yet, 1 item so far.\n" in package.card_of(release)


def test_a_private_release_says_so_in_card_manifest_and_file_name(db):
    private = frozen_release(name="qft-1", is_private=True)
    files = files_of(private)
    assert card.PRIVATE in files["qft-1/README.md"].decode()
    assert json.loads(files["qft-1/manifest.json"])["private"] is True
    assert package.file_name(private) == "qft-1-private.zip"


def test_a_public_release_does_not_mention_privacy(frozen):
    assert "rivate" not in package.card_of(frozen)
    assert package.file_name(frozen) == "qft-1.zip"


def test_people_are_not_named_in_the_package(frozen):
    everything = b"".join(files_of(frozen).values())
    assert person("alice").username.encode() not in everything
    assert person("farah").username.encode() not in everything


def test_terms_that_contradict_each_other_are_remarked_in_the_card(db):
    problem = SourceProblemFactory(source__title="On | Pipes", source__licence="All Rights Reserved, 1995")
    release = frozen_release(approved("a", source_problem=problem), approved("b", source_problem=problem))

    text = package.card_of(release)

    assert text.count("Remark on On \\| Pipes: All rights are reserved, yet its items may leave the house") == 1
