from __future__ import annotations

from django.db import migrations

TABLES = (
    'city_oversight_situationreport',
    'city_oversight_stepdate',
    'city_oversight_madereport',
)
FUNCTION = "city_oversight_append_only"

GUARD = f"""
CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    RAISE EXCEPTION 'báo cáo tình hình, hạn và báo cáo đã lập không sửa, không xoá (reports are append-only)'
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
    """Let the database refuse to change, delete or empty what was said, set or reported."""

    dependencies = [("city_oversight", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
