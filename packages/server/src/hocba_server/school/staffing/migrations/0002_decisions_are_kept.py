from django.db import migrations

GUARD = """
CREATE FUNCTION school_staffing_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    RAISE EXCEPTION 'quyết định phân công chỉ ghi thêm, không sửa, không xoá (append-only)'
        USING ERRCODE = 'integrity_constraint_violation';
END
$guard$;
CREATE TRIGGER school_staffing_no_change BEFORE UPDATE OR DELETE
    ON school_staffing_assignmentdecision
    FOR EACH ROW EXECUTE FUNCTION school_staffing_append_only();
CREATE TRIGGER school_staffing_no_truncate BEFORE TRUNCATE
    ON school_staffing_assignmentdecision
    FOR EACH STATEMENT EXECUTE FUNCTION school_staffing_append_only();
"""

UNGUARD = """
DROP TRIGGER school_staffing_no_truncate ON school_staffing_assignmentdecision;
DROP TRIGGER school_staffing_no_change ON school_staffing_assignmentdecision;
DROP FUNCTION school_staffing_append_only();
"""


class Migration(migrations.Migration):
    """Let the database itself keep what the head signed."""

    dependencies = [("school_staffing", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
