"""How often a trace turns back, counted with its words; and what reports need of a run."""

import django.db.models.deletion
from django.db import migrations, models

BACKTRACKS = r"""
CREATE FUNCTION qft_backtracks(source text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
-- Sentences with a cue of docs/backtracks.md, number 1: a match takes the rest of its sentence, whose other cues are
-- of the same doubt. Another pattern is another number, and empties the table and the tallies.
    SELECT count(*)::integer FROM regexp_matches(source, concat(
        '\m(?:',
        'wait(?! (?:for|until|till)\M)|hm+',
        '|scratch that|my mistake|on (?:second|further) thoughts?',
        '|no,? (?:that|this)(?:[''’]s| is)(?: not| wrong)|actually,? no',
        '|(?:that|this)(?: is|[''’]s) (?:wrong|incorrect|a mistake|an error)',
        '|(?:that|this|it|something)(?:[''’]s not|(?: is| can| could| does| did)(?: not|not|n?[''’]t)) ',
        '(?:be |seem |look |seem to be )?(?:quite )?(?:right|correct)',
        '|(?:i|we)(?: have|[''’]ve| must have)? ?(?:made|make) (?:an?|some) (?:\w+ )?(?:mistake|error)s?',
        '|there(?: is|[''’]s| must be| seems to be) (?:an?|some) (?:\w+ )?(?:mistake|error)',
        '|(?:let me|let us|let[''’]s|(?:i|we) (?:should|must|need to|have to|will|had better)|(?:i|we)[''’]ll) ',
        '(?:\w+ )?',
        '(?:(?:re-?|double[- ])(?:check|consider|think|examine|do|compute|calculate|derive|evaluate|visit|verify|start)',
        '|(?:check|verify|think|look|try|start|begin|go)(?: \w+){0,3} (?:again|over|back|afresh)',
        '|try (?:another|a different|some other) (?:approach|way|method|route|gauge))',
        ')\M[^.!?\n]*'
    ), 'gi')
$$;
"""

TELL = """
CREATE TRIGGER new_backtracks_change_their_run AFTER INSERT ON qftapp_tracebacktracks REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION qft_run_changed();
CREATE TRIGGER backtracks_that_change_change_their_run AFTER UPDATE ON qftapp_tracebacktracks
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION qft_run_changed();
CREATE TRIGGER backtracks_that_go_change_their_run AFTER DELETE ON qftapp_tracebacktracks
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION qft_run_changed();
"""

BE_QUIET = """
DROP TRIGGER backtracks_that_go_change_their_run ON qftapp_tracebacktracks;
DROP TRIGGER backtracks_that_change_change_their_run ON qftapp_tracebacktracks;
DROP TRIGGER new_backtracks_change_their_run ON qftapp_tracebacktracks;
"""

OF_TRACE = {"on_delete": django.db.models.deletion.CASCADE, "to": "qftapp.trace"}
OF_RUN = {"on_delete": django.db.models.deletion.PROTECT, "to": "qftapp.run"}


class Migration(migrations.Migration):
    dependencies = [("qftapp", "0023_reports")]
    operations = [
        migrations.RunSQL(BACKTRACKS, "DROP FUNCTION qft_backtracks(text)"),
        migrations.CreateModel(
            name="TraceBacktracks",
            fields=[
                (
                    "trace",
                    models.OneToOneField(primary_key=True, related_name="backtracks", serialize=False, **OF_TRACE),
                ),
                ("run", models.ForeignKey(help_text="The trace's.", related_name="+", **OF_RUN)),
                ("count", models.PositiveIntegerField()),
            ],
        ),
        migrations.RunSQL(TELL, BE_QUIET),
        migrations.AddField(
            "runtally",
            "details",
            models.JSONField(
                help_text="What reports need, as details.Details; counted when asked for.", null=True
            ),
        ),
    ]
