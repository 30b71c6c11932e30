"""Indexes as the searches ask for them, and shingles that find statements which nearly repeat each other."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models
from django.db.models.functions import Upper

SHINGLES = """
CREATE FUNCTION qft_shingles(statement text) RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH words AS (
        SELECT array_agg(found.word[1] ORDER BY found.position) AS list
        FROM regexp_matches(lower(statement), '[[:alpha:]]{3,}', 'g') WITH ORDINALITY AS found (word, position)
    ), lowest AS (
        SELECT DISTINCT ('x' || left(md5(concat_ws(' ', list[i], list[i + 1], list[i + 2])), 8))::bit(32)::integer AS hash
        FROM words, generate_series(1, greatest(cardinality(list) - 2, 1)) AS i
        WHERE list IS NOT NULL
        ORDER BY hash
        LIMIT 64
    )
    SELECT coalesce(array_agg(hash), '{}') FROM lowest
$$;

ALTER TABLE qftapp_itemversion
    ADD COLUMN shingles integer[] GENERATED ALWAYS AS (qft_shingles(statement)) STORED;

CREATE INDEX statement_shingles ON qftapp_itemversion USING gin (shingles);
"""

NO_SHINGLES = """
ALTER TABLE qftapp_itemversion DROP COLUMN shingles;
DROP FUNCTION qft_shingles(text);
"""


class Migration(migrations.Migration):
    dependencies = [("qftapp", "0004_prose_limits")]
    operations = [
        migrations.RemoveIndex("item", "item_slug_trigrams"),
        migrations.RemoveIndex("itemversion", "statement_trigrams"),
        migrations.AddIndex("event", models.Index(fields=["-at", "-id"], name="events_newest_first")),
        migrations.AddIndex(
            "item", GinIndex(OpClass(Upper("slug"), name="gin_trgm_ops"), name="item_slug_in_capitals")
        ),
        migrations.AddIndex(
            "itemversion", GinIndex(OpClass(Upper("statement"), name="gin_trgm_ops"), name="statement_in_capitals")
        ),
        migrations.AddIndex("itemversion", models.Index(fields=["-saved_at"], name="versions_last_saved_first")),
        migrations.RunSQL(SHINGLES, NO_SHINGLES),
    ]
