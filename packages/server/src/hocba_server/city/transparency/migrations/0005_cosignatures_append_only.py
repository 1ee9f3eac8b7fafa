from __future__ import annotations

from django.db import migrations

TABLE = "city_transparency_witnesscosignature"
FUNCTION = "city_transparency_append_only"
GUARD = f"""
CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {FUNCTION}();
CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}();
"""
UNGUARD = f"DROP TRIGGER {TABLE}_no_truncate ON {TABLE}; DROP TRIGGER {TABLE}_no_change ON {TABLE};"


class Migration(migrations.Migration):
    """What a witness signed stays, like the head that it signed."""

    dependencies = [("city_transparency", "0004_witnesses")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
