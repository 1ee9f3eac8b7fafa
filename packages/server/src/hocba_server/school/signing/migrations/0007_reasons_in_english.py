from django.db import migrations, models

WORDS = """
UPDATE school_signing_signingsession SET problem_en = problem WHERE problem <> '';
UPDATE school_signing_signingitem SET sentence_en = sentence WHERE sentence <> '';
UPDATE school_signing_signingsession SET warnings = (
    SELECT jsonb_agg(jsonb_build_object('vi', one, 'en', one))
    FROM jsonb_array_elements_text(warnings) AS one
) WHERE warnings <> '[]';
"""


class Migration(migrations.Migration):
    """Why something was not signed, in English too; what is there already keeps its words."""

    dependencies = [("school_signing", "0006_scope_in_english")]

    operations = [
        migrations.AddField(
            model_name="signingitem",
            name="sentence_en",
            field=models.CharField(
                blank=True, default="", max_length=1000, verbose_name="lý do, tiếng Anh"
            ),
        ),
        migrations.AddField(
            model_name="signingsession",
            name="problem_en",
            field=models.CharField(
                blank=True, default="", max_length=1000, verbose_name="vướng mắc, tiếng Anh"
            ),
        ),
        migrations.RunSQL(WORDS, migrations.RunSQL.noop),
    ]
