"""All years of one pupil in one document, in both forms, and as a certified copy."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from booklet_world import COPY, RENDERED_AT, SEALED_AT, year

from hocba.errors import Refused
from hocba.ids import PersonalId, PupilCode, RecordUuid
from hocba.ports import Key
from hocba.rendition.attachments import extract_attachments
from hocba.rendition.booklet import BookletYear, render_booklet, year_attachment
from hocba.rendition.seal import read_seal, seal_pdf
from hocba.rendition.text import face_text
from hocba.trust.store import TrustStore
from hocba.verify.document import Circumstances, verify_document
from hocba.verify.verdict import Verdict


def booklet(*years: BookletYear, **changed: Any) -> bytes:
    arguments: dict[str, Any] = {"fonts": None, "timestamp": RENDERED_AT, **changed}
    return render_booklet(years or (year(3), year(4), year(5)), **arguments)


def squeezed(pdf: bytes) -> list[str]:
    return ["".join(page).replace(" ", "") for page in face_text(pdf)]


def test_cover_from_the_newest_year_then_the_years_in_order() -> None:
    pages = squeezed(booklet(year(5), year(3), year(4)))
    assert "Lớp:5A1" in pages[0]
    assert "2025–2026" in pages[0]
    assert "QUÁTRÌNHHỌCTẬP" in pages[1]
    found = [at for at, page in enumerate(pages) if "KẾTQUẢHỌCTẬPVÀRÈNLUYỆN" in page]
    heads = [pages[at].split("NĂMHỌC")[1][:9] for at in found]
    assert heads == ["2023–2024", "2024–2025", "2025–2026"]


def test_page_numbers_go_through_the_whole() -> None:
    pages = face_text(booklet())
    for number, page in enumerate(pages[1:], start=2):
        assert f"Trang {number}/{len(pages)}" in " ".join(page)


def test_study_history_has_the_register_number_of_every_year_given() -> None:
    page = squeezed(booklet())[1]
    assert all(f"{grade}/số" in page for grade in (3, 4, 5))
    assert all(f"{first}–{first + 1}" in page for first in range(2021, 2026))


def test_a_year_that_the_newest_record_forgot_is_not_lost() -> None:
    newest = year(5)
    short = replace(newest, record=replace(newest.record, history=newest.record.history[-1:]))
    page = squeezed(booklet(year(4), short))[1]
    assert all(f"{first}–{first + 1}" in page for first in range(2021, 2026))


def test_a_year_that_no_history_names_has_a_row() -> None:
    newest = year(5)
    bare = replace(newest, record=replace(newest.record, history=()))
    page = squeezed(booklet(bare))[1]
    assert "2025–20265A1TiểuhọcMẫu5/số" in page


def test_each_year_has_its_own_signers_and_code() -> None:
    pages = squeezed(booklet())
    for each in (year(3), year(4), year(5)):
        assert any(
            each.verify_url in page and f"/{each.record.school_year[5:]}" in page for page in pages
        )


def test_every_signed_xml_is_inside_unchanged(tmp_path: Path) -> None:
    pdf = booklet()
    attached = extract_attachments(pdf)
    assert attached == {
        year_attachment(each.record.school_year): each.document
        for each in (year(3), year(4), year(5))
    }
    assert "hoc-ba-2025-2026.xml" in attached
    assert extract_attachments(booklet(attach=False)) == {}


@pytest.mark.parametrize("form", ["A", "B"])
def test_standards_bookmarks_and_validity_for_other_programs(form: Any, tmp_path: Path) -> None:
    file = tmp_path / "booklet.pdf"
    file.write_bytes(booklet(form=form))
    with pikepdf.open(file) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert metadata["pdfuaid:part"] == "1"
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert sum("NĂM HỌC" in title for title in titles) == 3
    clean = subprocess.run(["mutool", "clean", file, tmp_path / "c.pdf"], capture_output=True)
    assert (clean.returncode, clean.stderr) == (0, b"")


def test_the_same_years_give_the_same_bytes() -> None:
    assert booklet(copy=COPY, form="A") == booklet(copy=COPY, form="A")


def test_form_a_has_letters_guidance_and_the_titles_of_the_circular() -> None:
    pages = squeezed(booklet(year(5), form="A"))
    assert "HƯỚNGDẪNGHIHỌCBẠ" in pages[1]
    assert "HƯỚNGDẪN" not in pages[2]
    assert "HIỆUTRƯỞNG(Ký,ghirõhọtênvàđóngdấu)" in pages[2]
    assert "Mãsốđịnhdanhcánhân" not in "".join(pages)
    assert "Lớp:" not in pages[0]
    lines = face_text(booklet(year(5), form="A"))[3]
    assert "T" in lines
    assert "Tốt" not in lines
    assert "Điểm KTĐK" in " ".join(lines)
    assert any(line.startswith("1. Các môn học") for line in lines)


def test_a_year_that_is_not_issued_is_marked_and_neither_coded_nor_attached() -> None:
    draft = year(5, issued=False, signatures=())
    pages = face_text(booklet(year(4), draft))
    marked = ["BẢN NHÁP - CHƯA CÓ GIÁ TRỊ" in page for page in pages]
    assert marked == [True, True, False, False, True, True]
    assert draft.verify_url not in squeezed(booklet(draft))[-1]
    assert set(extract_attachments(booklet(year(4), draft))) == {"hoc-ba-2024-2025.xml"}


def test_wrong_years_are_refused() -> None:
    other = year(4)
    pupil = replace(
        other.record.pupil, personal_id=PersonalId("000315000099"), pupil_code=PupilCode("1")
    )
    stranger = replace(other, record=replace(other.record, pupil=pupil))
    again = replace(
        year(5),
        record=replace(year(5).record, record_uuid=RecordUuid(year(4).record.record_uuid)),
        verify_url=year(4).verify_url,
    )
    for years, code in (
        ((year(5), again), "booklet_years"),
        ((stranger, year(5)), "booklet_pupils"),
        ((year(5, verify_url="https://hocba.example.vn/"),), "verify_url"),
    ):
        with pytest.raises(Refused) as refusal:
            booklet(*years)
        assert refusal.value.code == code
    with pytest.raises(Refused) as refusal:
        render_booklet((), fonts=None, timestamp=RENDERED_AT)
    assert refusal.value.code == "booklet_empty"


def test_a_certified_copy_says_on_every_page_which_copy_it_is() -> None:
    pages = face_text(booklet(copy=COPY))
    for page in pages:
        assert "SAO Y · Số: 12/SY-THM · 01/06/2026 · Trường Tiểu học Mẫu" in " ".join(page)
    last = " ".join(pages[-1])
    for words in (
        "TRƯỜNG TIỂU HỌC MẪU",
        "Số: 12/SY-THM",
        "Phường Sài Gòn, ngày 01 tháng 6 năm 2026",
        "Sao y bản chính học bạ số của Nguyễn Thị Mẫu",
        "Bà Trần Thị Mẫu",
        "Chuyển trường",
        "KT. HIỆU TRƯỞNG",
        "PHÓ HIỆU TRƯỞNG",
        "(Ký, ghi rõ họ tên và đóng dấu)",
        "Lê Văn Mẫu",
    ):
        assert words.replace(" ", "") in last.replace(" ", "")
    assert "000315" not in last


def test_a_copy_of_a_draft_or_with_gaps_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        booklet(year(5, issued=False), copy=COPY)
    assert refusal.value.code == "copy_of_draft"
    for gap in ({"recipient": " "}, {"copies": 0}):
        with pytest.raises(Refused) as refusal:
            booklet(copy=replace(COPY, **gap))
        assert refusal.value.code == "copy_terms"


def test_a_certified_copy_can_be_sealed(keys: dict[str, Key], tmp_path: Path) -> None:
    sealed = seal_pdf(booklet(copy=COPY), keys["ECDSA_P256_SHA256"], SEALED_AT, None)
    file = tmp_path / "copy.pdf"
    file.write_bytes(sealed)
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert read_seal(sealed) is not None


def test_a_copy_is_no_record_and_is_neither_valid_nor_refused(keys: dict[str, Key]) -> None:
    sealed = seal_pdf(booklet(copy=COPY), keys["ECDSA_P256_SHA256"], SEALED_AT, None)
    circumstances = Circumstances(store=TrustStore.from_pem([]), at=SEALED_AT)
    report = verify_document(sealed, name="", circumstances=circumstances)
    assert report.verdict is Verdict.UNDETERMINED
    [check] = [each for each in report.checks if each.reason == "many_records"]
    assert "hoc-ba-2025-2026.xml" in check.sentence.vi
    changed = verify_document(
        sealed.replace(b"%%EOF", b"%%EOF ", 1), name="", circumstances=circumstances
    )
    assert changed.verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("asked", "said"), [(True, "/DuplexFlipLongEdge"), (False, "/Simplex"), (None, "None")]
)
def test_the_print_dialog_is_told_which_sides(asked: bool | None, said: str) -> None:
    with pikepdf.open(BytesIO(booklet(double_sided=asked))) as pdf:
        assert str(pdf.Root.ViewerPreferences.get("/Duplex")) == said
        assert pdf.Root.ViewerPreferences.DisplayDocTitle is True


def test_a_moment_with_fractions_of_a_second_is_fine() -> None:
    moment = RENDERED_AT.replace(microsecond=123_456)
    assert booklet(timestamp=moment) == booklet()
