"""Absences become one running total of the year: what stood under term I moves there."""

from typing import Any

from django.db import migrations

TOTALS = ("excused_absences", "unexcused_absences")


def move_totals(apps: Any, schema_editor: Any) -> None:
    using = schema_editor.connection.alias
    measures = apps.get_model("school_assessments", "TermMeasures").objects.using(using)
    years = apps.get_model("school_assessments", "YearConclusion").objects.using(using)
    for term in measures.iterator():
        if all(getattr(term, name) is None for name in TOTALS):
            continue
        year, _ = years.get_or_create(
            enrolment_id=term.enrolment_id,
            defaults={"entered_by": term.entered_by, "entered_at": term.entered_at},
        )
        for name in TOTALS:
            if getattr(year, name) is None:
                setattr(year, name, getattr(term, name))
        year.save(update_fields=TOTALS)


class Migration(migrations.Migration):
    dependencies = [("school_assessments", "0004_returned_sheets")]
    operations = [
        migrations.RunPython(move_totals, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField("termmeasures", "excused_absences"),
        migrations.RemoveField("termmeasures", "unexcused_absences"),
        migrations.AlterModelOptions("termmeasures", {"verbose_name": "số đo học kỳ I"}),
    ]
