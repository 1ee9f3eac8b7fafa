"""From the XML of a secondary record to the frozen model, with the exact place of every fault."""

from __future__ import annotations

from typing import Any

from lxml import etree

from hocba.assessment.secondary.catalogue import GRADES, secondary_level
from hocba.ids import SchoolYear, SubjectCode, parse_personal_id, parse_record_uuid
from hocba.record import fields
from hocba.record.frame import FrameReader
from hocba.record.general import GeneralReader, read_moment
from hocba.record.model import FormatProfile, Person, StudyYear
from hocba.record.secondary.fields import FORMATS, Kind, SecondaryFormat, Table
from hocba.record.secondary.model import (
    Certificate,
    SecondaryRecord,
    SecondarySubjectResult,
    SecondarySummary,
)
from hocba.record.secondary.values import READERS, check_subject_code, read_foreign_mark
from hocba.record.tags import ID_NAMES, NO_ATTRIBUTES, Simple, fault, unknown


class SecondaryGeneral(GeneralReader):
    """THONG_TIN_CHUNG with a grade of secondary school and the level that belongs to it."""

    def grade(self) -> int:
        """Read the grade; MA_CAP_HOC must be that of its level."""
        text = self.simple["MA_KHOI"]
        grades = {f"{grade:02d}": grade for grade in GRADES}
        if text not in grades:
            raise fault(
                "field_catalogue",
                self.where("MA_KHOI"),
                f"“{text}” không phải khối của cấp trung học (06 đến 12).",
                f"“{text}” is not a secondary grade.",
            )
        level = secondary_level(grades[text])
        if self.simple["MA_CAP_HOC"] != level.value:
            raise fault(
                "field_catalogue",
                self.where("MA_CAP_HOC"),
                f"khối {text} thuộc cấp {level.word}, mã cấp học phải là {level.value}.",
                f"the level of grade {text} is {level.value}.",
            )
        return grades[text]


