"""A whole class at once: told apart, previewed on one page, saved together or not at all."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hocba.errors import Refused
from hocba_server.school.assessments.models import SubjectAssessment, TraitAssessment
from hocba_server.school.registry.models import Pupil
from hocba_server.school.spreadsheets.bundle_pages import BundlePage, bundle_page
from hocba_server.school.spreadsheets.bundle_services import (
    UploadedFile,
    preview_class_files,
    preview_class_lists,
    save_bundle,
)
from hocba_server.school.spreadsheets.models import ImportPreview
from hocba_server.school.spreadsheets.selectors import stored_bundle
from hocba_server.school.spreadsheets.tests.files import (
    HOMEROOM_HEADERS,
    SUBJECT_HEADERS,
    TRAIT_HEADERS,
    Rows,
    homeroom_cells,
    subject_cells,
    trait_cells,
    xlsx,
)
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import (
    AT,
    CLASS_LIST_HEADERS,
    YEAR,
    Cast,
    class_list_cells,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry


def _subject(title: str = "", /, **changes: object) -> Rows:
    return [[title], SUBJECT_HEADERS, *(subject_cells(order, **changes) for order in range(3))]


def _workbook(**changes: Rows) -> bytes:
    no_score: dict[str, object] = {"Điểm KTĐK": ""}
    sheets: dict[str, Rows] = {
        "Danh sách lớp": [CLASS_LIST_HEADERS, class_list_cells(0)],
        "Toán": _subject(),
        "Sheet2": _subject("BẢNG ĐIỂM MÔN TIẾNG VIỆT - LỚP 1A1"),
        "Âm nhạc": _subject("", **no_score),
        "NLPC": [TRAIT_HEADERS, *(trait_cells(order) for order in range(3))],
        "GVCN": [HOMEROOM_HEADERS, *(homeroom_cells(order) for order in range(3))],
        "Ghi chú": [["Không phải bảng"]],
        "Trống": [],
        **changes,
    }
    return xlsx(sheets)


def _read(cast: Cast, *files: UploadedFile, by: Actor | None = None) -> BundlePage:
    by = by or cast.homeroom
    bundle_id = preview_class_files(by=by, at=AT, classroom_id=cast.classroom_id, files=files)
    return bundle_page(stored_bundle(by, bundle_id))


def _ids(page: BundlePage) -> set[uuid.UUID]:
    return {part.preview.preview_id for part in page.parts}


def _save(cast: Cast, page: BundlePage, chosen: set[uuid.UUID] | None = None) -> int:
    return save_bundle(
        by=cast.homeroom,
        at=AT,
        bundle_id=page.bundle.pk,
        preview_ids=_ids(page) if chosen is None else chosen,
    )


def test_every_sheet_is_told_apart_and_all_are_saved_together(cast: Cast) -> None:
    page = _read(cast, UploadedFile("lop-1A1.xlsx", _workbook()))
    assert {part.preview.title.vi for part in page.parts} == {
        "Toán, Cuối năm học",
        "Tiếng Việt, Cuối năm học",
        "Phẩm chất, năng lực, Cuối năm học",
        "Dữ liệu chủ nhiệm, Cuối năm học",
    }
    assert {line.place.split(" · ")[1] for line in page.aside} == {
        "Danh sách lớp",
        "Âm nhạc",
        "Ghi chú",
    }
    assert page.totals["new"] == 12
    assert _save(cast, page) == 4
    assert SubjectAssessment.objects.count() == 6
    assert TraitAssessment.objects.count() == 3
    actions = AuditEntry.objects.using("school").values_list("action", flat=True)
    assert list(actions).count("import_file") == 4
    assert "import_bundle" in actions
    with pytest.raises(Refused) as refusal:
        _save(cast, page)
    assert refusal.value.code == "saved_already"


def test_one_fault_keeps_everything_back_until_the_part_is_left_out(cast: Cast) -> None:
    files = [
        UploadedFile("diem-01.xlsx", xlsx({"Sheet1": _subject("", **{"Điểm KTĐK": 11})})),
        UploadedFile("tieng-viet.xlsx", xlsx({"Sheet1": _subject()})),
        UploadedFile("hong.xlsx", b"PK\x03\x04broken"),
    ]
    page = _read(cast, *files)
    assert page.faults == 3
    assert [line.place for line in page.aside] == ["hong.xlsx"]
    with pytest.raises(Refused) as refusal:
        _save(cast, page)
    assert refusal.value.code == "has_faults"
    assert not SubjectAssessment.objects.exists()
    assert not ImportPreview.objects.filter(saved_at__isnull=False).exists()
    good = {part.preview.preview_id for part in page.parts if not part.preview.faults}
    assert _save(cast, page, good) == 1


def test_the_same_subject_twice_and_another_class_are_set_aside(cast: Cast) -> None:
    other = xlsx({"Toán": _subject(Lớp="1A2")})
    page = _read(
        cast,
        UploadedFile("a.xlsx", xlsx({"Toán": _subject()})),
        UploadedFile("b.xlsx", xlsx({"Môn Toán": _subject()})),
        UploadedFile("c.xlsx", other),
    )
    assert len(page.parts) == 1
    reasons = [line.sentence.vi for line in page.aside]
    assert reasons[0].startswith("Trùng với a.xlsx")
    assert "1A2" in reasons[1]


def test_a_specialist_enters_only_the_own_subject(cast: Cast) -> None:
    page = _read(cast, UploadedFile("lop.xlsx", _workbook()), by=cast.music)
    assert [part.preview.title.vi for part in page.parts] == ["Nghệ thuật (Âm nhạc), Cuối năm học"]
    for by in (cast.registrar, cast.principal, cast.administrator):
        with pytest.raises(Refused) as refusal:
            _read(cast, UploadedFile("lop.xlsx", _workbook()), by=by)
        assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        _read(cast, UploadedFile("lop.xlsx", _workbook()), by=cast.stranger)
    assert refusal.value.code == "not_found"


def test_lists_of_several_classes_are_saved_together(cast: Cast) -> None:
    second = class_list_cells(
        1,
        **{
            "Mã định danh Bộ GD&ĐT *": "7900000011",
            "Số định danh cá nhân": "000319000011",
            "Lớp học": "1A2",
        },
    )
    content = xlsx(
        {
            "1A1": [CLASS_LIST_HEADERS, class_list_cells(0)],
            "1A2": [CLASS_LIST_HEADERS, second],
            "1A3": [CLASS_LIST_HEADERS, second],
        }
    )
    bundle_id = preview_class_lists(
        by=cast.registrar,
        at=AT,
        school_id=cast.school_id,
        school_year=YEAR,
        files=[UploadedFile("khoi-1.xlsx", content)],
    )
    page = bundle_page(stored_bundle(cast.registrar, bundle_id))
    assert [part.wrong for part in page.parts] == [0, 0, 1]
    save_bundle(
        by=cast.registrar,
        at=AT,
        bundle_id=bundle_id,
        preview_ids={part.preview.preview_id for part in page.parts if not part.wrong},
    )
    assert Pupil.objects.filter(pupil_code="7900000011").count() == 1


def test_the_pages_of_an_upload(cast: Cast, browse: Browse) -> None:
    client = browse(cast.homeroom)
    address = f"/truong/lop/{cast.classroom_id}/bang-tinh/"
    assert "Tải mẫu đã điền" in client.get(address).content.decode()
    sent = {"file": SimpleUploadedFile("lop-1A1.xlsx", _workbook()), "period": ""}
    answer = client.post(address, sent, follow=True)
    page = answer.content.decode()
    assert "Xem trước nhiều bảng" in page
    assert "Nghệ thuật (Âm nhạc)" not in page.split("Không nhập</h2>")[0]
    parts = [str(part.pk) for part in ImportPreview.objects.filter(bundle__isnull=False)]
    single = client.get(f"/truong/nhap/{parts[0]}/").content.decode()
    assert "Về trang chung của các bảng" in single
    saved = client.post(f"{answer.request['PATH_INFO']}luu/", {"part": parts}, follow=True)
    assert "Đã lưu 4 phần." in saved.content.decode()
    other = browse(cast.music)
    assert other.get(answer.request["PATH_INFO"]).status_code == 404
    assert browse(cast.administrator).get(address).status_code == 403
    assert browse(cast.stranger).get(address).status_code == 404
    nothing = client.post(address, {"period": ""}, follow=True).content.decode()
    assert "Chọn từ 1 đến 40 tệp" in nothing
