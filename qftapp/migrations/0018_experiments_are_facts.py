"""Triggers that keep what left the house, and what came back, as it was."""

from django.db import migrations

REFUSE = """
CREATE TRIGGER export_stands BEFORE UPDATE ON qftapp_export
    FOR EACH ROW WHEN (OLD.state = 'done')
    EXECUTE FUNCTION qft_refuse('an export stands as it was made; make another');

CREATE TRIGGER export_item_never_changes BEFORE UPDATE ON qftapp_exportitem
    FOR EACH ROW EXECUTE FUNCTION qft_refuse('an export stands as it was made; make another');

CREATE TRIGGER checkpoint_stands BEFORE UPDATE ON qftapp_checkpoint
    FOR EACH ROW
    WHEN ((OLD.job_id, OLD.step, OLD.model_id, OLD.sha256, OLD.created_by_id, OLD.created_at)
          IS DISTINCT FROM
          (NEW.job_id, NEW.step, NEW.model_id, NEW.sha256, NEW.created_by_id, NEW.created_at))
    EXECUTE FUNCTION qft_refuse('a checkpoint stands as it was registered');
"""

ALLOW = """
DROP TRIGGER checkpoint_stands ON qftapp_checkpoint;
DROP TRIGGER export_item_never_changes ON qftapp_exportitem;
DROP TRIGGER export_stands ON qftapp_export;
"""


class Migration(migrations.Migration):
    dependencies = [("qftapp", "0017_experiments")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
