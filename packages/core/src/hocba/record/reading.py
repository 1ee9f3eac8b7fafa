"""From the Ministry's XML to the frozen record, with the exact place of every fault.

Order and tags are those of annex 1.1. A reader in strict mode (the default) refuses unknown,
repeated and disordered tags; `strict=False` takes the simple tags of other vendors in any order,
as the Ministry states none, and says so in a warning.
"""

from __future__ import annotations

from lxml import etree

from hocba.assessment.levels import SubjectLevel, TraitLevel, YearResult
from hocba.ids import SchoolYear, SubjectCode, parse_personal_id, parse_record_uuid
from hocba.record import fields, values
from hocba.record.frame import FrameReader
from hocba.record.general import GeneralReader, read_moment
from hocba.record.model import (
    AnnualRecord,
    FormatProfile,
    Person,
    StudyYear,
    SubjectResult,
    TraitResults,
    YearSummary,
)
from hocba.record.tags import ID_NAMES, NO_ATTRIBUTES, Simple, fault, unknown


class RecordReader(FrameReader):
    """One document on its way into the model; collects warnings."""

    def read(self, root: etree._Element) -> AnnualRecord:
        """Read HOC_BA. Raises `Malformed` with the path of the fault."""
        data, profile, path = self.frame(root)
        return self._information(data, profile, path)

    def _information(self, data: etree._Element, profile: FormatProfile, path: str) -> AnnualRecord:
        tags = [str(child.tag) for child in data]
        history_count = tags.count("QUA_TRINH_HOC_TAP")
        expected = ("THONG_TIN_CHUNG", *["QUA_TRINH_HOC_TAP"] * history_count, "TONG_KET")
        self.sequence(data, expected, path)
        simple = self.simple(data[0], fields.GENERAL, f"{path}/THONG_TIN_CHUNG")
        general = GeneralReader(self, simple, f"{path}/THONG_TIN_CHUNG")
        self.version(simple["PHIEN_BAN"], profile)
        history = tuple(
            self._study_year(element, f"{path}/QUA_TRINH_HOC_TAP[{number}]")
            for number, element in enumerate(data.iterchildren("QUA_TRINH_HOC_TAP"), start=1)
        )
        subjects, traits, summary = self._conclusion(data[-1], profile, f"{path}/TONG_KET")
        return AnnualRecord(
            profile=profile,
            record_uuid=parse_record_uuid(
                simple["MA_TRA_CUU_UUID"], where=general.where("MA_TRA_CUU_UUID")
            ),
            school_year=general.school_year(),
            school=general.school(),
            pupil=general.pupil(),
            grade=general.grade(),
            classroom_name=simple["TEN_LOP"],
            terms=general.terms(),
            history=history,
            subjects=subjects,
            traits=traits,
            summary=summary,
            circular=simple["THONG_TU"],
            school_level_code=simple["MA_CAP_HOC"],
        )

    def _study_year(self, element: etree._Element, path: str) -> StudyYear:
        simple = self.simple(element, fields.HISTORY, path)
        return StudyYear(
            school_year=SchoolYear.parse(simple["NAM_HOC"], where=f"{path}/NAM_HOC"),
            classroom_name=simple["TEN_LOP"],
            school_name=simple["TEN_TRUONG"],
            arrived_on=read_moment(
                self, simple["NGAY_TRANG_THAI_CHUYEN_DEN"], f"{path}/NGAY_TRANG_THAI_CHUYEN_DEN"
            ),
        )

    def _conclusion(
        self, element: etree._Element, profile: FormatProfile, path: str
    ) -> tuple[tuple[SubjectResult, ...], TraitResults, YearSummary]:
        marks = self.child(element, "DANH_SACH_DIEM_TONG_KET", path)
        traits = self.child(element, "DANH_GIA_NANG_LUC_PHAM_CHAT", path)
        complex_tags = (str(marks.tag), str(traits.tag))
        simple = self.simple(element, fields.SUMMARY, path, then=complex_tags)
        summary = YearSummary(
            year_result=values.read_code(
                YearResult, simple["KET_QUA_XEP_LOAI"], f"{path}/KET_QUA_XEP_LOAI"
            ),
            promoted=self._flag(simple, "DUOC_LEN_LOP", path),
            grade_completed=self._flag(simple, "DA_HOAN_THANH_CHUONG_TRINH_LOP_HOC", path),
            primary_completed=self._flag(simple, "DA_HOAN_THANH_CHUONG_TRINH_TIEU_HOC", path),
            completion_text=simple.get("NOI_DUNG_HOAN_THANH_CHUONG_TRINH"),
            homeroom_comment=simple["NHAN_XET_GVCN"],
            award_text=simple.get("NOI_DUNG_KHEN_THUONG"),
            special_award_text=simple.get("NOI_DUNG_KHEN_THUONG_DOT_XUAT"),
        )
        subjects = self._subjects(marks, profile, f"{path}/{marks.tag}")
        return subjects, self._traits(traits, f"{path}/{traits.tag}"), summary

    def _flag(self, simple: Simple, tag: str, path: str) -> bool:
        return values.read_flag(simple[tag], f"{path}/{tag}")

    def _subjects(
        self, marks: etree._Element, profile: FormatProfile, path: str
    ) -> tuple[SubjectResult, ...]:
        self.no_text(marks, path)
        self.attributes(marks, NO_ATTRIBUTES, path)
        found: dict[SubjectCode, SubjectResult] = {}
        for number, element in enumerate(marks, start=1):
            place = f"{path}/DIEM_TONG_KET[{number}]"
            if element.tag != "DIEM_TONG_KET":
                raise unknown(f"{path}/{str(element.tag)[:60]}")
            result = self._subject(element, profile, place)
            if result.code in found:
                raise fault(
                    "subject_repeated",
                    f"{place}/MA_MON_HOC",
                    f"môn {result.code} xuất hiện hai lần.",
                    f"subject {result.code} stands twice.",
                )
            found[result.code] = result
        if not found:
            raise fault("field_missing", path, "chưa có môn học nào.", "holds no subject.")
        return tuple(found.values())

    def _subject(self, element: etree._Element, profile: FormatProfile, path: str) -> SubjectResult:
        teacher: Person | None = None
        then: tuple[str, ...] = ()
        allowed = NO_ATTRIBUTES
        if profile is FormatProfile.V2_2025:
            then, allowed = ("GVBM",), ID_NAMES
            teacher = self._teacher(self.child(element, "GVBM", path), f"{path}/GVBM")
        simple = self.simple(element, fields.SUBJECT, path, then=then, attributes=allowed)
        score = simple.get("DIEM_KIEM_TRA_DINH_KY")
        place = f"{path}/DIEM_KIEM_TRA_DINH_KY"
        return SubjectResult(
            code=values.check_subject_code(simple["MA_MON_HOC"], f"{path}/MA_MON_HOC"),
            name=simple["TEN_MON_HOC"],
            level=values.read_code(SubjectLevel, simple["MUC_DAT_DUOC"], f"{path}/MUC_DAT_DUOC"),
            test_score=None if score is None else values.read_score(score, place),
            teacher=teacher,
        )

    def _teacher(self, element: etree._Element, path: str) -> Person:
        simple = self.simple(element, fields.TEACHER, path, attributes=ID_NAMES)
        number = parse_personal_id(simple["SO_CCCD"], where=f"{path}/SO_CCCD")
        return Person(simple["HO_VA_TEN"], number)

    def _traits(self, element: etree._Element, path: str) -> TraitResults:
        simple = self.simple(element, fields.TRAITS, path)
        return TraitResults(
            levels={
                code: values.read_code(TraitLevel, simple[tag], f"{path}/{tag}")
                for tag, code in fields.TRAIT_TAGS.items()
                if tag in simple
            },
            quality_comment=simple["NHAN_XET_PHAM_CHAT"],
            general_competence_comment=simple["NHAN_XET_NANG_LUC_CHUNG"],
            specific_competence_comment=simple["NHAN_XET_NANG_LUC_DAC_THU"],
        )
