from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("school_issuing", "0003_lock_pupils_with_records")]
    operations = [
        migrations.AddField(
            "annualrecorddraft",
            "state_since",
            models.DateTimeField(null=True, verbose_name="ở trạng thái này từ"),
        ),
    ]
