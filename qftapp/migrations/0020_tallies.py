"""What is counted of runs, and triggers that say when it must be counted again."""

import django.db.models.deletion
from django.db import migrations, models

TELL = """
CREATE FUNCTION qft_run_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    runs bigint[] := ARRAY(SELECT DISTINCT run_id FROM changed);
    held bigint[];
BEGIN
    -- A change that is told already stands for ours too, and is held until ours is there for others.
    held := ARRAY(SELECT run_id FROM qftapp_runchange WHERE run_id = ANY (runs) FOR KEY SHARE);
    INSERT INTO qftapp_runchange (run_id) SELECT run FROM unnest(runs) AS run WHERE run <> ALL (held);
    RETURN NULL;
END $$;

CREATE TRIGGER new_traces_change_their_run AFTER INSERT ON qftapp_trace REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION qft_run_changed();
CREATE TRIGGER traces_that_go_change_their_run AFTER DELETE ON qftapp_trace REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION qft_run_changed();
CREATE TRIGGER new_grades_change_their_run AFTER INSERT ON qftapp_grade REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION qft_run_changed();
CREATE TRIGGER grades_that_change_change_their_run AFTER UPDATE ON qftapp_grade REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION qft_run_changed();
CREATE TRIGGER grades_that_go_change_their_run AFTER DELETE ON qftapp_grade REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION qft_run_changed();
"""

BE_QUIET = """
DROP TRIGGER grades_that_go_change_their_run ON qftapp_grade;
DROP TRIGGER grades_that_change_change_their_run ON qftapp_grade;
DROP TRIGGER new_grades_change_their_run ON qftapp_grade;
DROP TRIGGER traces_that_go_change_their_run ON qftapp_trace;
DROP TRIGGER new_traces_change_their_run ON qftapp_trace;
DROP FUNCTION qft_run_changed();
"""

ONE_RUN = {"on_delete": django.db.models.deletion.CASCADE, "to": "qftapp.run"}


class Migration(migrations.Migration):
    dependencies = [("qftapp", "0019_quicker_words")]
    operations = [
        migrations.CreateModel(
            name="RunTally",
            fields=[
                ("run", models.OneToOneField(primary_key=True, related_name="tally", serialize=False, **ONE_RUN)),
                ("traces", models.PositiveIntegerField()),
                ("sums", models.JSONField(help_text="The numbers of intervals.Sums, over the items.")),
                ("counts", models.JSONField(help_text="The other numbers, as tallies.Counts.")),
            ],
        ),
        migrations.CreateModel(
            name="RunChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run", models.ForeignKey(related_name="changes", **ONE_RUN)),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.RunSQL(TELL, BE_QUIET),
    ]
