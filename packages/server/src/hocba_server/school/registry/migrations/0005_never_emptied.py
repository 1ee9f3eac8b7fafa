from django.db import migrations

KEPT = ("attachment", "pupilmovement", "assessmentmodedecision", "civilstatuschange")

GUARD = "".join(
    f"""
CREATE TRIGGER school_registry_{name}_no_truncate BEFORE TRUNCATE ON school_registry_{name}
    FOR EACH STATEMENT EXECUTE FUNCTION school_registry_append_only();
"""
    for name in KEPT
)

UNGUARD = "".join(
    f"DROP TRIGGER school_registry_{name}_no_truncate ON school_registry_{name};\n"
    for name in KEPT
)


class Migration(migrations.Migration):
    """Decisions about pupils and their attachments are not emptied as a whole table either."""

    dependencies = [("school_registry", "0004_keep_decisions")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
