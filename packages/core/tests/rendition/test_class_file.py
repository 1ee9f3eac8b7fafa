"""A whole class as one file to print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from booklet_world import RENDERED_AT, year

from hocba.errors import Refused
from hocba.rendition.booklet import BookletYear
from hocba.rendition.class_file import ClassHeading, ClassPupil, render_class
from hocba.rendition.text import face_text

HEADING = ClassHeading(
    "Ủy ban nhân dân Phường Sài Gòn", "Trường Tiểu học Mẫu", "5A1", "2025-2026", "Phạm Thị Mẫu"
)
PUPILS = (
    ClassPupil("Lê Văn An", "01/02/2015", lambda: [year(5)]),
    ClassPupil("Trần Thị Bình", "02/02/2015", list),
    ClassPupil("Nguyễn Văn Cường", "03/02/2015", lambda: [year(4), year(5, issued=False)]),
)


def class_file(*pupils: ClassPupil, **changed: Any) -> bytes:
    arguments: dict[str, Any] = {"fonts": None, "timestamp": RENDERED_AT, **changed}
    return render_class(HEADING, pupils or PUPILS, **arguments)


def outline(pdf: bytes) -> list[tuple[str, int]]:
    with pikepdf.open(BytesIO(pdf)) as file:
        numbers = {page.obj.objgen: at for at, page in enumerate(file.pages, start=1)}
        with file.open_outline() as found:
            return [(str(item.title), numbers[item.destination[0].objgen]) for item in found.root]


def test_cover_sheet_outline_and_pages_agree() -> None:
    pdf = class_file()
    assert outline(pdf) == [("Danh sách", 1), ("Lê Văn An", 2), ("Nguyễn Văn Cường", 6)]
    pages = face_text(pdf)
    assert len(pages) == 1 + 4 + 6
    cover = pages[0]
    assert cover[cover.index("Lê Văn An") :][:4] == ("Lê Văn An", "01/02/2015", "1 năm", "2–5")
    assert "Chưa có học bạ" in cover
    assert "2 năm, 1 bản nháp" in cover
    assert "6–11" in cover
    assert "Trang 7 của tệp" in " ".join(pages[6])


def test_on_both_sides_every_pupil_starts_on_an_odd_page() -> None:
    odd = class_file(*[replace(pupil) for pupil in PUPILS[:1]] * 3, double_sided=True, form="A")
    starts = outline(odd)
    assert [at for _name, at in starts] == [1, 3, 9, 15]
    pages = face_text(odd)
    assert pages[1] == ()
    assert "HỌC BẠ" in pages[2]


def test_progress_is_told_and_can_stop_the_work() -> None:
    seen: list[int] = []
    class_file(progress=seen.append)
    assert seen == [1, 2, 3]

    class Stop(Exception):
        pass

    def stop(_done: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        class_file(progress=stop)


def test_records_are_fetched_one_pupil_after_the_other() -> None:
    order: list[str] = []

    def fetch(name: str) -> Callable[[], list[BookletYear]]:
        def years() -> list[BookletYear]:
            order.append(name)
            return [year(5)]

        return years

    class_file(
        *(ClassPupil(name, "01/02/2015", fetch(name)) for name in ("An", "Bình")),
        progress=lambda done: order.append(f"xong {done}"),
    )
    assert order == ["An", "xong 1", "Bình", "xong 2"]


def test_a_fault_names_the_pupil_and_an_empty_class_is_refused() -> None:
    with pytest.raises(Refused, match="Lê Văn An: Năm học") as refusal:
        class_file(ClassPupil("Lê Văn An", "", lambda: [year(5), year(5)]))
    assert refusal.value.code == "booklet_years"
    with pytest.raises(Refused) as refusal:
        render_class(HEADING, (), fonts=None, timestamp=RENDERED_AT)
    assert refusal.value.code == "class_empty"


def test_the_same_class_gives_the_same_bytes() -> None:
    assert class_file() == class_file()
