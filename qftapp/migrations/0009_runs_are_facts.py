"""Triggers that keep what was asked, answered and graded from ever changing, and the first prompt."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSE = """
CREATE TRIGGER prompt_never_changes BEFORE UPDATE ON qftapp_prompt
    FOR EACH ROW EXECUTE FUNCTION qft_refuse('a prompt stands as it was written; write the next number');

CREATE TRIGGER trace_never_changes BEFORE UPDATE ON qftapp_trace
    FOR EACH ROW EXECUTE FUNCTION qft_refuse('a trace stands as it was answered');

CREATE TRIGGER grade_stands BEFORE UPDATE ON qftapp_grade
    FOR EACH ROW
    WHEN ((OLD.trace_id, OLD.run_id, OLD.verifier_version, OLD.outcome, OLD.reason, OLD.diagnosis, OLD.answer,
           OLD.detail, OLD.created_at)
          IS DISTINCT FROM
          (NEW.trace_id, NEW.run_id, NEW.verifier_version, NEW.outcome, NEW.reason, NEW.diagnosis, NEW.answer,
           NEW.detail, NEW.created_at))
    EXECUTE FUNCTION qft_refuse('a grade stands; a newer one stands beside it');

ALTER TABLE qftapp_trace ADD CONSTRAINT trace_with_its_run UNIQUE (id, run_id);
ALTER TABLE qftapp_grade ADD CONSTRAINT grade_names_the_run_of_its_trace
    FOREIGN KEY (trace_id, run_id) REFERENCES qftapp_trace (id, run_id) DEFERRABLE INITIALLY DEFERRED;
"""

ALLOW = """
ALTER TABLE qftapp_grade DROP CONSTRAINT grade_names_the_run_of_its_trace;
ALTER TABLE qftapp_trace DROP CONSTRAINT trace_with_its_run;
DROP TRIGGER grade_stands ON qftapp_grade;
DROP TRIGGER trace_never_changes ON qftapp_trace;
DROP TRIGGER prompt_never_changes ON qftapp_prompt;
"""

TEMPLATE = "{statement}\n\n{requirements}\n\n{conventions}"


def add_first_prompt(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The prompt that every site begins with: statement, answer requirements, conventions last."""
    apps.get_model("qftapp", "Prompt").objects.create(name="default", number=1, template=TEMPLATE)


class Migration(migrations.Migration):
    dependencies = [("qftapp", "0008_runs")]
    operations = [
        migrations.RunPython(add_first_prompt, migrations.RunPython.noop),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
