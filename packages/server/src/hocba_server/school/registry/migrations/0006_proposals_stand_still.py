from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION school_registry_keep_case() RETURNS trigger LANGUAGE plpgsql AS $keep$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'thay đổi hộ tịch không xoá được'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state <> 'proposed'
        OR (to_jsonb(NEW) - ARRAY[{decision}]) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY[{decision}])
    THEN
        RAISE EXCEPTION 'thay đổi hộ tịch đã lập không sửa được'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$keep$;
""".format(decision="'state', 'answer', 'decided_by', 'decided_at'")


class Migration(migrations.Migration):
    """Of a proposed change of civil status only the decision may be written, whatever else it has.

    Going back leaves this stricter guard in place: an older version of the program does no more.
    """

    dependencies = [("school_registry", "0005_never_emptied")]

    operations = [migrations.RunSQL(GUARD, migrations.RunSQL.noop)]
