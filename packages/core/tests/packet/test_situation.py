"""What a school says of its year: read back as it was said, refused where it says two things."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba.errors import HocBaError, Malformed
from hocba.ids import SchoolYear
from hocba.packet.situation import (
    ClassLine,
    GradeLine,
    OnPaper,
    SchoolStep,
    Situation,
    grades_of,
    read_situation,
)

AT = dt.datetime(2026, 5, 20, 1, tzinfo=dt.UTC)
CLASSES = (
    ClassLine("1A", 1, 30, SchoolStep.SENT),
    ClassLine("1B", 1, 31, SchoolStep.ENTERING),
    ClassLine("Ghép", 2, 5, SchoolStep.SIGNING),
    ClassLine("Ghép", 3, 6, SchoolStep.NOT_STARTED),
)
PAPER = OnPaper("mạng yếu", "kéo cáp", dt.date(2027, 9, 5))


def said(**changes: Any) -> Situation:
    values: dict[str, Any] = {
        "school_year": SchoolYear("2025-2026"),
        "said_at": AT,
        "staff_total": 20,
        "staff_trained": 12,
        "grades": grades_of(CLASSES),
        "classes": CLASSES,
        "on_paper": None,
    }
    return Situation(**{**values, **changes})


@pytest.mark.parametrize(
    "situation",
    [
        said(),
        said(on_paper=PAPER),
        said(on_paper=OnPaper("mạng yếu")),
        said(classes=(), grades=(GradeLine(4, 2, 60, (2, 2, 1, 1, 0)),)),
        said(classes=(), grades=()),
    ],
)
def test_it_is_read_as_it_was_said(situation: Situation) -> None:
    assert read_situation(situation.to_json()) == situation


def test_grades_are_counted_from_classes() -> None:
    first, second, third = grades_of(CLASSES)
    assert (first.classes, first.pupils, first.reached) == (2, 61, (2, 1, 1, 1, 1))
    assert second.reached == (1, 1, 1, 0, 0)
    assert third.reached == (0, 0, 0, 0, 0)
    body = said().to_json()
    del body["khoi"]
    assert read_situation(body) == said()


def _changed(path: tuple[Any, ...], value: object) -> dict[str, Any]:
    body = said(on_paper=PAPER).to_json()
    place: Any = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return body


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("nam_hoc",), "2025-2027", "nam_hoc"),
        (("thoi_diem",), "hôm nay", "thoi_diem"),
        (("thoi_diem",), "2026-05-20T08:00:00", "thoi_diem"),
        (("can_bo", "da_tap_huan"), 21, "da_tap_huan"),
        (("can_bo", "tong"), -1, "tong"),
        (("can_bo",), None, "can_bo"),
        (("khoi", 0, "so_hoc_sinh"), 62, "khoi"),
        (("khoi", 0, "da_nop"), 2, "khoi"),
        (("khoi", 1, "khoi"), 1, "khoi"),
        (("lop", 0, "buoc"), "XONG", "buoc"),
        (("lop", 0, "khoi"), 13, "khoi"),
        (("lop", 0, "so_hoc_sinh"), True, "so_hoc_sinh"),
        (("lop", 1, "ten_lop"), "1A", "ten_lop"),
        (("hoc_ba_giay", "ly_do"), " ", "ly_do"),
        (("hoc_ba_giay", "ngay_tham_gia"), "05/09/2027", "ngay_tham_gia"),
    ],
)
def test_what_cannot_be_is_refused(path: tuple[Any, ...], value: object, where: str) -> None:
    with pytest.raises(Malformed) as fault:
        read_situation(_changed(path, value))
    assert fault.value.where == where


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["khoi", "lop", "can_bo", "tong", "nam_hoc"]), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["nam_hoc", "can_bo", "khoi", "lop", "thoi_diem"]), _JSON))
def test_nothing_but_our_errors_escapes(body: dict[str, Any]) -> None:
    with contextlib.suppress(HocBaError):
        read_situation(body)
