from django.db import migrations, models

WORDS = """
UPDATE school_signing_signingsession SET scope_en = CASE
    WHEN scope LIKE 'Lớp %' THEN 'Class ' || substr(scope, 5)
    WHEN scope LIKE 'Khối %' THEN 'Grade ' || substr(scope, 6)
    ELSE 'Whole school' END
"""


class Migration(migrations.Migration):
    """The scope of a session in English too."""

    dependencies = [("school_signing", "0005_sealed_pdfs")]

    operations = [
        migrations.AddField(
            model_name="signingsession",
            name="scope_en",
            field=models.CharField(default="", max_length=60, verbose_name="phạm vi, tiếng Anh"),
            preserve_default=False,
        ),
        migrations.RunSQL(WORDS, migrations.RunSQL.noop),
    ]
