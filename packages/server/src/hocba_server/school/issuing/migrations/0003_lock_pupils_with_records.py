from django.db import migrations

LOCK = """
UPDATE school_registry_enrolment AS enrolment
SET results_locked_by = record.created_by, results_locked_at = record.created_at
FROM school_issuing_annualrecorddraft AS record
WHERE record.enrolment_id = enrolment.id
    AND record.state NOT IN ('rejected', 'recalled', 'replaced');
"""


class Migration(migrations.Migration):
    """The lock of results moved from the class to the pupil."""

    dependencies = [
        ("school_issuing", "0002_freeze_issued_records"),
        ("school_registry", "0002_special_cases"),
    ]
    operations = [migrations.RunSQL(LOCK, migrations.RunSQL.noop)]
