from django.db import migrations

FREEZE = """
CREATE FUNCTION school_assessments_keep_history() RETURNS trigger LANGUAGE plpgsql AS $keep$
BEGIN
    RAISE EXCEPTION 'lịch sử sửa kết quả không sửa, không xoá được'
        USING ERRCODE = 'integrity_constraint_violation';
END;
$keep$;
CREATE TRIGGER keep_history BEFORE UPDATE OR DELETE ON school_assessments_valuechange
    FOR EACH ROW EXECUTE FUNCTION school_assessments_keep_history();
CREATE TRIGGER keep_history_whole BEFORE TRUNCATE ON school_assessments_valuechange
    FOR EACH STATEMENT EXECUTE FUNCTION school_assessments_keep_history();
"""
THAW = """
DROP TRIGGER keep_history_whole ON school_assessments_valuechange;
DROP TRIGGER keep_history ON school_assessments_valuechange;
DROP FUNCTION school_assessments_keep_history();
"""


class Migration(migrations.Migration):
    dependencies = [("school_assessments", "0002_periods_windows_history")]
    operations = [migrations.RunSQL(FREEZE, THAW)]
