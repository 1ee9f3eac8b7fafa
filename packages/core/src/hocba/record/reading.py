"""From the Ministry's XML to the frozen record, with the exact place of every fault.

Order and tags are those of annex 1.1. A reader in strict mode (the default) refuses unknown,
repeated and disordered tags; `strict=False` takes the simple tags of other vendors in any order,
as the Ministry states none, and says so in a warning.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lxml import etree

from hocba.assessment.catalogue import GRADES, subject
from hocba.assessment.levels import SubjectLevel, TraitLevel, YearResult
from hocba.errors import Malformed, Sentence
from hocba.ids import (
    PersonalId,
    PupilCode,
    SchoolYear,
    SubjectCode,
    UnitCode,
    parse_personal_id,
    parse_record_uuid,
)
from hocba.record import fields, values
from hocba.record.model import (
    AnnualRecord,
    FormatProfile,
    IssueTerms,
    IssuingSchool,
    Person,
    PupilData,
    StudyYear,
    SubjectResult,
    TraitResults,
    YearSummary,
)

_ID_NAMES = frozenset({"Id", "ID", "id"})
Simple = dict[str, str]


class RecordReader:
    """One document on its way into the model; collects warnings."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.warnings: list[Sentence] = []

    def read(self, root: etree._Element) -> AnnualRecord:
        """Read HOC_BA. Raises `Malformed` with the path of the fault."""
        if next(root.iter(etree.Comment, etree.ProcessingInstruction), None) is not None:
            raise Malformed(
                "comment_in_data",
                "trong học bạ có chú thích hoặc chỉ thị XML; người đọc có thể thấy dữ liệu khác.",
                "holds XML comments or instructions, so that readers may see other data.",
                where="HOC_BA",
            )
        if root.tag != "HOC_BA":
            raise _fault(
                "root", str(root.tag)[:60], "không phải tệp HOC_BA.", "is not a HOC_BA document."
            )
        profile = self._profile(root)
        data = self._child(root, "DU_LIEU_HOC_BA", "HOC_BA")
        path = "HOC_BA/DU_LIEU_HOC_BA"
        self._attributes(root, _ID_NAMES, "HOC_BA")
        self._attributes(data, _ID_NAMES, path)
        if profile is FormatProfile.V2_2025:
            self._sequence(root, ("DU_LIEU_HOC_BA", "PHAT_HANH_HOC_BA"), "HOC_BA")
            self._sequence(data, ("THONG_TIN_HOC_BA", "DANH_SACH_THONG_TIN_KY"), path)
            data = self._child(data, "THONG_TIN_HOC_BA", path)
            path = f"{path}/THONG_TIN_HOC_BA"
            self._attributes(data, _ID_NAMES, path)
        else:
            self._sequence(root, ("DU_LIEU_HOC_BA", "DANH_SACH_THONG_TIN_KY"), "HOC_BA")
        return self._information(data, profile, path)

    def _profile(self, root: etree._Element) -> FormatProfile:
        if root.find("PHAT_HANH_HOC_BA") is not None:
            return FormatProfile.V2_2025
        return FormatProfile.V1_2024

    def _information(self, data: etree._Element, profile: FormatProfile, path: str) -> AnnualRecord:
        tags = [str(child.tag) for child in data]
        history_count = tags.count("QUA_TRINH_HOC_TAP")
        expected = ("THONG_TIN_CHUNG", *["QUA_TRINH_HOC_TAP"] * history_count, "TONG_KET")
        self._sequence(data, expected, path)
        simple = self._simple(data[0], fields.GENERAL, f"{path}/THONG_TIN_CHUNG")
        general = _General(self, simple, f"{path}/THONG_TIN_CHUNG")
        if simple["PHIEN_BAN"] != fields.VERSIONS[profile.value]:
            self._warn(
                f"PHIEN_BAN là “{simple['PHIEN_BAN']}”, khác {fields.VERSIONS[profile.value]}.",
                f"PHIEN_BAN is “{simple['PHIEN_BAN']}”.",
            )
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
        simple = self._simple(element, fields.HISTORY, path)
        return StudyYear(
            school_year=SchoolYear.parse(simple["NAM_HOC"], where=f"{path}/NAM_HOC"),
            classroom_name=simple["TEN_LOP"],
            school_name=simple["TEN_TRUONG"],
            arrived_on=self.moment(
                simple["NGAY_TRANG_THAI_CHUYEN_DEN"], f"{path}/NGAY_TRANG_THAI_CHUYEN_DEN"
            ),
        )

    def _conclusion(
        self, element: etree._Element, profile: FormatProfile, path: str
    ) -> tuple[tuple[SubjectResult, ...], TraitResults, YearSummary]:
        marks = self._child(element, "DANH_SACH_DIEM_TONG_KET", path)
        traits = self._child(element, "DANH_GIA_NANG_LUC_PHAM_CHAT", path)
        if [child.tag for child in element][-2:] != [marks.tag, traits.tag]:
            raise _order(f"{path}/{marks.tag}")
        simple = self._simple(element, fields.SUMMARY, path, complex_tags=(marks.tag, traits.tag))
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
        self._no_text(marks, path)
        self._attributes(marks, frozenset(), path)
        found: dict[SubjectCode, SubjectResult] = {}
        for number, element in enumerate(marks, start=1):
            place = f"{path}/DIEM_TONG_KET[{number}]"
            if element.tag != "DIEM_TONG_KET":
                raise _unknown(f"{path}/{str(element.tag)[:60]}")
            result = self._subject(element, profile, place)
            if result.code in found:
                raise _fault(
                    "subject_repeated",
                    f"{place}/MA_MON_HOC",
                    f"môn {result.code} xuất hiện hai lần.",
                    f"subject {result.code} stands twice.",
                )
            found[result.code] = result
        if not found:
            raise _fault("field_missing", path, "chưa có môn học nào.", "holds no subject.")
        return tuple(found.values())

    def _subject(self, element: etree._Element, profile: FormatProfile, path: str) -> SubjectResult:
        teacher: Person | None = None
        complex_tags: tuple[str, ...] = ()
        allowed: frozenset[str] = frozenset()
        if profile is FormatProfile.V2_2025:
            complex_tags, allowed = ("GVBM",), _ID_NAMES
            teacher = self._teacher(self._child(element, "GVBM", path), f"{path}/GVBM")
            if element[-1].tag != "GVBM":
                raise _order(f"{path}/GVBM")
        self._attributes(element, allowed, path)
        simple = self._simple(element, fields.SUBJECT, path, complex_tags=complex_tags)
        code = simple["MA_MON_HOC"]
        try:
            subject(code)
        except Malformed as error:
            error.code, error.where = "field_catalogue", f"{path}/MA_MON_HOC"
            raise
        score = simple.get("DIEM_KIEM_TRA_DINH_KY")
        place = f"{path}/DIEM_KIEM_TRA_DINH_KY"
        return SubjectResult(
            code=SubjectCode(code),
            name=simple["TEN_MON_HOC"],
            level=values.read_code(SubjectLevel, simple["MUC_DAT_DUOC"], f"{path}/MUC_DAT_DUOC"),
            test_score=None if score is None else values.read_score(score, place),
            teacher=teacher,
        )

    def _teacher(self, element: etree._Element, path: str) -> Person:
        self._attributes(element, _ID_NAMES, path)
        simple = self._simple(element, fields.TEACHER, path)
        number = parse_personal_id(simple["SO_CCCD"], where=f"{path}/SO_CCCD")
        return Person(simple["HO_VA_TEN"], number)

    def _traits(self, element: etree._Element, path: str) -> TraitResults:
        simple = self._simple(element, fields.TRAITS, path)
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

    def moment(self, text: str, where: str) -> datetime:
        """Read a moment; a day alone, as other software writes it, gives a warning."""
        day = None if self.strict else values.read_foreign_day(text)
        if day is None:
            return values.read_moment(text, where)
        self._warn(f"{where}: chỉ có ngày, không có giờ.", f"{where}: a day without a time.")
        return day

    def _warn(self, vi: str, en: str) -> None:
        self.warnings.append(Sentence(vi, en))

    def _child(self, parent: etree._Element, tag: str, path: str) -> etree._Element:
        found = parent.findall(tag)
        if not found:
            raise _fault("field_missing", f"{path}/{tag}", "thiếu thẻ này.", "is missing.")
        if len(found) > 1:
            raise _repeated(f"{path}/{tag}")
        return found[0]

    def _sequence(self, parent: etree._Element, tags: Sequence[str], path: str) -> None:
        """Demand exactly these complex children in this order."""
        self._no_text(parent, path)
        found = [str(child.tag) for child in parent]
        for tag in found:
            if tag not in tags:
                raise _unknown(f"{path}/{tag[:60]}")
            if found.count(tag) > tags.count(tag):
                raise _repeated(f"{path}/{tag}")
        for tag in tags:
            if tag not in found:
                raise _fault("field_missing", f"{path}/{tag}", "thiếu thẻ này.", "is missing.")
        if found != list(tags):
            raise _order(path)

    def _no_text(self, element: etree._Element, path: str) -> None:
        texts = [element.text, *(child.tail for child in element)]
        if any(text and text.strip() for text in texts):
            raise _fault(
                "stray_text",
                path,
                "có chữ nằm ngoài các thẻ con.",
                "holds text between its elements.",
            )

    def _attributes(self, element: etree._Element, allowed: frozenset[str], path: str) -> None:
        for name in element.attrib:
            if str(name) not in allowed:
                raise _fault(
                    "attribute",
                    f"{path}/@{str(name)[:60]}",
                    "thuộc tính không có trong định dạng.",
                    "is not an attribute of the format.",
                )
        if len(element.attrib) > 1:
            raise _fault("attribute", path, "có hai định danh.", "has two identifiers.")

    def _simple(
        self,
        parent: etree._Element,
        table: Sequence[fields.Field],
        path: str,
        *,
        complex_tags: Sequence[str] = (),
    ) -> Simple:
        """Read simple tags against their table, in its order."""
        self._no_text(parent, path)
        if not complex_tags and parent.tag not in {"GVBM", "DIEM_TONG_KET"}:
            self._attributes(parent, frozenset(), path)
        known = {field.tag: place for place, field in enumerate(table)}
        found: Simple = {}
        last = -1
        for child in parent:
            tag = str(child.tag)
            if tag in complex_tags:
                continue
            place = known.get(tag)
            if place is None:
                raise _unknown(f"{path}/{tag[:60]}")
            if tag in found:
                raise _repeated(f"{path}/{tag}")
            if place < last:
                if self.strict:
                    raise _order(f"{path}/{tag}")
                self._warn(f"{path}/{tag}: sai thứ tự.", f"{path}/{tag}: out of order.")
            last = max(last, place)
            found[tag] = self._text(child, table[place], f"{path}/{tag}")
        for field in table:
            if field.required and field.tag not in found:
                raise _fault(
                    "field_missing", f"{path}/{field.tag}", "thiếu thẻ bắt buộc.", "is missing."
                )
        return found

    def _text(self, element: etree._Element, field: fields.Field, where: str) -> str:
        if len(element):
            raise _fault(
                "field_type", where, "phải là một giá trị, không có thẻ con.", "holds elements."
            )
        self._attributes(element, frozenset(), where)
        text = element.text or ""
        if not text.strip():
            raise _fault("field_empty", where, "để trống.", "is empty.")
        if len(text) > field.max_length:
            raise _fault(
                "field_length",
                where,
                f"dài {len(text)} ký tự, tối đa {field.max_length}.",
                f"has {len(text)} characters; the limit is {field.max_length}.",
            )
        if values.has_control(text):
            raise _fault(
                "control_character", where, "có ký tự điều khiển.", "holds a control character."
            )
        if not values.is_normal(text):
            self._warn(f"{where}: chữ không ở dạng Unicode NFC.", f"{where}: not in Unicode NFC.")
        return text


