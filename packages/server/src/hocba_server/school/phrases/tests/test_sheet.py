from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Sequence

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from hocba.errors import Malformed, Refused
from hocba_server.school.phrases.models import Phrase, PhraseImport
from hocba_server.school.phrases.selectors import PhraseFilter, phrases_of
from hocba_server.school.phrases.services import add_phrase, remove_phrase, take_starter_set
from hocba_server.school.phrases.sheet_services import preview_phrases, save_phrases
from hocba_server.school.phrases.sheets import HEADERS, write_phrases
from hocba_server.school.phrases.tests.conftest import entry
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, HOMEROOM_ID, Cast
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry
from hocba_server.web.spreadsheets.grids import read_grids

Sheet = Callable[[Sequence[str], Sequence[Sequence[object]]], bytes]


def _preview(by: Actor, content: bytes) -> PhraseImport:
    found = preview_phrases(by=by, at=AT, content=content, filename="mau.xlsx")
    return PhraseImport.objects.get(pk=found)


def _statuses(stored: PhraseImport) -> list[str]:
    return [row["status"] for row in stored.rows]


def _export(by: Actor) -> bytes:
    return write_phrases(phrases_of(by, PhraseFilter()))


@pytest.fixture
def banks(cast: Cast) -> Cast:
    """Own phrases and those of the school, with every kind of value."""
    take_starter_set(by=cast.principal, at=AT)
    for each in (
        entry("=1+1 là “hai”; {ten} tính đúng.", about="01"),
        entry("Khối nhỏ.", first_grade=1, last_grade=2, level=""),
        entry("Từ khối bốn.", first_grade=4, about="quality", level="Đ"),
        entry("Đến khối ba.", last_grade=3, about="homeroom"),
    ):
        add_phrase(by=cast.homeroom, at=AT, entry=each)
    return cast


def test_out_and_in_again_changes_nothing(banks: Cast) -> None:
    for by in (banks.homeroom, banks.principal, banks.music):
        stored = _preview(by, _export(by))
        assert stored.faults == []
        assert set(_statuses(stored)) == {"same"}
        assert save_phrases(by=by, at=AT, preview_id=stored.pk) == 0
    # The file itself names the second in which it was written; its cells do not change.
    assert read_grids(_export(banks.homeroom)) == read_grids(_export(banks.homeroom))


def test_the_file_opens_with_its_texts(banks: Cast) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(_export(banks.homeroom)))
    rows = book.get_sheet_by_index(0).to_python()
    assert tuple(rows[0]) == HEADERS
    assert "=1+1 là “hai”; {ten} tính đúng." in [row[1] for row in rows]


def test_new_and_changed_rows_are_shown_then_saved_once(banks: Cast, sheet: Sheet) -> None:
    pk = Phrase.objects.get(text="Khối nhỏ.").pk
    shared = Phrase.objects.filter(owner="").order_by("pk")[0]
    content = sheet(
        HEADERS,
        [
            [pk, "Khối nhỏ đã sửa.", "tiếng việt", "t", 1, 3, "Cá nhân"],
            ["", "Câu mới.", "01", "", "", "", ""],
            [shared.pk, shared.text, "Tiếng Việt", "T", "", "", "Nhà trường"],
            [999999999, "Số lạ là câu mới.", "Toán", "C", "", "", "Cá nhân"],
        ],
    )
    stored = _preview(banks.homeroom, content)
    assert stored.faults == []
    assert _statuses(stored) == ["changed", "new", "same", "new"]
    assert "Câu nhận xét: “Khối nhỏ.” thành “Khối nhỏ đã sửa.”" in stored.rows[0]["reasons"]
    assert not Phrase.objects.filter(text="Câu mới.").exists()
    assert save_phrases(by=banks.homeroom, at=AT, preview_id=stored.pk) == 3
    changed = Phrase.objects.get(pk=pk)
    assert (changed.text, changed.level, changed.last_grade) == ("Khối nhỏ đã sửa.", "T", 3)
    assert Phrase.objects.get(text="Câu mới.").owner == HOMEROOM_ID
    with pytest.raises(Refused) as refusal:
        save_phrases(by=banks.homeroom, at=AT, preview_id=stored.pk)
    assert refusal.value.code == "saved_already"
    found = AuditEntry.objects.using("school").get(action="import_phrases")
    assert (found.detail["added"], found.detail["changed"]) == (2, 1)


