"""What the cells of one row of results are called, and which of them cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hocba.assessment.catalogue import traits_of_grade
from hocba.assessment.periods import Period
from hocba.errors import Sentence
from hocba_server.school.assessments.entries import (
    EntryFault,
    read_subject_entry,
    read_trait_entry,
)
from hocba_server.school.assessments.sheets import (
    HOMEROOM_SLUG,
    TRAITS_SLUG,
    Sheet,
    columns_of,
    read_cell,
)
from hocba_server.school.spreadsheets.layouts import (
    COMMENT_FIELDS,
    HOMEROOM_FIELDS,
    SUBJECT_CODE_HEADER,
    SUBJECT_FIELDS,
    TRAIT_CODE_HEADER,
    TRAIT_LEVELS,
)
from hocba_server.web.spreadsheets.workbook import Table, TableRow


@dataclass(frozen=True, slots=True)
class RowShape:
    """The columns of a table of results."""

    sheet: Sheet
    code: str
    """Header of the column with the pupil's code."""
    fields: Mapping[str, str]
    """Field -> header, for the fields that the table has."""
    has_levels: bool = True
    """Layout d as exported officially holds comments only; levels stay as they are then."""

    def texts(self, row: TableRow) -> dict[str, str]:
        """Field -> text of one row."""
        return {field: row.text(header) for field, header in self.fields.items()}

    def missing_levels(self, table: Table) -> list[str]:
        """Columns of qualities and competences that the table leaves out while it has others."""
        if self.sheet.slug != TRAITS_SLUG or not self.has_levels:
            return []
        return [header for header in self.fields.values() if header not in table.columns]


def shape_of(sheet: Sheet, grade: int, period: Period, table: Table) -> RowShape:
    """How the rows of this table are read."""
    if sheet.slug == HOMEROOM_SLUG:
        used = {column.field for column in columns_of(sheet, grade, period)}
        fields = {
            field: header
            for field, header in HOMEROOM_FIELDS.items()
            if header in table.columns and (field in used or _filled(table, header))
        }
        return RowShape(sheet, SUBJECT_CODE_HEADER, fields)
    if sheet.slug == TRAITS_SLUG:
        return _trait_shape(sheet, grade, table)
    fields = {field: header for field, header in SUBJECT_FIELDS.items() if header in table.columns}
    return RowShape(sheet, SUBJECT_CODE_HEADER, fields)


def _filled(table: Table, header: str) -> bool:
    return any(row.text(header) for row in table.rows)


def _trait_shape(sheet: Sheet, grade: int, table: Table) -> RowShape:
    there = {code: name for code, name in TRAIT_LEVELS.items() if name in table.columns}
    assessed = {str(trait.code): trait.name for trait in traits_of_grade(grade)}
    comments = {
        field: header for field, header in COMMENT_FIELDS.items() if header in table.columns
    }
    levels = {**assessed, **there} if there else {}
    return RowShape(sheet, TRAIT_CODE_HEADER, {**comments, **levels}, bool(there))


def entry_faults(
    shape: RowShape, texts: Mapping[str, str], grade: int, period: Period
) -> list[EntryFault]:
    """Why a row that is not empty cannot be taken, cell by cell."""
    if shape.sheet.slug == HOMEROOM_SLUG:
        return _homeroom_faults(shape, texts, grade, period)
    if shape.sheet.slug == TRAITS_SLUG:
        return _trait_faults(shape, texts, grade, period)
    read = read_subject_entry(
        enrolment_id=0,
        grade=grade,
        subject_code=shape.sheet.subject_code,
        level=texts.get("level", ""),
        score=texts.get("test_score", ""),
        comment=texts.get("comment", ""),
        period=period,
    )
    return list(read) if isinstance(read, tuple) else []


def _trait_faults(
    shape: RowShape, texts: Mapping[str, str], grade: int, period: Period
) -> list[EntryFault]:
    """Before the year's end comments may wait; a re-assessment repeats only what was missing."""
    read = read_trait_entry(
        enrolment_id=0,
        grade=grade,
        levels={code: texts.get(code, "") for code in TRAIT_LEVELS},
        comments={field: texts.get(field, "") for field in COMMENT_FIELDS},
    )
    if not isinstance(read, tuple):
        return []
    optional = set()
    if period is not Period.YEAR_END:
        optional |= set(COMMENT_FIELDS)
    if period is Period.REASSESSMENT or not shape.has_levels:
        optional |= set(TRAIT_LEVELS)
    return [fault for fault in read if fault.value or fault.field not in optional]


def _homeroom_faults(
    shape: RowShape, texts: Mapping[str, str], grade: int, period: Period
) -> list[EntryFault]:
    """Measures and absences may come one after another: empty cells are no fault."""
    columns = {column.field: column for column in columns_of(shape.sheet, grade, period)}
    faults = []
    for field, text in texts.items():
        if not text:
            continue
        if field not in columns:
            vi = f"không nhập ở thời điểm {period.label.vi}. Xoá ô này."
            en = f"is not entered at {period.label.en}. Clear this cell."
            faults.append(EntryFault(field, text, Sentence(vi, en)))
            continue
        read = read_cell(columns[field], text)
        if isinstance(read, Sentence):
            faults.append(EntryFault(field, text, _without_value(read, text)))
    return faults


def _without_value(sentence: Sentence, text: str) -> Sentence:
    """The fault shows the value already; the sentence need not say it again."""
    shown = f"“{text[:20]}” "
    return Sentence(sentence.vi.removeprefix(shown), sentence.en.removeprefix(shown))
