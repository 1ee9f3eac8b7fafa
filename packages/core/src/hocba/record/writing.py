"""From the frozen record to the Ministry's XML: no declaration, no indentation, fixed order.

What is written here is what people sign; after the first signature these bytes are only copied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from hocba.assessment.levels import SubjectLevel
from hocba.errors import Malformed
from hocba.ids import RecordUuid, parse_record_uuid
from hocba.record import fields
from hocba.record.model import AnnualRecord, FormatProfile, Person, StudyYear, SubjectResult
from hocba.record.secondary.model import AnyRecord
from hocba.record.values import (
    check_subject_code,
    has_control,
    write_decimal,
    write_flag,
    write_moment,
)

Values = Mapping[str, str | None]


def write_data(record: AnnualRecord) -> bytes:
    """Write the unsigned HOC_BA document in the record's profile, slots empty.

    Raises `Malformed`: `field_missing` where a required value is absent, `control_character`, and
    `uuid` or `field_catalogue` where an identifier could not be built from the value.
    """
    uuid = parse_record_uuid(record.record_uuid, where="MA_TRA_CUU_UUID")
    return framed(_information(record), uuid, record.profile)


def framed(information: str, uuid: RecordUuid, profile: FormatProfile) -> bytes:
    """Put the three parts of a record into the frame of the profile, with empty slots."""
    if profile is FormatProfile.V2_2025:
        text = (
            f'<HOC_BA><DU_LIEU_HOC_BA Id="data-{uuid}">'
            f'<THONG_TIN_HOC_BA Id="thongtinhocba-{uuid}">{information}</THONG_TIN_HOC_BA>'
            "<DANH_SACH_THONG_TIN_KY><DANH_SACH_GVBM></DANH_SACH_GVBM></DANH_SACH_THONG_TIN_KY>"
            "</DU_LIEU_HOC_BA><PHAT_HANH_HOC_BA></PHAT_HANH_HOC_BA></HOC_BA>"
        )
    else:
        text = (
            f'<HOC_BA><DU_LIEU_HOC_BA Id="data-{uuid}">{information}</DU_LIEU_HOC_BA>'
            "<DANH_SACH_THONG_TIN_KY></DANH_SACH_THONG_TIN_KY></HOC_BA>"
        )
    return text.encode("utf-8")


def general_values(record: AnyRecord) -> Values:
    """Values of THONG_TIN_CHUNG by tag, those that only secondary school writes among them."""
    school, pupil, terms = record.school, record.pupil, record.terms
    return {
        "PHIEN_BAN": fields.VERSIONS[record.profile.value],
        "THONG_TU": record.circular,
        "MA_TRA_CUU_UUID": record.record_uuid,
        "TEN_NAM_HOC": record.school_year,
        "MA_SO_GIAO_DUC": school.department_code,
        "TEN_SO_GD": school.department_name,
        "MA_TRUONG": school.school_code,
        "TEN_TRUONG": school.school_name,
        "TEN_QUAN_HUYEN": school.district_name,
        "TEN_XA_PHUONG": school.ward_name,
        "TEN_TINH_THANH_PHO": school.province_name,
        "MA_CAP_HOC": record.school_level_code,
        "SO_SO_DANG_BO": pupil.register_number,
        "HO_VA_TEN": pupil.full_name,
        "SO_CCCD": pupil.personal_id,
        "MA_HOC_SINH": pupil.pupil_code,
        "GIOI_TINH": pupil.gender,
        "NGAY_SINH": pupil.birth_date,
        "CAN_NANG": None if pupil.weight_kg is None else write_decimal(pupil.weight_kg),
        "CHIEU_CAO": None if pupil.height_cm is None else write_decimal(pupil.height_cm),
        "TONG_SO_BUOI_NGHI_CO_PHEP": _count(pupil.excused_absences),
        "THONG_SO_BUOI_NGHI_KHONG_PHEP": _count(pupil.unexcused_absences),
        "NOI_SINH": pupil.birth_place,
        "QUE_QUAN": pupil.home_town,
        "CHO_O_HIEN_NAY": pupil.current_address,
        "DAN_TOC": pupil.ethnic_group,
        "QUOC_TICH": pupil.nationality,
        "HO_VA_TEN_CHA": pupil.father_name,
        "NGHE_NGHIEP_CHA": pupil.father_occupation,
        "HO_VA_TEN_ME": pupil.mother_name,
        "NGHE_NGHIEP_ME": pupil.mother_occupation,
        "HO_VA_TEN_NGUOI_GIAM_HO": pupil.guardian_name,
        "NGHE_NGHIEP_NGUOI_GIAM_HO": pupil.guardian_occupation,
        "TEN_GIAM_HIEU_KY_HOC_BA": terms.signing_leader.full_name,
        "SO_CCCD_GIAM_HIEU_KY_HOC_BA": terms.signing_leader.personal_id,
        "DIA_DANH_PHAT_HANH_HOC_BA": terms.issue_place,
        "NGAY_TAO_HOC_BA": write_moment(terms.created_on),
        "NGAY_KY_PHAT_HANH_HOC_BA": write_moment(terms.issued_on),
        "CHUC_VU_GIAM_HIEU_KY_HOC_BA": terms.signing_leader_title,
        "TEN_GIAO_VIEN_CHU_NHIEM": terms.homeroom_teacher.full_name,
        "SO_CCCD_GIAO_VIEN_CHU_NHIEM": terms.homeroom_teacher.personal_id,
        "MA_KHOI": f"{record.grade:02d}",
        "TEN_LOP": record.classroom_name,
        "NAM_HOC": record.school_year,
    }


def history_values(year: StudyYear) -> Values:
    """Values of one QUA_TRINH_HOC_TAP by tag."""
    return {
        "NAM_HOC": year.school_year,
        "TEN_LOP": year.classroom_name,
        "TEN_TRUONG": year.school_name,
        "NGAY_TRANG_THAI_CHUYEN_DEN": write_moment(year.arrived_on),
    }


def summary_values(record: AnnualRecord) -> Values:
    """Values of the simple fields of TONG_KET by tag."""
    summary = record.summary
    return {
        "KET_QUA_XEP_LOAI": summary.year_result.value,
        "DUOC_LEN_LOP": write_flag(summary.promoted),
        "NOI_DUNG_HOAN_THANH_CHUONG_TRINH": summary.completion_text,
        "DA_HOAN_THANH_CHUONG_TRINH_LOP_HOC": write_flag(summary.grade_completed),
        "DA_HOAN_THANH_CHUONG_TRINH_TIEU_HOC": write_flag(summary.primary_completed),
        "NOI_DUNG_KHEN_THUONG": summary.award_text,
        "NOI_DUNG_KHEN_THUONG_DOT_XUAT": summary.special_award_text,
        "NHAN_XET_GVCN": summary.homeroom_comment,
    }


def subject_values(subject: SubjectResult) -> Values:
    """Values of one DIEM_TONG_KET by tag."""
    score = subject.test_score
    return {
        "MA_MON_HOC": subject.code,
        "TEN_MON_HOC": subject.name,
        "MUC_DAT_DUOC": subject.level.value,
        "DIEM_KIEM_TRA_DINH_KY": (
            score.value
            if isinstance(score, SubjectLevel)
            else None
            if score is None
            else str(score)
        ),
    }


def teacher_values(teacher: Person) -> Values:
    """Values of the GVBM inside one DIEM_TONG_KET by tag."""
    return {"HO_VA_TEN": teacher.full_name, "SO_CCCD": teacher.personal_id}


def trait_values(record: AnnualRecord) -> Values:
    """Values of DANH_GIA_NANG_LUC_PHAM_CHAT by tag."""
    traits = record.traits
    levels = {
        tag: traits.levels[code].value if code in traits.levels else None
        for tag, code in fields.TRAIT_TAGS.items()
    }
    return {
        **levels,
        "NHAN_XET_PHAM_CHAT": traits.quality_comment,
        "NHAN_XET_NANG_LUC_CHUNG": traits.general_competence_comment,
        "NHAN_XET_NANG_LUC_DAC_THU": traits.specific_competence_comment,
    }


def _information(record: AnnualRecord) -> str:
    history = "".join(
        element("QUA_TRINH_HOC_TAP", simple_tags(fields.HISTORY, history_values(year)))
        for year in record.history
    )
    marks = "".join(_mark(record, subject) for subject in record.subjects)
    return (
        element("THONG_TIN_CHUNG", simple_tags(fields.GENERAL, general_values(record)))
        + history
        + element(
            "TONG_KET",
            simple_tags(fields.SUMMARY, summary_values(record))
            + element("DANH_SACH_DIEM_TONG_KET", marks)
            + element(
                "DANH_GIA_NANG_LUC_PHAM_CHAT", simple_tags(fields.TRAITS, trait_values(record))
            ),
        )
    )


def _mark(record: AnnualRecord, subject: SubjectResult) -> str:
    simple = simple_tags(fields.SUBJECT, subject_values(subject))
    if record.profile is FormatProfile.V1_2024:
        return element("DIEM_TONG_KET", simple)
    if subject.teacher is None:
        raise missing_value(f"DIEM_TONG_KET {subject.code}/GVBM")
    check_subject_code(subject.code, "MA_MON_HOC")
    key = f"{subject.code}-{record.record_uuid}"
    teacher = simple_tags(fields.TEACHER, teacher_values(subject.teacher))
    return (
        f'<DIEM_TONG_KET Id="mon-{key}">{simple}'
        f'<GVBM Id="gvbm-{key}">{teacher}</GVBM></DIEM_TONG_KET>'
    )


def simple_tags(table: Sequence[fields.Field], values: Values) -> str:
    """Write the simple tags of a table.

    Raises `Malformed`: `field_missing`, `control_character`.
    """
    parts = []
    for field in table:
        value = values.get(field.tag)
        if value and value.strip():
            parts.append(element(field.tag, _text(value, field.tag)))
        elif field.required:
            raise missing_value(field.tag)
    return "".join(parts)


def _text(value: str, where: str) -> str:
    if has_control(value):
        raise Malformed(
            "control_character",
            "có ký tự điều khiển không hiển thị được.",
            "holds a control character.",
            where=where,
        )
    return escape(value)


def element(tag: str, content: str) -> str:
    """Write one element around what is markup already."""
    return f"<{tag}>{content}</{tag}>"


def _count(value: int | None) -> str | None:
    return None if value is None else str(value)


def missing_value(where: str) -> Malformed:
    """Make the error of a required value that is not there."""
    return Malformed(
        "field_missing", "chưa có giá trị bắt buộc.", "has no value but needs one.", where=where
    )
