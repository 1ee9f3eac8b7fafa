from django.db import migrations

GUARD = """
CREATE FUNCTION web_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    RAISE EXCEPTION 'nhật ký chỉ được ghi thêm, không sửa, không xoá (audit entries are append-only)'
        USING ERRCODE = 'integrity_constraint_violation';
END
$guard$;
CREATE TRIGGER web_audit_no_change BEFORE UPDATE OR DELETE ON web_audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION web_audit_append_only();
CREATE TRIGGER web_audit_no_truncate BEFORE TRUNCATE ON web_audit_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION web_audit_append_only();
"""

UNGUARD = """
DROP TRIGGER web_audit_no_truncate ON web_audit_auditentry;
DROP TRIGGER web_audit_no_change ON web_audit_auditentry;
DROP FUNCTION web_audit_append_only();
"""


class Migration(migrations.Migration):
    """Let the database itself refuse to change, delete or empty the audit trail, whoever asks."""

    dependencies = [("web_audit", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
