"""One test for each finding of the checks before the first signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from documents import GRADES, PROFILES, V1, as_written

from hocba.assessment.levels import SubjectLevel, TraitLevel, YearResult
from hocba.ids import PersonalId, RecordUuid, SchoolYear, SubjectCode, TraitCode
from hocba.record.codec import read_record, write_data
from hocba.record.completeness import Finding, check_record
from hocba.record.model import AnnualRecord, FormatProfile, Person
from hocba.record.sample import sample_record

EXEMPT = SubjectLevel.EXEMPT
Edit = Callable[[AnnualRecord], AnnualRecord]


def part(name: str, **values: Any) -> Edit:
    """Change fields of one part of the record."""
    return lambda record: replace(record, **{name: replace(getattr(record, name), **values)})


def whole(**values: Any) -> Edit:
    return lambda record: replace(record, **values)


def mark(code: str, /, **values: Any) -> Edit:
    def edit(record: AnnualRecord) -> AnnualRecord:
        return replace(
            record,
            subjects=tuple(
                replace(each, **values) if each.code == code else each for each in record.subjects
            ),
        )

    return edit


def without(code: str) -> Edit:
    return lambda record: replace(
        record, subjects=tuple(each for each in record.subjects if each.code != code)
    )


def again(code: str) -> Edit:
    return lambda record: replace(
        record,
        subjects=(*record.subjects, *(each for each in record.subjects if each.code == code)),
    )


def trait(code: str, level: TraitLevel | None) -> Edit:
    def edit(record: AnnualRecord) -> AnnualRecord:
        levels: Mapping[TraitCode, TraitLevel] = {
            key: value for key, value in record.traits.levels.items() if key != code
        }
        if level is not None:
            levels = {**levels, TraitCode(code): level}
        return replace(record, traits=replace(record.traits, levels=levels))

    return edit


def last_year(**values: Any) -> Edit:
    return lambda record: replace(
        record, history=(*record.history[:-1], replace(record.history[-1], **values))
    )


def of_grade_1() -> AnnualRecord:
    return sample_record(1)


def found(record: AnnualRecord) -> set[tuple[str, str, str]]:
    findings = check_record(record)
    assert all(each.sentence.vi and each.sentence.en for each in findings)
    return {(each.severity, each.code, each.where) for each in findings}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("grade", GRADES)
def test_a_right_record_has_no_finding(grade: int, profile: FormatProfile) -> None:
    for seed in range(4):
        record = sample_record(grade, profile, seed=seed)
        assert check_record(record) == []
        assert check_record(as_written(record)) == []
        assert check_record(read_record(write_data(record)).record) == []


def error(code: str, where: str) -> tuple[str, str, str]:
    return ("error", code, where)


RESULT = "KET_QUA_XEP_LOAI"
CASES: list[tuple[Edit, set[tuple[str, str, str]]]] = [
    # 1 fields, lengths, characters
    (part("pupil", mother_name=""), {error("field_missing", "HO_VA_TEN_ME")}),
    (part("pupil", full_name="  "), {error("field_missing", "HO_VA_TEN")}),
    (part("pupil", weight_kg=None), {error("field_missing", "CAN_NANG")}),
    (part("pupil", excused_absences=None), {error("field_missing", "TONG_SO_BUOI_NGHI_CO_PHEP")}),
    (part("school", ward_name=""), {error("field_missing", "TEN_XA_PHUONG")}),
    (part("terms", issue_place=""), {error("field_missing", "DIA_DANH_PHAT_HANH_HOC_BA")}),
    (part("terms", signing_leader_title=""),
     {error("field_missing", "CHUC_VU_GIAM_HIEU_KY_HOC_BA")}),
    (part("summary", homeroom_comment=""), {error("field_missing", "NHAN_XET_GVCN")}),
    (part("traits", quality_comment=""), {error("field_missing", "NHAN_XET_PHAM_CHAT")}),
    (last_year(classroom_name=""), {error("field_missing", "TEN_LOP")}),
    (mark("03", name=""), {error("field_missing", "TEN_MON_HOC")}),
    (whole(classroom_name="4A1 bán trú"), {error("field_length", "TEN_LOP")}),
    (part("summary", homeroom_comment="ẵ" * 2001), {error("field_length", "NHAN_XET_GVCN")}),
    (part("traits", specific_competence_comment="x" * 501),
     {error("field_length", "NHAN_XET_NANG_LUC_DAC_THU")}),
    (part("pupil", full_name="Nguye\u0302\u0303n"), {error("field_text", "HO_VA_TEN")}),
    (part("pupil", full_name="Mẫu\x07"), {error("field_text", "HO_VA_TEN")}),
    (mark("03", teacher=None), {error("teacher_missing", "03")}),
    (mark("03", teacher=Person("", PersonalId("000190000001"))),
     {error("field_missing", "HO_VA_TEN")}),
    # 2 forms: what the reader would refuse is not signed
    (part("pupil", personal_id=PersonalId("00031600001")), {error("personal_id", "SO_CCCD")}),
    (part("pupil", birth_date="31/02/2016"), {error("date", "NGAY_SINH")}),
    (part("pupil", gender="nữ"), {error("field_catalogue", "GIOI_TINH")}),
    (part("pupil", weight_kg=Decimal("28.12345")), {error("field_type", "CAN_NANG")}),
    (part("pupil", weight_kg=Decimal("NaN")), {error("field_type", "CAN_NANG")}),
    (part("pupil", height_cm=Decimal("-1")), {error("field_type", "CHIEU_CAO")}),
    (part("pupil", unexcused_absences=-1),
     {error("field_type", "THONG_SO_BUOI_NGHI_KHONG_PHEP")}),
    (part("terms", issued_on=datetime.fromisoformat("2026-05-29T10:00:00")),
     {error("date", "NGAY_KY_PHAT_HANH_HOC_BA")}),
    (part("terms", homeroom_teacher=Person("Mẫu", PersonalId("1"))),
     {error("personal_id", "SO_CCCD_GIAO_VIEN_CHU_NHIEM")}),
    (whole(record_uuid=RecordUuid("x")), {error("uuid", "MA_TRA_CUU_UUID")}),
    (whole(grade=6), {error("field_catalogue", "MA_KHOI")}),
    (whole(grade=0), {error("field_catalogue", "MA_KHOI")}),
    # 3 subjects and tests
    (without("03"), {error("subject_missing", "03"), error("incomplete", RESULT)}),
    (again("03"), {error("subject_repeated", "03")}),
    (mark("03", code=SubjectCode("04")),
     {error("subject_not_taught", "04"), error("subject_missing", "03"),
      error("incomplete", RESULT)}),
    (mark("03", code=SubjectCode("99")),
     {error("subject_not_taught", "99"), error("subject_missing", "03"),
      error("subject", RESULT)}),
    (mark("01", test_score=None), {error("test_missing", "01"), error("incomplete", RESULT)}),
    (mark("01", test_score=EXEMPT), {error("test_missing", "01"), error("incomplete", RESULT)}),
    (mark("01", test_score=11), {error("test_missing", "01"), error("score", RESULT)}),
    (mark("03", test_score=9), {error("test_not_held", "03")}),
    (mark("88", level=EXEMPT, test_score=EXEMPT), {error("test_not_held", "88")}),
    (mark("11", level=EXEMPT), {error("exempt_score", "11")}),
    (mark("11", level=EXEMPT, test_score=None), {error("exempt_score", "11")}),
    (mark("11", level=EXEMPT, test_score=EXEMPT), set()),
    (mark("88", level=EXEMPT), set()),
    # traits
    (trait("06", None),
     {error("field_missing", "NANG_LUC_TU_CHU_TU_HOC"), error("incomplete", RESULT)}),
    (trait("12", None), {error("incomplete", RESULT)}),
    (trait("99", TraitLevel.GOOD), {error("trait_not_assessed", "99")}),
    # 4 the result of the year
    (part("summary", year_result=YearResult.WELL_COMPLETED), {error("year_result", RESULT)}),
    (mark("03", level=SubjectLevel.COMPLETED), {error("year_result", RESULT)}),
    (trait("01", TraitLevel.SATISFACTORY), {error("year_result", RESULT)}),
    (mark("01", test_score=8), {error("year_result", RESULT)}),
    # 5 promotion
    (part("summary", promoted=False), {error("promotion", "DUOC_LEN_LOP")}),
    (part("summary", grade_completed=False),
     {error("promotion", "DA_HOAN_THANH_CHUONG_TRINH_LOP_HOC")}),
    (part("summary", primary_completed=True),
     {error("promotion", "DA_HOAN_THANH_CHUONG_TRINH_TIEU_HOC")}),
    (part("summary", completion_text="Được lên lớp 5."),
     {error("promotion", "NOI_DUNG_HOAN_THANH_CHUONG_TRINH")}),
    (part("summary", completion_text=None),
     {error("promotion", "NOI_DUNG_HOAN_THANH_CHUONG_TRINH")}),
    # history
    (whole(history=()), {error("history", "QUA_TRINH_HOC_TAP")}),
    (last_year(school_year=SchoolYear("2026-2027")), {error("history", "QUA_TRINH_HOC_TAP")}),
    (lambda record: replace(record, history=record.history[::-1]),
     {error("history", "QUA_TRINH_HOC_TAP")}),
    (lambda record: replace(record, history=(*record.history, record.history[-1])),
     {error("history", "QUA_TRINH_HOC_TAP")}),
    # 8 warnings
    (mark("01", test_score=6), {("warning", "unusual_test", "01"), error("year_result", RESULT)}),
    (mark("01", level=SubjectLevel.NOT_COMPLETED, test_score=5),
     {("warning", "unusual_test", "01"), error("year_result", RESULT)}),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "expected"), CASES, ids=range(len(CASES)))
def test_findings(edit: Edit, expected: set[tuple[str, str, str]]) -> None:
    assert found(edit(sample_record())) == expected


@pytest.mark.parametrize("code", ["12", "13"])
def test_technology_and_informatics_are_not_assessed_in_grade_1(code: str) -> None:
    record = trait(code, TraitLevel.GOOD)(of_grade_1())
    assert found(record) == {error("trait_not_assessed", code)}


def test_v1_needs_no_subject_teacher() -> None:
    assert check_record(mark("03", teacher=None)(sample_record(4, V1))) == []


def not_completed(promoted: bool, text: str) -> AnnualRecord:
    record = mark("01", level=SubjectLevel.NOT_COMPLETED, test_score=4)(sample_record())
    summary = replace(
        record.summary,
        year_result=YearResult.NOT_COMPLETED,
        promoted=promoted,
        grade_completed=False,
        completion_text=text,
        award_text=None,
    )
    return replace(record, summary=summary)


@pytest.mark.parametrize(
    ("promoted", "text"),
    [
        (True, "Chưa hoàn thành chương trình lớp 4; Được lên lớp 5."),
        (False, "Chưa hoàn thành chương trình lớp 4; Chưa được lên lớp."),
    ],
)
def test_the_head_decides_on_a_pupil_who_has_not_completed(promoted: bool, text: str) -> None:
    assert check_record(not_completed(promoted, text)) == []
    assert found(not_completed(not promoted, text)) == {
        error("promotion", "NOI_DUNG_HOAN_THANH_CHUONG_TRINH")
    }


def test_a_warning_alone_is_not_an_error() -> None:
    record = mark("01", test_score=6)(sample_record())
    record = replace(record, summary=replace(record.summary, year_result=YearResult.COMPLETED))
    assert found(record) == {("warning", "unusual_test", "01")}


def test_a_year_result_names_the_deciding_fact() -> None:
    (finding,) = check_record(mark("01", test_score=8)(sample_record()))
    assert finding == Finding("error", "year_result", RESULT, finding.sentence)
    assert "điểm kiểm tra Toán là 8, dưới 9" in finding.sentence.vi


def test_a_form_names_its_tag() -> None:
    (finding,) = check_record(part("pupil", gender="nữ")(sample_record()))
    assert finding.sentence.vi == "GIOI_TINH: phải là Nam hoặc Nữ."


def test_faults_of_every_kind_are_found_together() -> None:
    record = sample_record()
    for edit in (
        part("pupil", mother_name="", birth_date="x"),
        mark("03", test_score=9),
        trait("99", TraitLevel.GOOD),
        part("summary", promoted=False),
        whole(history=()),
    ):
        record = edit(record)
    codes = {code for _, code, _ in found(record)}
    assert codes == {
        "field_missing", "date", "test_not_held", "trait_not_assessed", "promotion", "history"
    }  # fmt: skip
