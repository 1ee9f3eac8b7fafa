from django.db import migrations

ISSUED = """ARRAY['issued', 'submitted', 'accepted', 'rejected', 'recall_requested', 'closed',
        'correction_requested', 'correction_approved', 'recalled', 'replaced']"""

GUARD = f"""
CREATE FUNCTION school_issuing_freeze_rest() RETURNS trigger LANGUAGE plpgsql AS $freeze$
DECLARE
    onward CONSTANT text[] := ARRAY['state', 'state_since', 'refusal'];
BEGIN
    IF OLD.state = ANY ({ISSUED})
        AND to_jsonb(NEW) - onward IS DISTINCT FROM to_jsonb(OLD) - onward
    THEN
        RAISE EXCEPTION 'học bạ % đã phát hành nên không sửa được', OLD.record_uuid
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$freeze$;
CREATE TRIGGER school_issuing_freeze_rest BEFORE UPDATE ON school_issuing_annualrecorddraft
    FOR EACH ROW EXECUTE FUNCTION school_issuing_freeze_rest();

CREATE FUNCTION school_issuing_keep_stamp() RETURNS trigger LANGUAGE plpgsql AS $keep$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (
        SELECT FROM school_issuing_annualrecorddraft
        WHERE id = OLD.record_id AND state = ANY ({ISSUED})
    ) THEN
        RAISE EXCEPTION 'chữ ký của học bạ đã phát hành không sửa, không xoá được'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    -- The seal is the last: its own stamp is written just after the record became issued.
    IF EXISTS (
        SELECT FROM school_issuing_annualrecorddraft AS record
        JOIN school_issuing_signaturestamp AS seal ON seal.record_id = record.id
        WHERE record.id = NEW.record_id AND record.state = ANY ({ISSUED})
            AND seal.role = 'KY_PHAT_HANH'
    ) THEN
        RAISE EXCEPTION 'học bạ đã phát hành nên không thêm chữ ký được'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$keep$;
CREATE TRIGGER school_issuing_keep_stamp BEFORE INSERT OR UPDATE OR DELETE
    ON school_issuing_signaturestamp
    FOR EACH ROW EXECUTE FUNCTION school_issuing_keep_stamp();

CREATE FUNCTION school_issuing_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $whole$
BEGIN
    RAISE EXCEPTION 'bảng học bạ đã phát hành không xoá sạch được (no TRUNCATE)'
        USING ERRCODE = 'integrity_constraint_violation';
END
$whole$;
CREATE TRIGGER school_issuing_no_truncate BEFORE TRUNCATE ON school_issuing_annualrecorddraft
    FOR EACH STATEMENT EXECUTE FUNCTION school_issuing_no_truncate();
CREATE TRIGGER school_issuing_no_truncate BEFORE TRUNCATE ON school_issuing_signaturestamp
    FOR EACH STATEMENT EXECUTE FUNCTION school_issuing_no_truncate();
"""

UNGUARD = """
DROP TRIGGER school_issuing_no_truncate ON school_issuing_signaturestamp;
DROP TRIGGER school_issuing_no_truncate ON school_issuing_annualrecorddraft;
DROP TRIGGER school_issuing_keep_stamp ON school_issuing_signaturestamp;
DROP TRIGGER school_issuing_freeze_rest ON school_issuing_annualrecorddraft;
DROP FUNCTION school_issuing_no_truncate();
DROP FUNCTION school_issuing_keep_stamp();
DROP FUNCTION school_issuing_freeze_rest();
"""


class Migration(migrations.Migration):
    """Freeze what 0002 left open: the named signers, the stamps, and emptying whole tables."""

    dependencies = [("school_issuing", "0005_named_signers")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
