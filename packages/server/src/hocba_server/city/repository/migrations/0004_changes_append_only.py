from __future__ import annotations

from django.db import migrations

TABLE = "city_repository_statuschange"
FUNCTION = "city_repository_append_only"
"""Made by migration 0002."""

GUARD = f"""
CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {FUNCTION}();
CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}();
"""
UNGUARD = f"DROP TRIGGER {TABLE}_no_truncate ON {TABLE};DROP TRIGGER {TABLE}_no_change ON {TABLE};"


class Migration(migrations.Migration):
    """What happened to a record is kept like the record itself: nothing changes, nothing goes."""

    dependencies = [("city_repository", "0003_statuschange")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
