"""The printed form: labels, order, words, marks of PDF/A and PDF/UA, attachments."""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from booklet_world import RENDERED_AT

from hocba.assessment.catalogue import SUBJECTS
from hocba.assessment.levels import SubjectLevel
from hocba.errors import Malformed, Refused
from hocba.ids import RecordUuid, SubjectCode
from hocba.record.model import AnnualRecord, SignerRole, SlotId, SubjectResult
from hocba.rendition.attachments import EVIDENCE_NAME, RECORD_NAME, extract_attachments
from hocba.rendition.form import SignatureLine
from hocba.rendition.qr import qr_svg
from hocba.rendition.text import face_text

Render = Callable[..., bytes]


def poppler_text(pdf: bytes, tmp_path: Path) -> str:
    """Extract the text with an independent program."""
    file = tmp_path / "form.pdf"
    file.write_bytes(pdf)
    shown = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True)
    return shown.stdout.decode("utf-8")


def test_the_text_is_extractable_as_composed_vietnamese(rendered: bytes, tmp_path: Path) -> None:
    text = poppler_text(rendered, tmp_path)
    assert unicodedata.is_normalized("NFC", text)
    for expected in (
        "BỘ GIÁO DỤC VÀ ĐÀO TẠO",
        "Họ và tên học sinh: Nguyễn Thị Ngọc Mẫu",
        "Mã số định danh cá nhân: 000316000001",
        "(Mã tra cứu học bạ UUID sử dụng để tra cứu học bạ số",
        "Cân nặng: 24,5 kg",
        "Hoàn thành chương trình lớp 4; Được lên lớp 5.",
        "29/05/2026 14:15:00 +07:00",
        "Trang 4/4",
    ):
        assert expected in " ".join(text.split()), expected


def test_sections_stand_in_the_order_of_the_form(rendered: bytes) -> None:
    text = "".join("".join(line) for page in face_text(rendered) for line in page)
    titles = (
        "QUÁ TRÌNH HỌC TẬP",
        "1. Kết quả các môn học và hoạt động giáo dục",
        "2. Nhận xét những phẩm chất chủ yếu",
        "3. Những năng lực cốt lõi",
        "3.1. Những năng lực chung",
        "3.2. Những năng lực đặc thù",
        "4. Đánh giá kết quả giáo dục",
        "5. Khen thưởng",
        "6. Hoàn thành chương trình lớp học/chương trình tiểu học",
        "Xác nhận của Hiệu trưởng",
        "Thông tin chữ ký số",
    )
    places = [text.replace(" ", "").find(title.replace(" ", "")) for title in titles]
    assert -1 not in places
    assert places == sorted(places)


def test_all_fourteen_subject_rows_are_always_there(render: Render, record: AnnualRecord) -> None:
    few = replace(record, subjects=record.subjects[:1])
    text = "".join("".join(page) for page in face_text(render(few))).replace(" ", "")
    assert len(SUBJECTS) == 14
    for subject in SUBJECTS:
        assert subject.name_on_form.replace(" ", "") in text


def test_a_subject_unknown_to_the_form_is_not_lost(render: Render, record: AnnualRecord) -> None:
    other = SubjectResult(SubjectCode("70"), "Ngoại ngữ 2", SubjectLevel.COMPLETED)
    lines = face_text(render(replace(record, subjects=(*record.subjects, other))))
    assert any("Ngoại ngữ 2" in line for page in lines for line in page)


def test_levels_are_words_and_an_exempt_subject_says_so(rendered: bytes) -> None:
    lines = face_text(rendered)[2]
    for word in ("Hoàn thành tốt", "Hoàn thành", "Miễn học", "Tốt"):
        assert word in lines


def test_district_stands_on_the_cover_only_while_there_was_one(
    render: Render, record: AnnualRecord
) -> None:
    old = replace(record, school=replace(record.school, district_name="Quận Mẫu"))
    label = "Huyện (Thành phố, Quận, Thị xã):"
    assert label in face_text(render(old))[0]
    assert label not in face_text(render(record))[0]


def test_a_deputy_signs_for_the_head(render: Render, record: AnnualRecord) -> None:
    terms = replace(record.terms, signing_leader_title="Phó Hiệu trưởng")
    lines = face_text(render(replace(record, terms=terms)))[3]
    assert "KT. Hiệu trưởng – Phó Hiệu trưởng" in lines


def test_the_same_input_gives_the_same_bytes(
    render: Render, record: AnnualRecord, rendered: bytes
) -> None:
    assert render(record) == rendered


