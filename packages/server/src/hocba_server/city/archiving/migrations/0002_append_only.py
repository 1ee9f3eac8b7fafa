from __future__ import annotations

from django.db import migrations

TABLES = (
    "city_archiving_treestamp",
    "city_archiving_provenstamp",
    "city_archiving_treebatch",
    "city_archiving_recordleaf",
    "city_archiving_stamprenewal",
    "city_archiving_skippedrecord",
    "city_archiving_archiverun",
)
FUNCTION = "city_archiving_append_only"

GUARD = f"""
CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    RAISE EXCEPTION 'dấu thời gian lưu trữ không sửa, không xoá (archive time-stamps are append-only)'
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
    """Let the database refuse to change, delete or empty trees and chains, whoever asks."""

    dependencies = [("city_archiving", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
