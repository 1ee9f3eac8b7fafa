from django.db import migrations

ONWARD = """
CREATE OR REPLACE FUNCTION school_issuing_freeze() RETURNS trigger LANGUAGE plpgsql AS $freeze$
DECLARE
    issued CONSTANT text[] := ARRAY[
        'issued', 'submitted', 'accepted', 'rejected', 'recall_requested', 'closed',
        'correction_requested', 'correction_approved', 'recalled', 'replaced'];
    onward CONSTANT text[] := ARRAY[
        'issued>submitted', 'submitted>accepted', 'submitted>rejected',
        'accepted>recall_requested', 'recall_requested>recalled', 'recall_requested>accepted',
        'accepted>closed', 'closed>accepted', 'closed>correction_requested', 'correction_requested>closed',
        'correction_requested>correction_approved', 'correction_approved>recalled',
        'recalled>replaced'];
BEGIN
    IF NOT OLD.state = ANY (issued) THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF NEW.record_uuid <> OLD.record_uuid THEN
            RAISE EXCEPTION 'mã tra cứu của học bạ % không đổi được', OLD.record_uuid
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'học bạ % đã phát hành nên không xoá được', OLD.record_uuid
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.id, NEW.batch_id, NEW.enrolment_id, NEW.record_uuid, NEW.document,
            NEW.pending_subjects, NEW.created_by, NEW.created_at, NEW.issued_by, NEW.issued_at)
        IS DISTINCT FROM
       (OLD.id, OLD.batch_id, OLD.enrolment_id, OLD.record_uuid, OLD.document,
            OLD.pending_subjects, OLD.created_by, OLD.created_at, OLD.issued_by, OLD.issued_at)
    THEN
        RAISE EXCEPTION 'học bạ % đã phát hành nên không sửa được', OLD.record_uuid
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY (onward) THEN
        RAISE EXCEPTION 'học bạ % đã phát hành, không chuyển từ % sang %',
            OLD.record_uuid, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$freeze$;
"""
BACK = ONWARD.replace("'closed>accepted', ", "")


class Migration(migrations.Migration):
    """Let a closed record become an accepted one again when the department reopens its class."""

    dependencies = [("school_issuing", "0006_issued_stands_still")]

    operations = [migrations.RunSQL(ONWARD, BACK)]
