from __future__ import annotations

from django.db import migrations, models

TABLE = "city_repository_compressiondictionary"
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
    """Dictionaries are kept as long as what is compressed with them: nothing changes, nothing goes."""

    dependencies = [("city_repository", "0005_corrections")]

    operations = [
        migrations.CreateModel(
            name="CompressionDictionary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("profile", models.CharField(max_length=10, verbose_name="phiên bản định dạng")),
                ("school_year", models.CharField(max_length=9, verbose_name="năm học")),
                ("data", models.BinaryField(verbose_name="từ điển")),
                ("sha256", models.CharField(max_length=64, unique=True, verbose_name="mã băm")),
                ("samples", models.PositiveIntegerField(verbose_name="số học bạ mẫu")),
                ("measured", models.PositiveIntegerField(verbose_name="số học bạ để đo")),
                ("plain_bytes", models.PositiveBigIntegerField(verbose_name="số byte khi chưa nén")),
                (
                    "bytes_without",
                    models.PositiveBigIntegerField(verbose_name="số byte khi nén không từ điển"),
                ),
                (
                    "bytes_with",
                    models.PositiveBigIntegerField(verbose_name="số byte khi nén với từ điển"),
                ),
                ("trained_by_name", models.CharField(max_length=150, verbose_name="người tạo")),
                ("trained_at", models.DateTimeField(verbose_name="tạo lúc")),
            ],
            options={"verbose_name": "từ điển nén", "ordering": ["pk"]},
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