class _General:
    """The values of THONG_TIN_CHUNG, turned into the parts of the model."""

    def __init__(self, reader: RecordReader, simple: Simple, path: str) -> None:
        self.reader = reader
        self.simple = simple
        self.path = path

    def where(self, tag: str) -> str:
        return f"{self.path}/{tag}"

    def school_year(self) -> SchoolYear:
        year = SchoolYear.parse(self.simple["TEN_NAM_HOC"], where=self.where("TEN_NAM_HOC"))
        if self.simple["NAM_HOC"] != year:
            raise _fault(
                "school_year",
                self.where("NAM_HOC"),
                f"khác năm học {year} ở TEN_NAM_HOC.",
                "differs from TEN_NAM_HOC.",
            )
        return year

    def grade(self) -> int:
        text = self.simple["MA_KHOI"]
        grades = {f"{grade:02d}": grade for grade in GRADES}
        if text not in grades:
            raise _fault(
                "field_catalogue",
                self.where("MA_KHOI"),
                f"“{text}” không phải khối của cấp tiểu học (01 đến 05).",
                f"“{text}” is not a primary grade.",
            )
        return grades[text]

    def school(self) -> IssuingSchool:
        simple = self.simple
        return IssuingSchool(
            department_code=simple["MA_SO_GIAO_DUC"],
            department_name=simple["TEN_SO_GD"],
            school_code=UnitCode(simple["MA_TRUONG"]),
            school_name=simple["TEN_TRUONG"],
            ward_name=simple["TEN_XA_PHUONG"],
            province_name=simple["TEN_TINH_THANH_PHO"],
            district_name=simple.get("TEN_QUAN_HUYEN"),
        )

    def pupil(self) -> PupilData:
        simple, where = self.simple, self.where
        if simple["GIOI_TINH"] not in {"Nam", "Nữ"}:
            raise _fault(
                "field_catalogue", where("GIOI_TINH"), "phải là Nam hoặc Nữ.", "is not Nam or Nữ."
            )
        return PupilData(
            full_name=simple["HO_VA_TEN"],
            personal_id=self.personal_id("SO_CCCD"),
            pupil_code=PupilCode(simple["MA_HOC_SINH"]),
            register_number=simple["SO_SO_DANG_BO"],
            gender=simple["GIOI_TINH"],
            birth_date=values.read_birth_date(simple["NGAY_SINH"], where("NGAY_SINH")),
            birth_place=simple["NOI_SINH"],
            home_town=simple["QUE_QUAN"],
            current_address=simple["CHO_O_HIEN_NAY"],
            ethnic_group=simple["DAN_TOC"],
            nationality=simple["QUOC_TICH"],
            mother_name=simple["HO_VA_TEN_ME"],
            father_name=simple.get("HO_VA_TEN_CHA"),
            guardian_name=simple.get("HO_VA_TEN_NGUOI_GIAM_HO"),
            weight_kg=values.read_decimal(simple["CAN_NANG"], where("CAN_NANG")),
            height_cm=values.read_decimal(simple["CHIEU_CAO"], where("CHIEU_CAO")),
            excused_absences=self.count("TONG_SO_BUOI_NGHI_CO_PHEP"),
            unexcused_absences=self.count("THONG_SO_BUOI_NGHI_KHONG_PHEP"),
        )

    def terms(self) -> IssueTerms:
        simple = self.simple
        return IssueTerms(
            signing_leader=Person(
                simple["TEN_GIAM_HIEU_KY_HOC_BA"], self.personal_id("SO_CCCD_GIAM_HIEU_KY_HOC_BA")
            ),
            signing_leader_title=simple["CHUC_VU_GIAM_HIEU_KY_HOC_BA"],
            homeroom_teacher=Person(
                simple["TEN_GIAO_VIEN_CHU_NHIEM"], self.personal_id("SO_CCCD_GIAO_VIEN_CHU_NHIEM")
            ),
            issue_place=simple["DIA_DANH_PHAT_HANH_HOC_BA"],
            created_on=self.moment("NGAY_TAO_HOC_BA"),
            issued_on=self.moment("NGAY_KY_PHAT_HANH_HOC_BA"),
        )

    def personal_id(self, tag: str) -> PersonalId:
        return parse_personal_id(self.simple[tag], where=self.where(tag))

    def count(self, tag: str) -> int:
        return values.read_count(self.simple[tag], self.where(tag))

    def moment(self, tag: str) -> datetime:
        return self.reader.moment(self.simple[tag], self.where(tag))


def _fault(code: str, where: str, vi: str, en: str) -> Malformed:
    return Malformed(code, vi, en, where=where)


def _unknown(where: str) -> Malformed:
    return _fault("unknown_tag", where, "thẻ không có trong định dạng.", "is not in the format.")


def _repeated(where: str) -> Malformed:
    return _fault("repeated_tag", where, "thẻ bị lặp lại.", "stands more than once.")


def _order(where: str) -> Malformed:
    return _fault("wrong_order", where, "thẻ sai thứ tự.", "is out of order.")
