"""Triggers that keep what was submitted, judged, frozen or logged from ever changing."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION qft_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE ON qftapp_event
    FOR EACH ROW EXECUTE FUNCTION qft_refuse('the log only grows');

CREATE TRIGGER review_never_changes BEFORE UPDATE OR DELETE ON qftapp_review
    FOR EACH ROW EXECUTE FUNCTION qft_refuse('a review stands as it was given');

CREATE TRIGGER version_content_is_frozen_outside_draft BEFORE UPDATE ON qftapp_itemversion
    FOR EACH ROW
    WHEN (OLD.state <> 'draft' AND (
        (OLD.statement, OLD.contract, OLD.solution, OLD.second_solution, OLD.author_id, OLD.item_id, OLD.number)
        IS DISTINCT FROM
        (NEW.statement, NEW.contract, NEW.solution, NEW.second_solution, NEW.author_id, NEW.item_id, NEW.number)
        OR OLD.created_at <> NEW.created_at
        OR (NEW.state <> 'draft' AND (NEW.content_hash, NEW.gate) IS DISTINCT FROM (OLD.content_hash, OLD.gate))))
    EXECUTE FUNCTION qft_refuse('content is frozen outside draft');

CREATE TRIGGER version_moves_along_its_life BEFORE UPDATE OF state ON qftapp_itemversion
    FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'review'), ('draft', 'retired'), ('review', 'draft'), ('review', 'approved'),
        ('review', 'retired'), ('approved', 'retired')))
    EXECUTE FUNCTION qft_refuse('the life of a version has no such step');

CREATE TRIGGER version_stays_once_submitted BEFORE DELETE ON qftapp_itemversion
    FOR EACH ROW WHEN (OLD.state <> 'draft')
    EXECUTE FUNCTION qft_refuse('a submitted version stays; retire it');

CREATE TRIGGER frozen_release_never_changes BEFORE UPDATE OR DELETE ON qftapp_release
    FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL)
    EXECUTE FUNCTION qft_refuse('the release is frozen');

CREATE FUNCTION qft_refuse_in_frozen_release() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.release_id]
        WHEN 'DELETE' THEN ARRAY[OLD.release_id]
        ELSE ARRAY[OLD.release_id, NEW.release_id] END;
BEGIN
    -- Waits for a freeze under way, whose end the next statement then sees.
    PERFORM FROM qftapp_release WHERE id = ANY (touched) FOR KEY SHARE;
    IF EXISTS (SELECT FROM qftapp_release WHERE id = ANY (touched) AND frozen_at IS NOT NULL) THEN
        RAISE EXCEPTION '% of % is refused: the release is frozen', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER entry_of_frozen_release_never_changes BEFORE INSERT OR UPDATE OR DELETE ON qftapp_releaseentry
    FOR EACH ROW EXECUTE FUNCTION qft_refuse_in_frozen_release();
"""

ALLOW = """
DROP TRIGGER event_is_append_only ON qftapp_event;
DROP TRIGGER review_never_changes ON qftapp_review;
DROP TRIGGER version_content_is_frozen_outside_draft ON qftapp_itemversion;
DROP TRIGGER version_moves_along_its_life ON qftapp_itemversion;
DROP TRIGGER version_stays_once_submitted ON qftapp_itemversion;
DROP TRIGGER frozen_release_never_changes ON qftapp_release;
DROP TRIGGER entry_of_frozen_release_never_changes ON qftapp_releaseentry;
DROP FUNCTION qft_refuse();
DROP FUNCTION qft_refuse_in_frozen_release();
"""


class Migration(migrations.Migration):
    dependencies = [("qftapp", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