def test_who_signed_first_does_not_change_the_print(render: Render, record: AnnualRecord) -> None:
    lines = [
        SignatureLine(
            SlotId(SignerRole.SUBJECT_TEACHER, subject.code), "Người Mẫu", "CA Mẫu", RENDERED_AT
        )
        for subject in record.subjects
    ]
    forward = render(record, signatures=lines)
    assert render(record, signatures=lines[::-1]) == forward


def test_an_unsigned_draft_says_that_it_is_not_signed(render: Render, record: AnnualRecord) -> None:
    lines = face_text(render(record, signatures=()))[3]
    assert lines.count("Chưa ký số") == 2
    assert "Thông tin chữ ký số" not in lines


def test_pdfa_and_pdfua_marks_title_and_language(rendered: bytes, tmp_path: Path) -> None:
    file = tmp_path / "form.pdf"
    file.write_bytes(rendered)
    with pikepdf.open(file) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
            assert metadata["pdfaid:conformance"] == "A"
            assert metadata["pdfuaid:part"] == "1"
            assert "Nguyễn Thị Ngọc Mẫu" in metadata["dc:title"]
        assert str(pdf.Root.Lang).startswith("vi")
        assert pdf.Root.MarkInfo.Marked is True
        assert pdf.Root.ViewerPreferences.DisplayDocTitle is True
        assert not any("/Annots" in page for page in pdf.pages)
    info = subprocess.run(["mutool", "info", file], capture_output=True, check=True, text=True)
    assert "Pages: 4" in info.stdout
    clean = subprocess.run(["mutool", "clean", file, tmp_path / "clean.pdf"], capture_output=True)
    assert clean.returncode == 0
    assert b"error" not in clean.stderr


def test_record_and_evidence_are_attached_unchanged(rendered: bytes, tmp_path: Path) -> None:
    attached = extract_attachments(rendered)
    assert attached[RECORD_NAME].startswith(b"<HOC_BA>")
    assert attached[EVIDENCE_NAME].startswith(b"PK\x05\x06")
    file = tmp_path / "form.pdf"
    file.write_bytes(rendered)
    subprocess.run(["pdfdetach", "-saveall", "-o", tmp_path, file], capture_output=True, check=True)
    assert (tmp_path / RECORD_NAME).read_bytes() == attached[RECORD_NAME]
    with pikepdf.open(file) as pdf:
        relations = sorted(str(spec.AFRelationship) for spec in pdf.Root.AF)
    assert relations == ["/Source", "/Supplement"]


def test_without_evidence_only_the_record_is_attached(render: Render, record: AnnualRecord) -> None:
    assert set(extract_attachments(render(record, evidence=None))) == {RECORD_NAME}


@pytest.mark.parametrize("path", ["", "000316000001"])
def test_the_address_holds_the_uuid_and_nothing_personal(
    render: Render, record: AnnualRecord, path: str
) -> None:
    suffix = f"{record.record_uuid}/{path}" if path else "khac"
    with pytest.raises(Refused, match="mã QR") as refusal:
        render(record, verify_url=f"https://hocba.example.vn/{suffix}")
    assert refusal.value.code == "verify_url"


def test_a_letter_that_no_font_has_is_refused_with_a_sentence(
    render: Render, record: AnnualRecord
) -> None:
    odd = replace(record, record_uuid=RecordUuid(record.record_uuid), classroom_name="4\U00013000")
    with pytest.raises(Refused) as refusal:
        render(odd)
    assert refusal.value.code == "rendition"


def test_text_is_never_read_as_markup(render: Render, record: AnnualRecord) -> None:
    tricky = replace(
        record, summary=replace(record.summary, homeroom_comment="#panic() $x$ *a* \\ <b> [c]")
    )
    text = "".join(" ".join(page) for page in face_text(render(tricky)))
    assert "#panic() $x$ *a* \\ <b> [c]" in text


def test_the_qr_code_is_small_and_always_the_same() -> None:
    assert qr_svg("https://hocba.example.vn/x") == qr_svg("https://hocba.example.vn/x")
    assert qr_svg("https://hocba.example.vn/x").startswith("<svg")


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.7", b"%PDF-1.7\n" + b"\xff" * 500, b"PK\x03\x04"])
def test_reading_anything_else_is_refused(junk: bytes) -> None:
    for read in (extract_attachments, face_text):
        with pytest.raises(Malformed):
            read(junk)