def test_faults_are_named_by_cell_and_nothing_is_saved(banks: Cast, sheet: Sheet) -> None:
    content = sheet(
        HEADERS,
        [
            ["", "", "Toán", "T", "", "", ""],
            ["", "Một câu.", "Vật lí", "T", "", "", ""],
            ["", "Một câu.", "Toán", "Đ", "", "", ""],
            ["", "Một câu.", "Toán", "T", "9", "", ""],
            ["", "Một câu.", "Toán", "T", "5", "2", ""],
            ["", "Chào {tên}.", "Toán", "T", "", "", ""],
            ["", "Một câu.", "Toán", "T", "", "", "Ai đó"],
            ["", "Câu cho trường.", "Toán", "T", "", "", "Nhà trường"],
            ["", "Hai lần.", "Toán", "T", "", "", ""],
            ["", "Hai lần.", "Toán", "T", "", "", ""],
        ],
    )
    stored = _preview(banks.homeroom, content)
    assert [(fault["row"], fault["column"]) for fault in stored.faults] == [
        (5, "Câu nhận xét"),
        (6, "Dùng cho"),
        (7, "Mức"),
        (8, "Từ khối"),
        (9, "Đến khối"),
        (10, "Câu nhận xét"),
        (11, "Của"),
        (12, "Của"),
        (14, "Câu nhận xét"),
    ]
    assert _statuses(stored) == ["invalid"] * 8 + ["new", "duplicate"]
    with pytest.raises(Refused) as refusal:
        save_phrases(by=banks.homeroom, at=AT, preview_id=stored.pk)
    assert refusal.value.code == "has_faults"


def test_a_leader_brings_phrases_for_the_school(cast: Cast, sheet: Sheet) -> None:
    rows: list[list[object]] = [["Câu chung.", "Toán", "T", "", "", "Nhà trường"]]
    stored = _preview(cast.principal, sheet(HEADERS[1:], rows))
    assert save_phrases(by=cast.principal, at=AT, preview_id=stored.pk) == 1
    assert Phrase.objects.get().owner == ""


def test_a_phrase_removed_after_the_preview_stops_the_saving(cast: Cast, sheet: Sheet) -> None:
    pk = add_phrase(by=cast.homeroom, at=AT, entry=entry())
    rows: list[list[object]] = [
        [pk, "Đã sửa.", "Tiếng Việt", "T", "", "", ""],
        ["", "Mới.", "Toán", "T", "", "", ""],
    ]
    stored = _preview(cast.homeroom, sheet(HEADERS, rows))
    remove_phrase(by=cast.homeroom, at=AT, phrase_id=pk)
    with pytest.raises(Refused) as refusal:
        save_phrases(by=cast.homeroom, at=AT, preview_id=stored.pk)
    assert refusal.value.code == "changed_meanwhile"
    assert Phrase.objects.filter(removed_at__isnull=True).count() == 0


def test_a_preview_belongs_to_its_reader(cast: Cast, sheet: Sheet) -> None:
    content = sheet(HEADERS, [["", "Mới.", "Toán", "T", "", "", ""]])
    stored = _preview(cast.homeroom, content)
    for by in (cast.music, cast.principal, cast.stranger):
        with pytest.raises(Refused) as refusal:
            save_phrases(by=by, at=AT, preview_id=stored.pk)
        assert refusal.value.code == "not_found"
    with pytest.raises(Refused) as refusal:
        preview_phrases(by=cast.clerk, at=AT, content=content, filename="x.xlsx")
    assert refusal.value.code == "role"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"a,b,c"])
def test_no_spreadsheet_is_said(cast: Cast, content: bytes) -> None:
    with pytest.raises(Malformed):
        preview_phrases(by=cast.homeroom, at=AT, content=content, filename="x.xlsx")


def test_the_pages_lead_through_it(banks: Cast, browse: Browse, sheet: Sheet) -> None:
    client = browse(banks.homeroom)
    file = client.get("/truong/nhan-xet/xuat/?cua=rieng")
    assert file.headers["Content-Disposition"] == 'attachment; filename="mau-nhan-xet.xlsx"'
    assert client.get("/truong/nhan-xet/nhap/").status_code == 200
    nothing = client.post("/truong/nhan-xet/nhap/", follow=True)
    assert "Chưa chọn tệp" in nothing.content.decode()
    again = SimpleUploadedFile("mau.xlsx", file.content)
    page = client.post("/truong/nhan-xet/nhap/", {"file": again}, follow=True)
    assert "không cần lưu" in page.content.decode()
    wrong = sheet(HEADERS, [["", "", "Toán", "T", "", "", ""]])
    upload = SimpleUploadedFile("sai.xlsx", wrong)
    page = client.post("/truong/nhan-xet/nhap/", {"file": upload}, follow=True)
    assert "Còn trống. Viết một câu nhận xét." in page.content.decode()
    good = sheet(HEADERS, [["", "Một câu mới.", "Toán", "T", "", "", ""]])
    upload = SimpleUploadedFile("moi.xlsx", good)
    page = client.post("/truong/nhan-xet/nhap/", {"file": upload}, follow=True)
    address = page.redirect_chain[-1][0]
    saved = client.post(f"{address}luu/", follow=True)
    assert "Đã lưu 1 câu nhận xét." in saved.content.decode()
    assert browse(banks.music).get(address).status_code == 404
    assert client.get(f"/truong/nhan-xet/nhap/{uuid.uuid4()}/").status_code == 404
