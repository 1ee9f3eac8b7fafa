import django.db.models.deletion
from django.db import migrations, models

SCHOOLS = """
UPDATE school_signing_signingsession AS session
SET school_id = classroom.school_id, scope = left('Lớp ' || classroom.name, 60)
FROM school_issuing_issuebatch AS batch, school_registry_classroom AS classroom
WHERE batch.id = session.batch_id AND classroom.id = batch.classroom_id;
"""


class Migration(migrations.Migration):
    """A session lists its records, so that it can be a grade or the whole school."""

    dependencies = [
        ("school_signing", "0001_initial"),
        ("school_issuing", "0004_state_since"),
        ("school_registry", "0002_special_cases"),
    ]
    operations = [
        migrations.AddField(
            "signingsession",
            "school",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signing_sessions",
                to="school_registry.school",
            ),
        ),
        migrations.AddField(
            "signingsession",
            "scope",
            models.CharField(default="", max_length=60, verbose_name="phạm vi"),
            preserve_default=False,
        ),
        migrations.RunSQL(SCHOOLS, migrations.RunSQL.noop),
        # What follows changes the table that was just written to.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            "signingsession",
            "school",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signing_sessions",
                to="school_registry.school",
            ),
        ),
        migrations.RemoveConstraint("signingsession", "one_open_session_per_batch"),
        migrations.RemoveField("signingsession", "batch"),
    ]
