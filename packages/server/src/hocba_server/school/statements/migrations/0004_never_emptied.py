from django.db import migrations

GUARD = """
CREATE FUNCTION school_statements_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $whole$
BEGIN
    RAISE EXCEPTION 'bảng giấy tờ đã ký không xoá sạch được (no TRUNCATE)'
        USING ERRCODE = 'integrity_constraint_violation';
END
$whole$;
CREATE TRIGGER school_statements_no_truncate BEFORE TRUNCATE ON school_statements_statement
    FOR EACH STATEMENT EXECUTE FUNCTION school_statements_no_truncate();
"""

UNGUARD = """
DROP TRIGGER school_statements_no_truncate ON school_statements_statement;
DROP FUNCTION school_statements_no_truncate();
"""


class Migration(migrations.Migration):
    """Signed papers are not emptied as a whole table either."""

    dependencies = [("school_statements", "0003_delete_statementround")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
