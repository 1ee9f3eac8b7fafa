from __future__ import annotations

from django.db import migrations

TABLES = ("city_store_receivedmessage", "city_store_receivedclosing")
FUNCTION = "city_store_append_only"

GUARD = f"""
CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    RAISE EXCEPTION 'gói và bản chốt đã nhận không sửa, không xoá (what was received is append-only)'
        USING ERRCODE = 'integrity_constraint_violation';
END
$guard$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {FUNCTION}();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}();
"""
    for table in TABLES
)
UNGUARD = "".join(
    f"DROP TRIGGER {table}_no_truncate ON {table};"
    f"DROP TRIGGER {table}_no_change ON {table};"
    for table in TABLES
) + f"DROP FUNCTION {FUNCTION}();"


class Migration(migrations.Migration):
    """Let the database refuse to change or delete what departments sent, whoever asks."""

    dependencies = [("city_store", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
