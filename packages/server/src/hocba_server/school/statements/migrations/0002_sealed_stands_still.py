from django.db import migrations

FREEZE = """
CREATE FUNCTION school_statements_freeze() RETURNS trigger LANGUAGE plpgsql AS $freeze$
BEGIN
    IF OLD.state = 'sealed' OR TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'giấy tờ đã ban hành không sửa, không xoá được'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$freeze$;
CREATE TRIGGER freeze_sealed BEFORE UPDATE OR DELETE ON school_statements_statement
    FOR EACH ROW EXECUTE FUNCTION school_statements_freeze();
"""
THAW = """
DROP TRIGGER freeze_sealed ON school_statements_statement;
DROP FUNCTION school_statements_freeze();
"""


class Migration(migrations.Migration):
    dependencies = [("school_statements", "0001_initial")]
    operations = [migrations.RunSQL(FREEZE, THAW)]
