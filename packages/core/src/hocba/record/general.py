"""THONG_TIN_CHUNG: its 41 values as parts of the model."""

from __future__ import annotations

from datetime import datetime

from hocba.assessment.catalogue import GRADES
from hocba.ids import PersonalId, PupilCode, SchoolYear, UnitCode, parse_personal_id
from hocba.record import values
from hocba.record.model import IssueTerms, IssuingSchool, Person, PupilData, birth_date_text
from hocba.record.tags import Simple, TagReader, fault


class GeneralReader:
    """The values of THONG_TIN_CHUNG, turned into the parts of the model."""

    def __init__(self, tags: TagReader, simple: Simple, path: str) -> None:
        self.tags = tags
        self.simple = simple
        self.path = path

    def where(self, tag: str) -> str:
        """Return the path of a tag."""
        return f"{self.path}/{tag}"

    def school_year(self) -> SchoolYear:
        """Read the year of the record; its two tags must agree."""
        year = SchoolYear.parse(self.simple["TEN_NAM_HOC"], where=self.where("TEN_NAM_HOC"))
        if self.simple["NAM_HOC"] != year:
            raise fault(
                "school_year",
                self.where("NAM_HOC"),
                f"khác năm học {year} ở TEN_NAM_HOC.",
                "differs from TEN_NAM_HOC.",
            )
        return year

    def grade(self) -> int:
        """Read the grade."""
        text = self.simple["MA_KHOI"]
        grades = {f"{grade:02d}": grade for grade in GRADES}
        if text not in grades:
            raise fault(
                "field_catalogue",
                self.where("MA_KHOI"),
                f"“{text}” không phải khối của cấp tiểu học (01 đến 05).",
                f"“{text}” is not a primary grade.",
            )
        return grades[text]

    def school(self) -> IssuingSchool:
        """Read the school."""
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
        """Read the pupil."""
        simple, where = self.simple, self.where
        if simple["GIOI_TINH"] not in {"Nam", "Nữ"}:
            raise fault(
                "field_catalogue", where("GIOI_TINH"), "phải là Nam hoặc Nữ.", "is not Nam or Nữ."
            )
        return PupilData(
            full_name=simple["HO_VA_TEN"],
            personal_id=self.personal_id("SO_CCCD"),
            pupil_code=PupilCode(simple["MA_HOC_SINH"]),
            register_number=simple["SO_SO_DANG_BO"],
            gender=simple["GIOI_TINH"],
            birth_date=self.birth_date(),
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
            father_occupation=simple.get("NGHE_NGHIEP_CHA"),
            mother_occupation=simple.get("NGHE_NGHIEP_ME"),
            guardian_occupation=simple.get("NGHE_NGHIEP_NGUOI_GIAM_HO"),
        )

    def terms(self) -> IssueTerms:
        """Read what was fixed for the batch."""
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

    def birth_date(self) -> str:
        """Read the birth date; an ISO day, as other software writes it, gives a warning."""
        text, where = self.simple["NGAY_SINH"], self.where("NGAY_SINH")
        day = None if self.tags.strict else values.read_foreign_day(text)
        if day is None or (written := birth_date_text(day)) == text:
            return values.read_birth_date(text, where)
        self.tags.warn(
            f"{where}: không ở dạng 29/05/2016.", f"{where}: not in the form dd/MM/yyyy."
        )
        return written

    def personal_id(self, tag: str) -> PersonalId:
        """Read a personal number."""
        return parse_personal_id(self.simple[tag], where=self.where(tag))

    def count(self, tag: str) -> int:
        """Read a number of half-days."""
        return values.read_count(self.simple[tag], self.where(tag))

    def moment(self, tag: str) -> datetime:
        """Read a moment."""
        return read_moment(self.tags, self.simple[tag], self.where(tag))


def read_moment(tags: TagReader, text: str, where: str) -> datetime:
    """Read a moment; a day alone, as other software writes it, gives a warning."""
    day = None if tags.strict else values.read_foreign_day(text)
    if day is None:
        return values.read_moment(text, where)
    tags.warn(f"{where}: chỉ có ngày, không có giờ.", f"{where}: a day without a time.")
    return day
