from django.db import migrations

GUARD = """
CREATE FUNCTION school_papers_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    RAISE EXCEPTION 'sổ bản in, bản sao chỉ ghi thêm, không sửa, không xoá (append-only)'
        USING ERRCODE = 'integrity_constraint_violation';
END
$guard$;
CREATE FUNCTION school_papers_no_gap() RETURNS trigger LANGUAGE plpgsql AS $gap$
DECLARE
    before integer;
BEGIN
    SELECT coalesce(max(number), 0) INTO before FROM school_papers_issuedpaper
        WHERE school_id = NEW.school_id AND kind = NEW.kind AND year = NEW.year;
    IF NEW.number <> before + 1 THEN
        RAISE EXCEPTION 'số % không nối tiếp số % trong sổ', NEW.number, before
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$gap$;
CREATE TRIGGER school_papers_no_change BEFORE UPDATE OR DELETE ON school_papers_issuedpaper
    FOR EACH ROW EXECUTE FUNCTION school_papers_append_only();
CREATE TRIGGER school_papers_no_truncate BEFORE TRUNCATE ON school_papers_issuedpaper
    FOR EACH STATEMENT EXECUTE FUNCTION school_papers_append_only();
CREATE TRIGGER school_papers_no_gap BEFORE INSERT ON school_papers_issuedpaper
    FOR EACH ROW EXECUTE FUNCTION school_papers_no_gap();
"""

UNGUARD = """
DROP TRIGGER school_papers_no_gap ON school_papers_issuedpaper;
DROP TRIGGER school_papers_no_truncate ON school_papers_issuedpaper;
DROP TRIGGER school_papers_no_change ON school_papers_issuedpaper;
DROP FUNCTION school_papers_no_gap();
DROP FUNCTION school_papers_append_only();
"""


class Migration(migrations.Migration):
    """Let the database itself keep the register: lines are only added, numbers never skipped."""

    dependencies = [("school_papers", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
