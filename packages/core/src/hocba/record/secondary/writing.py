"""From the frozen secondary record to its XML: no declaration, no indentation, fixed order."""

from __future__ import annotations

from hocba.assessment.secondary.catalogue import secondary_level
from hocba.ids import parse_record_uuid
from hocba.record import fields, writing
from hocba.record.model import FormatProfile
from hocba.record.secondary.fields import FORMATS, SecondaryFormat, Table
from hocba.record.secondary.model import SecondaryRecord, SecondarySubjectResult
from hocba.record.secondary.values import check_subject_code, write_value
from hocba.record.writing import Values, element, missing_value, simple_tags


def layout_of(record: SecondaryRecord) -> SecondaryFormat:
    """The tags of the record's profile and level. Raises `Malformed` with code `grade`."""
    return FORMATS[record.profile, secondary_level(record.grade)]


def write_secondary(record: SecondaryRecord) -> bytes:
    """Write the unsigned HOC_BA document in the record's profile, slots empty.

    Raises `Malformed`: `field_missing`, `control_character`, `uuid`, `grade`, `field_catalogue`,
    `mark` for a number that is no mark with one decimal.
    """
    uuid = parse_record_uuid(record.record_uuid, where="MA_TRA_CUU_UUID")
    layout = layout_of(record)
    history = "".join(
        element("QUA_TRINH_HOC_TAP", simple_tags(fields.HISTORY, writing.history_values(year)))
        for year in record.history
    )
    information = (
        element("THONG_TIN_CHUNG", simple_tags(layout.general, writing.general_values(record)))
        + history
        + element("TONG_KET", _conclusion(record, layout))
    )
    return writing.framed(information, uuid, record.profile)


def row_values(table: Table, carrier: object) -> Values:
    """The values of a table's attributes by tag."""
    return {
        row.field.tag: write_value(row.kind, getattr(carrier, row.attribute)) for row in table.rows
    }


def _conclusion(record: SecondaryRecord, layout: SecondaryFormat) -> str:
    marks = "".join(_mark(record, subject, layout) for subject in record.subjects)
    certificates = "".join(
        element(
            layout.certificate_item,
            simple_tags(layout.certificate.fields, row_values(layout.certificate, each)),
        )
        for each in record.certificates
    )
    return (
        simple_tags(layout.summary.fields, row_values(layout.summary, record.summary))
        + element(layout.marks_list, marks)
        + (element(layout.certificates_list, certificates) if certificates else "")
    )


def _mark(record: SecondaryRecord, subject: SecondarySubjectResult, layout: SecondaryFormat) -> str:
    simple = simple_tags(layout.subject.fields, row_values(layout.subject, subject))
    if record.profile is FormatProfile.V1_2024:
        return element(layout.mark, simple)
    if subject.teacher is None:
        raise missing_value(f"{layout.mark} {subject.code}/GVBM")
    check_subject_code(subject.code, layout.subject.tag("code"), grade=record.grade)
    key = f"{subject.code}-{record.record_uuid}"
    teacher = simple_tags(fields.TEACHER, writing.teacher_values(subject.teacher))
    return (
        f'<{layout.mark} Id="mon-{key}">{simple}'
        f'<GVBM Id="gvbm-{key}">{teacher}</GVBM></{layout.mark}>'
    )