class SecondaryReader(FrameReader):
    """One document on its way into the model; collects warnings."""

    def read(self, root: etree._Element) -> SecondaryRecord:
        """Read HOC_BA. Raises `Malformed` with the path of the fault."""
        data, profile, path = self.frame(root)
        history_count = [str(child.tag) for child in data].count("QUA_TRINH_HOC_TAP")
        parts = ("THONG_TIN_CHUNG", *["QUA_TRINH_HOC_TAP"] * history_count, "TONG_KET")
        self.sequence(data, parts, path)
        general = self._general(data[0], profile, f"{path}/THONG_TIN_CHUNG")
        simple, grade = general.simple, general.grade()
        layout = FORMATS[profile, secondary_level(grade)]
        history = tuple(
            self._study_year(element, f"{path}/QUA_TRINH_HOC_TAP[{number}]")
            for number, element in enumerate(data.iterchildren("QUA_TRINH_HOC_TAP"), start=1)
        )
        summary, subjects, certificates = self._conclusion(
            data[-1], layout, profile, grade, f"{path}/TONG_KET"
        )
        return SecondaryRecord(
            profile=profile,
            record_uuid=parse_record_uuid(
                simple["MA_TRA_CUU_UUID"], where=general.where("MA_TRA_CUU_UUID")
            ),
            school_year=general.school_year(),
            school=general.school(),
            pupil=general.pupil(),
            grade=grade,
            classroom_name=simple["TEN_LOP"],
            terms=general.terms(),
            history=history,
            subjects=subjects,
            summary=summary,
            certificates=certificates,
            circular=simple["THONG_TU"],
        )

    def _general(
        self, element: etree._Element, profile: FormatProfile, path: str
    ) -> SecondaryGeneral:
        # Both levels have the same tags here; the level is known only when they are read.
        table = next(each for (kind, _), each in FORMATS.items() if kind is profile).general
        simple = self.simple(element, table, path)
        self.version(simple["PHIEN_BAN"], profile)
        return SecondaryGeneral(self, simple, path)

    def _study_year(self, element: etree._Element, path: str) -> StudyYear:
        simple = self.simple(element, fields.HISTORY, path)
        arrived = "NGAY_TRANG_THAI_CHUYEN_DEN"
        return StudyYear(
            school_year=SchoolYear.parse(simple["NAM_HOC"], where=f"{path}/NAM_HOC"),
            classroom_name=simple["TEN_LOP"],
            school_name=simple["TEN_TRUONG"],
            arrived_on=read_moment(self, simple[arrived], f"{path}/{arrived}"),
        )

    def _conclusion(
        self,
        element: etree._Element,
        layout: SecondaryFormat,
        profile: FormatProfile,
        grade: int,
        path: str,
    ) -> tuple[SecondarySummary, tuple[SecondarySubjectResult, ...], tuple[Certificate, ...]]:
        marks = self.child(element, layout.marks_list, path)
        lists = (layout.marks_list, layout.certificates_list)
        simple = self.simple(element, layout.summary.fields, path, then=lists)
        summary = SecondarySummary(**self._values(simple, layout.summary, path, grade))
        subjects = self._subjects(marks, layout, profile, grade, f"{path}/{layout.marks_list}")
        held = element.find(layout.certificates_list)
        place = f"{path}/{layout.certificates_list}"
        certificates = () if held is None else self._certificates(held, layout, grade, place)
        return summary, subjects, certificates

    def _values(self, simple: Simple, table: Table, path: str, grade: int) -> dict[str, Any]:
        """The values of the rows whose tags stand there, by attribute."""
        found: dict[str, Any] = {}
        for row in table.rows:
            text = simple.get(row.field.tag)
            if text is None:
                continue
            where = f"{path}/{row.field.tag}"
            if row.kind is Kind.CODE:
                found[row.attribute] = check_subject_code(text, where, grade=grade)
            elif row.kind is Kind.MARK and not self.strict:
                found[row.attribute] = self._foreign_mark(text, where)
            else:
                found[row.attribute] = READERS[row.kind](text, where)
        return found

    def _foreign_mark(self, text: str, where: str) -> Any:
        mark = read_foreign_mark(text)
        if mark is not None and f"{mark:.1f}" != text:
            self.warn(f"{where}: điểm không ở dạng 8.0.", f"{where}: not in the form 8.0.")
            return mark
        return READERS[Kind.MARK](text, where)

    def _subjects(
        self,
        marks: etree._Element,
        layout: SecondaryFormat,
        profile: FormatProfile,
        grade: int,
        path: str,
    ) -> tuple[SecondarySubjectResult, ...]:
        self.no_text(marks, path)
        self.attributes(marks, NO_ATTRIBUTES, path)
        found: dict[SubjectCode, SecondarySubjectResult] = {}
        for number, element in enumerate(marks, start=1):
            place = f"{path}/{layout.mark}[{number}]"
            if element.tag != layout.mark:
                raise unknown(f"{path}/{str(element.tag)[:60]}")
            result = self._subject(element, layout, profile, grade, place)
            if result.code in found:
                raise fault(
                    "subject_repeated",
                    f"{place}/{layout.subject.tag('code')}",
                    f"môn {result.code} xuất hiện hai lần.",
                    f"subject {result.code} stands twice.",
                )
            found[result.code] = result
        if not found:
            raise fault("field_missing", path, "chưa có môn học nào.", "holds no subject.")
        return tuple(found.values())

    def _subject(
        self,
        element: etree._Element,
        layout: SecondaryFormat,
        profile: FormatProfile,
        grade: int,
        path: str,
    ) -> SecondarySubjectResult:
        teacher: Person | None = None
        then: tuple[str, ...] = ()
        allowed = NO_ATTRIBUTES
        if profile is FormatProfile.V2_2025:
            then, allowed = ("GVBM",), ID_NAMES
            teacher = self._teacher(self.child(element, "GVBM", path), f"{path}/GVBM")
        table = layout.subject
        simple = self.simple(element, table.fields, path, then=then, attributes=allowed)
        found = self._values(simple, table, path, grade)
        for row in table.rows:
            if row.kind is Kind.MARK:
                found.setdefault(row.attribute, None)
        return SecondarySubjectResult(**found, teacher=teacher)

    def _teacher(self, element: etree._Element, path: str) -> Person:
        simple = self.simple(element, fields.TEACHER, path, attributes=ID_NAMES)
        number = parse_personal_id(simple["SO_CCCD"], where=f"{path}/SO_CCCD")
        return Person(simple["HO_VA_TEN"], number)

    def _certificates(
        self, element: etree._Element, layout: SecondaryFormat, grade: int, path: str
    ) -> tuple[Certificate, ...]:
        self.no_text(element, path)
        self.attributes(element, NO_ATTRIBUTES, path)
        found = []
        for number, each in enumerate(element, start=1):
            place = f"{path}/{layout.certificate_item}[{number}]"
            if each.tag != layout.certificate_item:
                raise unknown(f"{path}/{str(each.tag)[:60]}")
            simple = self.simple(each, layout.certificate.fields, place)
            found.append(Certificate(**self._values(simple, layout.certificate, place, grade)))
        if not found:
            raise fault("field_empty", path, "để trống.", "is empty.")
        return tuple(found)
