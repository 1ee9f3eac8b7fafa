"""Học bạ THCS and THPT as PDF: rows, words, marks, subject teachers, booklet, comparison."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from booklet_world import RENDERED_AT

from hocba.assessment.secondary.catalogue import SUBJECTS
from hocba.assessment.secondary.levels import CommentLevel
from hocba.errors import Refused
from hocba.ids import SchoolYear
from hocba.record.codec import write_any
from hocba.record.model import SignerRole, SlotId
from hocba.record.sample import sample_record
from hocba.record.secondary.model import SecondaryRecord
from hocba.record.secondary.sample import sample_secondary
from hocba.record.slots import required_slots
from hocba.rendition.attachments import RECORD_NAME, extract_attachments
from hocba.rendition.booklet import BookletYear, is_year_attachment, render_booklet
from hocba.rendition.comparison import FaceOutcome, same_face
from hocba.rendition.face import Form
from hocba.rendition.form import SignatureLine, render_pdf
from hocba.rendition.secondary_face import build_secondary_face
from hocba.rendition.text import face_text

SIGNED = datetime(2026, 5, 27, 9, 15, tzinfo=timezone(timedelta(hours=7)))


def lines(record: SecondaryRecord) -> list[SignatureLine]:
    """Everybody who has to sign has signed."""
    return [
        SignatureLine(slot, _name(record, slot), "CA công cộng DEMO", SIGNED)
        for slot in required_slots(record)
    ]


def _name(record: SecondaryRecord, slot: SlotId) -> str:
    for subject in record.subjects:
        if subject.code == slot.subject and subject.teacher is not None:
            return subject.teacher.full_name
    return {
        SignerRole.HOMEROOM_TEACHER: record.terms.homeroom_teacher.full_name,
        SignerRole.SCHOOL_LEADER: record.terms.signing_leader.full_name,
    }.get(slot.role, record.school.school_name)


def address(record: SecondaryRecord) -> str:
    return f"https://hocba.example.vn/xac-thuc?ma={record.record_uuid}"


def render(record: SecondaryRecord, form: Form = "B") -> bytes:
    return render_pdf(
        record,
        write_any(record),
        fonts=None,
        signatures=lines(record),
        verify_url=address(record),
        timestamp=RENDERED_AT,
        form=form,
    )


def words(pdf: bytes) -> str:
    """All text without white space, as lines break anywhere."""
    return "".join("".join("".join(line.split()) for line in page) for page in face_text(pdf))


def together(text: str) -> str:
    return "".join(text.split())


def face(record: SecondaryRecord, **more: Any) -> dict[str, Any]:
    return build_secondary_face(record, lines(record), address(record), **more)


@pytest.mark.parametrize(
    ("grade", "expected"),
    [
        (
            8,
            (
                "TRUNG HỌC CƠ SỞ",
                "Số sổ đăng bộ: 1/2018/THCS",
                "Nghề nghiệp: Công nhân",
                "Ngoại ngữ 1 (Tiếng Anh)",
                "Được lên lớp 9.",
                "NHẬN XÉT CỦA GIÁO VIÊN CHỦ NHIỆM",
                "PHÊ DUYỆT CỦA HIỆU TRƯỞNG",
                "KẾT QUẢ RÈN LUYỆN TRONG KÌ NGHỈ HÈ",
                "Kết quả tham gia các cuộc thi",
                "Đã ký số 27/05/2026 09:15:00 +07:00",
                "Ký với tư cách giáo viên chủ nhiệm",
            ),
        ),
        (9, ("Xác nhận hoàn thành chương trình trung học cơ sở.", "Chứng chỉ nghề phổ thông")),
        (
            12,
            (
                "TRUNG HỌC PHỔ THÔNG",
                "Hoàn thành chương trình trung học phổ thông.",
                "Cụm chuyên đề học tập: Toán, Vật lí, Hóa học",
                "Giáo dục quốc phòng và an ninh",
            ),
        ),
    ],
)
def test_the_page_says_what_the_form_wants(grade: int, expected: tuple[str, ...]) -> None:
    text = words(render(sample_secondary(grade)))
    for each in expected:
        assert together(each) in text, each


@pytest.mark.parametrize("grade", [7, 10])
def test_all_rows_of_the_form_in_its_order(grade: int) -> None:
    record = sample_secondary(grade)
    rows = face(record)["subjects"]
    assert len(rows) == len(SUBJECTS[record.level])
    labels = [row["label"] for row in rows]
    taken = {each.code: each.name for each in record.subjects}
    assert labels == [taken.get(each.code, each.name_on_form) for each in SUBJECTS[record.level]]
    empty = [row for row in rows if row["year"] is None]
    assert len(empty) == len(rows) - len(record.subjects)


def test_marks_have_a_decimal_comma_and_exempt_is_a_word() -> None:
    record = sample_secondary(8)
    exempt = CommentLevel.EXEMPT
    changed = replace(record.subjects[8], term_1=exempt, term_2=exempt, year=exempt)
    again = replace(record.subjects[1], again=Decimal("5.0"))
    record = replace(
        record,
        subjects=(record.subjects[0], again, *record.subjects[2:8], changed, *record.subjects[9:]),
    )
    rows = face(record)["subjects"]
    assert (rows[8]["term_1"], rows[8]["year"]) == ("Miễn", "Miễn")
    assert rows[1]["again"] == "5,0"
    assert rows[0]["term_1"] == "8,4"
    assert rows[10]["year"] == "Đ"


def test_nothing_that_was_signed_is_missing() -> None:
    record = sample_secondary(11, seed=1)
    text = words(render(record))
    for subject in record.subjects:
        assert subject.teacher is not None
        assert together(subject.comment or "") in text
        assert together(subject.teacher.full_name) in text
    for value in (record.summary.homeroom_comment, record.pupil.mother_occupation or ""):
        assert together(value) in text


def test_form_a_has_no_number_and_no_guidance() -> None:
    record = sample_secondary(8)
    text = words(render(record, "A"))
    assert together("Mã số định danh cá nhân") not in text
    assert together("HIỆU TRƯỞNG") in text
    assert together("HƯỚNG DẪN") not in text


def test_the_same_record_gives_the_same_bytes_with_the_xml_inside() -> None:
    record = sample_secondary(12)
    pdf = render(record)
    assert pdf == render(record)
    assert extract_attachments(pdf)[RECORD_NAME] == write_any(record)
    assert same_face(pdf, render(record)).outcome is FaceOutcome.IDENTICAL


def test_another_mark_on_the_face_is_found() -> None:
    record = sample_secondary(8)
    better = replace(record.subjects[0], year=Decimal("9.9"))
    dressed = replace(record, subjects=(better, *record.subjects[1:]))
    found = same_face(render(dressed), render(record))
    assert found.outcome is FaceOutcome.DIFFERENT
    assert "9,9" in (found.shown or "")


def year(grade: int, last: int, **changed: Any) -> BookletYear:
    """The record of one grade of a pupil who is in grade `last` in 2025-2026."""
    newest, record = sample_secondary(last), sample_secondary(grade)
    first = 2025 - last + grade
    record = replace(record, school_year=SchoolYear(f"{first}-{first + 1}"), pupil=newest.pupil)
    return replace(
        BookletYear(record, write_any(record), lines(record), address(record)), **changed
    )


def test_a_booklet_of_four_years() -> None:
    years = [year(grade, 9) for grade in range(6, 10)]
    pdf = render_booklet(years, fonts=None, timestamp=RENDERED_AT)
    text = words(pdf)
    assert text.count(together("KẾT QUẢ HỌC TẬP VÀ RÈN LUYỆN NĂM HỌC")) == 4
    assert len([name for name in extract_attachments(pdf) if is_year_attachment(name)]) == 4


def test_each_level_has_a_booklet_of_its_own() -> None:
    primary = sample_record(5)
    pupil = sample_secondary(6).pupil
    primary = replace(primary, pupil=pupil, school_year=SchoolYear("2024-2025"))
    first = BookletYear(
        primary, b"<HOC_BA/>", (), f"https://hocba.example.vn/?ma={primary.record_uuid}"
    )
    with pytest.raises(Refused) as caught:
        render_booklet([first, year(6, 6)], fonts=None, timestamp=RENDERED_AT)
    assert caught.value.code == "booklet_levels"
