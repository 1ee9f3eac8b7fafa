from __future__ import annotations

from django.db import migrations, models

TABLE = "city_transparency_adoptedentry"
GUARD = f"""
CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION city_transparency_append_only();
CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION city_transparency_append_only();
"""
UNGUARD = f"DROP TRIGGER {TABLE}_no_truncate ON {TABLE};DROP TRIGGER {TABLE}_no_change ON {TABLE};"


class Migration(migrations.Migration):
    """Entries that came back from the published log; what they are is kept for ever, too."""

    dependencies = [("city_transparency", "0005_cosignatures_append_only")]

    operations = [
        migrations.CreateModel(
            name="AdoptedEntry",
            fields=[
                (
                    "index",
                    models.BigIntegerField(
                        primary_key=True, serialize=False, verbose_name="số thứ tự"
                    ),
                ),
                ("adopted_at", models.DateTimeField(verbose_name="nhận lại lúc")),
            ],
            options={
                "verbose_name": "mục nhận lại từ sổ đã công bố",
                "ordering": ["index"],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
