from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

TABLE = "city_repository_original"
RECORDS = "city_repository_storedrecord"
FUNCTION = "city_repository_append_only"
"""Made by migration 0002."""

PARTITIONED = f"""
CREATE TABLE {TABLE} (
    record_id bigint NOT NULL,
    school_year varchar(9) NOT NULL,
    unit_code varchar(20) NOT NULL,
    dictionary_id integer NOT NULL CHECK (dictionary_id >= 0),
    -- Compressed already: PostgreSQL need not try again.
    document bytea STORAGE EXTERNAL NOT NULL,
    PRIMARY KEY (record_id, school_year)
) PARTITION BY LIST (school_year);
CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {FUNCTION}();
CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}();
"""

ROOM = f"""
CREATE FUNCTION city_repository_room_for(school_year text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $room$
DECLARE
    name text := '{TABLE}_' || substr(school_year, 1, 4);
BEGIN
    IF school_year !~ '^[0-9]{{4}}-[0-9]{{4}}$'
       OR substr(school_year, 6)::int <> substr(school_year, 1, 4)::int + 1 THEN
        RAISE EXCEPTION 'không phải năm học (not a school year): %', school_year
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF to_regclass('public.' || name) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('{TABLE}'));
    IF to_regclass('public.' || name) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.{TABLE} INCLUDING ALL)', name);
    EXECUTE format(
        'CREATE TRIGGER %I BEFORE TRUNCATE ON public.%I FOR EACH STATEMENT '
        'EXECUTE FUNCTION public.{FUNCTION}()', name || '_no_truncate', name);
    -- ATTACH, not PARTITION OF: others go on reading and writing meanwhile.
    EXECUTE format(
        'ALTER TABLE public.{TABLE} ATTACH PARTITION public.%I FOR VALUES IN (%L)',
        name, school_year);
END
$room$;
REVOKE ALL ON FUNCTION city_repository_room_for(text) FROM PUBLIC;
"""

TOGETHER = f"""
CREATE FUNCTION city_repository_original_belongs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $belongs$
BEGIN
    IF NOT EXISTS (SELECT FROM {RECORDS} kept WHERE kept.id = NEW.record_id
            AND kept.school_year = NEW.school_year AND kept.unit_code = NEW.unit_code) THEN
        RAISE EXCEPTION 'bản gốc không thuộc học bạ nào của năm và trường ấy (bytes of no record)'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$belongs$;
CREATE TRIGGER {TABLE}_belongs BEFORE INSERT ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION city_repository_original_belongs();

CREATE FUNCTION city_repository_record_has_original() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $has$
BEGIN
    IF NOT EXISTS (SELECT FROM {TABLE} kept WHERE kept.record_id = NEW.id
            AND kept.school_year = NEW.school_year) THEN
        RAISE EXCEPTION 'học bạ không có bản gốc (a record without its bytes)'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$has$;
CREATE CONSTRAINT TRIGGER {RECORDS}_has_original AFTER INSERT ON {RECORDS}
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION city_repository_record_has_original();
"""

MOVE = f"""
SELECT city_repository_room_for(years.school_year)
    FROM (SELECT DISTINCT school_year FROM {RECORDS} ORDER BY school_year) years;
INSERT INTO {TABLE} (record_id, school_year, unit_code, dictionary_id, document)
    SELECT id, school_year, unit_code, dictionary_id, document FROM {RECORDS};
"""


class Migration(migrations.Migration):
    """Originals leave the table in which records are found, into one table for each school year."""

    dependencies = [("city_repository", "0006_dictionaries")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Original",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "record_id",
                                "school_year",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "record",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="city_repository.storedrecord",
                            ),
                        ),
                        ("school_year", models.CharField(max_length=9, verbose_name="năm học")),
                        ("unit_code", models.CharField(max_length=20, verbose_name="mã trường")),
                        (
                            "dictionary_id",
                            models.PositiveIntegerField(default=0, verbose_name="từ điển nén"),
                        ),
                        ("document", models.BinaryField(verbose_name="bản gốc (zstd)")),
                    ],
                    options={"verbose_name": "bản gốc"},
                )
            ],
            database_operations=[
                migrations.RunSQL(PARTITIONED),
                migrations.RunSQL(ROOM),
                migrations.RunSQL(TOGETHER),
                migrations.RunSQL(MOVE),
            ],
        ),
        migrations.RemoveField(model_name="storedrecord", name="document"),
        migrations.RemoveField(model_name="storedrecord", name="dictionary_id"),
    ]
