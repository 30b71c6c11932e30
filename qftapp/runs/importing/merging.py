"""From the rows of a file, loaded into a temporary table, to traces of the run: which are new, there, or refused.

A row that names its sample stands for that place. One that names none is recognised by its text: the k-th row of an
item with some text is the k-th trace of that item with that text, among those that no row of the file names. What is
not recognised gets the lowest free places of its item, in the order of the file. So the same file brought again finds
each of its rows, a file that has grown brings its new rows alone, and two equal answers in one file are two samples.
"""

from collections.abc import Callable, Iterator

from django.db import connection

from qftapp.runs.importing.refusals import Refusal
from qftapp.runs.models import MAX_KEPT_SAMPLES

LINES_A_STATEMENT = 20_000

COLUMNS = "line, version_id, sample, digest, text, finish_reason, input_tokens, output_tokens, seconds"
TYPES = ["int8", "int8", "int4", "bytea", "text", "text", "int4", "int4", "float8"]

CREATE = """
CREATE TEMPORARY TABLE incoming (
    line bigint, version_id bigint, sample integer, digest bytea, text text, finish_reason text,
    input_tokens integer, output_tokens integer, seconds double precision
) ON COMMIT DROP
"""

PLACE = """
CREATE UNIQUE INDEX ON incoming (line);
ANALYZE incoming (line, version_id, sample, digest);

CREATE TEMPORARY TABLE present ON COMMIT DROP AS
SELECT item_version_id AS version_id, sample_index AS sample, sha256(convert_to(text, 'UTF8')) AS digest
FROM qftapp_trace
WHERE run_id = %(run)s AND item_version_id IN (SELECT DISTINCT version_id FROM incoming);

CREATE TEMPORARY TABLE named ON COMMIT DROP AS
SELECT DISTINCT ON (version_id, sample) version_id, sample, line, digest
FROM incoming WHERE sample IS NOT NULL
ORDER BY version_id, sample, line;

ANALYZE present;
ANALYZE named;

CREATE TEMPORARY TABLE placed ON COMMIT DROP AS
SELECT given.line, given.sample, given.version_id,
    CASE
        WHEN there.digest = given.digest THEN 'present'
        WHEN there.digest IS NOT NULL THEN 'another is here'
        WHEN first.line = given.line THEN 'new'
        WHEN first.digest = given.digest THEN 'present'
        ELSE 'another is above'
    END AS fate,
    first.line AS first_line
FROM incoming AS given
JOIN named AS first USING (version_id, sample)
LEFT JOIN present AS there USING (version_id, sample);

CREATE TEMPORARY TABLE unnamed ON COMMIT DROP AS
WITH theirs AS (
    SELECT line, version_id, digest, row_number() OVER (PARTITION BY version_id, digest ORDER BY line) AS nth
    FROM incoming WHERE sample IS NULL
), ours AS (
    SELECT version_id, digest, sample, row_number() OVER (PARTITION BY version_id, digest ORDER BY sample) AS nth
    FROM present AS there
    WHERE NOT EXISTS (SELECT FROM named WHERE (named.version_id, named.sample) = (there.version_id, there.sample))
)
SELECT theirs.line, theirs.version_id, ours.sample,
    row_number() OVER (PARTITION BY theirs.version_id, ours.sample IS NULL ORDER BY theirs.line) AS nth
FROM theirs LEFT JOIN ours USING (version_id, digest, nth);

ANALYZE unnamed;

INSERT INTO placed (line, version_id, sample, fate)
WITH taken AS (
    SELECT version_id, sample FROM present UNION SELECT version_id, sample FROM named
), wanted AS (
    SELECT version_id, count(*) + (SELECT count(*) FROM taken WHERE taken.version_id = new.version_id) AS up_to
    FROM unnamed AS new WHERE sample IS NULL GROUP BY version_id
), free AS (
    SELECT version_id, place AS sample, row_number() OVER (PARTITION BY version_id ORDER BY place) AS nth
    FROM wanted, generate_series(0, least(up_to, %(most)s) - 1) AS place
    WHERE NOT EXISTS (SELECT FROM taken WHERE (taken.version_id, taken.sample) = (wanted.version_id, place))
)
SELECT line, version_id, sample, 'present' FROM unnamed WHERE sample IS NOT NULL
UNION ALL
SELECT unnamed.line, unnamed.version_id, free.sample::integer,
    CASE WHEN free.sample IS NULL THEN 'too many' ELSE 'new' END
FROM unnamed LEFT JOIN free USING (version_id, nth) WHERE unnamed.sample IS NULL;

CREATE UNIQUE INDEX ON placed (line);
ANALYZE placed;
"""

STORE = """
INSERT INTO qftapp_trace
    (run_id, item_version_id, sample_index, text, finish_reason, input_tokens, output_tokens, seconds)
SELECT %(run)s, placed.version_id, placed.sample, text, finish_reason, input_tokens, output_tokens, seconds
FROM placed JOIN incoming USING (line)
WHERE fate = 'new' AND line > %(after)s AND line <= %(last)s
ON CONFLICT DO NOTHING
"""

COUNTS = """
SELECT count(*) FILTER (WHERE fate = 'present'), coalesce(max(sample) FILTER (WHERE fate = 'new'), -1),
    coalesce(max(line), 0)
FROM placed
"""

REFUSALS = """
SELECT placed.line, item.slug,
    CASE fate
        WHEN 'too many' THEN %(too_many)s
        WHEN 'another is here' THEN 'another text is here as sample ' || sample
        ELSE 'line ' || first_line || ' has another text as sample ' || sample
    END
FROM placed
JOIN qftapp_itemversion AS version ON version.id = placed.version_id
JOIN qftapp_item AS item ON item.id = version.item_id
WHERE fate NOT IN ('new', 'present')
ORDER BY placed.line
"""


class Merged:
    """What became of the rows that were sound."""

    def __init__(self) -> None:
        self.arrived = self.present = 0
        self.last_sample = -1


def merge(run_id: int, still: Callable[[int], None]) -> Merged:
    """Make traces of the rows in `incoming`; call it with the run locked, inside the transaction that loaded them.

    `still` is told how many lines are done, and raises when somebody has cancelled.
    """
    merged = Merged()
    with connection.cursor() as cursor:
        for statement in PLACE.split(";\n"):
            if statement.strip():
                cursor.execute(statement, {"run": run_id, "most": MAX_KEPT_SAMPLES} if "%(" in statement else None)
                still(0)
        cursor.execute(COUNTS)
        merged.present, merged.last_sample, last_line = cursor.fetchone()
        for after in range(0, last_line, LINES_A_STATEMENT):
            span = {"run": run_id, "after": after, "last": after + LINES_A_STATEMENT}
            cursor.execute(STORE, span)
            merged.arrived += cursor.rowcount
            still(min(last_line, after + LINES_A_STATEMENT))
    return merged


def refusals() -> Iterator[Refusal]:
    """The rows that found no place, in the order of the file."""
    with connection.cursor() as cursor:
        cursor.execute(REFUSALS, {"too_many": f"the item has {MAX_KEPT_SAMPLES:,} samples already"})
        while rows := cursor.fetchmany(1000):
            for row in rows:
                yield Refusal(*row)
