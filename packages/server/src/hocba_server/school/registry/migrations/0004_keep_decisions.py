from django.db import migrations

APPEND_ONLY = ("attachment", "pupilmovement", "assessmentmodedecision")

GUARD = """
CREATE FUNCTION school_registry_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    RAISE EXCEPTION 'bảng % chỉ được ghi thêm (append-only)', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$guard$;
CREATE FUNCTION school_registry_keep_case() RETURNS trigger LANGUAGE plpgsql AS $keep$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'thay đổi hộ tịch không xoá được'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state <> 'proposed'
        OR (NEW.pupil_id, NEW.old_values, NEW.new_values, NEW.decision_number, NEW.decision_date,
            NEW.attachment_id, NEW.proposed_by, NEW.proposed_at)
        IS DISTINCT FROM
           (OLD.pupil_id, OLD.old_values, OLD.new_values, OLD.decision_number, OLD.decision_date,
            OLD.attachment_id, OLD.proposed_by, OLD.proposed_at)
    THEN
        RAISE EXCEPTION 'thay đổi hộ tịch đã lập không sửa được'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$keep$;
CREATE TRIGGER school_registry_keep_case BEFORE UPDATE OR DELETE
    ON school_registry_civilstatuschange
    FOR EACH ROW EXECUTE FUNCTION school_registry_keep_case();
""" + "".join(
    f"""
CREATE TRIGGER school_registry_{name}_keep BEFORE UPDATE OR DELETE ON school_registry_{name}
    FOR EACH ROW EXECUTE FUNCTION school_registry_append_only();
"""
    for name in APPEND_ONLY
)

UNGUARD = "".join(
    f"DROP TRIGGER school_registry_{name}_keep ON school_registry_{name};\n" for name in APPEND_ONLY
) + """
DROP TRIGGER school_registry_keep_case ON school_registry_civilstatuschange;
DROP FUNCTION school_registry_keep_case();
DROP FUNCTION school_registry_append_only();
"""

# A class whose elective has a teacher was learning it before the choice could be written down.
ELECTIVES = """
UPDATE school_registry_classroom AS room SET elective_subjects = chosen.codes
FROM (
    SELECT taught.id, jsonb_agg(DISTINCT row.subject_code ORDER BY row.subject_code) AS codes
    FROM school_registry_staffassignment AS row
    JOIN school_registry_classroom AS taught ON taught.id = row.classroom_id
    WHERE row.subject_code = '14' OR (row.subject_code = '11' AND taught.grade <= 2)
    GROUP BY taught.id
) AS chosen WHERE chosen.id = room.id;
"""


class Migration(migrations.Migration):
    """Let the database itself refuse to change what people decided on."""

    dependencies = [("school_registry", "0003_pupil_cases")]

    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(ELECTIVES, migrations.RunSQL.noop),
    ]
