from django.db import migrations, models

FILL = """
UPDATE school_issuing_annualrecorddraft AS record
SET subject_signers = coalesce((
        SELECT jsonb_object_agg(assignment.subject_code, staff.personal_id)
        FROM school_registry_staffassignment AS assignment
        JOIN school_registry_staffmember AS staff ON staff.id = assignment.staff_id
        WHERE assignment.classroom_id = batch.classroom_id AND assignment.role = 'GVBM'
    ), '{}'::jsonb),
    homeroom_signer = coalesce((
        SELECT staff.personal_id
        FROM school_registry_staffassignment AS assignment
        JOIN school_registry_staffmember AS staff ON staff.id = assignment.staff_id
        WHERE assignment.classroom_id = batch.classroom_id AND assignment.role = 'GVCN'
        LIMIT 1
    ), '')
FROM school_issuing_issuebatch AS batch WHERE batch.id = record.batch_id;
"""


class Migration(migrations.Migration):
    """A record knows the people whom it names; issued ones are filled for boards only."""

    dependencies = [("school_issuing", "0004_state_since")]
    operations = [
        migrations.AddField(
            "annualrecorddraft",
            "subject_signers",
            models.JSONField(default=dict, verbose_name="người ký từng môn"),
        ),
        migrations.AddField(
            "annualrecorddraft",
            "homeroom_signer",
            models.CharField(default="", max_length=12, verbose_name="người ký chủ nhiệm"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
    ]
