"""The report of the checks may be renewed by an act that says so; everything else stays frozen outside draft."""

from django.db import migrations

FROZEN = """
DROP TRIGGER version_content_is_frozen_outside_draft ON qftapp_itemversion;
CREATE TRIGGER version_content_is_frozen_outside_draft BEFORE UPDATE ON qftapp_itemversion
    FOR EACH ROW
    WHEN (OLD.state <> 'draft' AND (
        (OLD.statement, OLD.contract, OLD.solution, OLD.second_solution, OLD.author_id, OLD.item_id, OLD.number)
        IS DISTINCT FROM
        (NEW.statement, NEW.contract, NEW.solution, NEW.second_solution, NEW.author_id, NEW.item_id, NEW.number)
        OR OLD.created_at <> NEW.created_at
        OR (NEW.state <> 'draft' AND (NEW.content_hash IS DISTINCT FROM OLD.content_hash {gate}))))
    EXECUTE FUNCTION qft_refuse('content is frozen outside draft');
"""
GATE = "OR NEW.gate IS DISTINCT FROM OLD.gate"
RENEWED = f"{GATE} AND current_setting('qft.renews_gate', true) IS DISTINCT FROM 'yes'"


class Migration(migrations.Migration):
    dependencies = [("qftapp", "0006_examinations")]
    operations = [migrations.RunSQL(FROZEN.format(gate=RENEWED), FROZEN.format(gate=GATE))]
