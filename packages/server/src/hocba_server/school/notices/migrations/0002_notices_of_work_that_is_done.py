from django.db import migrations, models


class Migration(migrations.Migration):
    """A notice knows which work it asks for, and when that was done."""

    dependencies = [("school_notices", "0001_initial"), ("school_registry", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="matter",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="việc"),
        ),
        migrations.AddField(
            model_name="notice",
            name="settled_at",
            field=models.DateTimeField(null=True, verbose_name="xong việc lúc"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(
                    ("settled_at__isnull", True), models.Q(("matter", ""), _negated=True)
                ),
                fields=["school", "matter"],
                name="notices_of_open_work",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_at__isnull", True), ("read_at__isnull", False), _connector="OR"
                ),
                name="notice_settled_is_read",
            ),
        ),
    ]
