"""Whatever is uploaded, the answer is a preview or a sentence, never a traceback."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hocba.assessment.periods import Period
from hocba.errors import Malformed
from hocba.ids import SchoolYear
from hocba_server.school.assessments.sheets import HOMEROOM_SHEET, TRAITS_SHEET, Sheet
from hocba_server.school.spreadsheets.class_list import Roll, read_class_list
from hocba_server.school.spreadsheets.layouts import LAYOUTS
from hocba_server.school.spreadsheets.models import ImportKind
from hocba_server.school.spreadsheets.recognition import recognise, unknown_sheet
from hocba_server.school.spreadsheets.results import (
    Roster,
    RosterPupil,
    file_period,
    read_results,
)
from hocba_server.school.spreadsheets.tests.files import ods, subject_cells, xlsx
from hocba_server.web.spreadsheets.cells import Cell, birth_date_value, cell_text
from hocba_server.web.spreadsheets.grids import SheetGrid, read_grids

OLD = (Path(__file__).parent / "data" / "diem-toan.xls").read_bytes()
NEW = xlsx({"A": [["a"], subject_cells(0)]})
OPEN = ods([["a", 1.5], ["b", ""]])
ROSTER = Roster("1A1", 1, {"7900000000": RosterPupil(1, "Trần Văn Tí", "01/02/2019")})
CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.text(max_size=30),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.sampled_from(["7900000000", "1A1", "T", "9", "Cuối năm học", "Trần Văn Tí", "01/02/2019"]),
)


def _read(content: bytes) -> None:
    try:
        grids = read_grids(content)
    except Malformed as fault:
        assert fault.sentence.vi
        return
    for grid in grids:
        recognise(grid)
        unknown_sheet(grid)


@given(st.binary(max_size=400))
def test_any_bytes(content: bytes) -> None:
    _read(content)
    _read(b"PK\x03\x04" + content)
    _read(OLD[:512] + content)
    _read(b"<table><tr>" + content)


@given(
    st.sampled_from([OLD, NEW, OPEN]),
    st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 255)), max_size=6),
    st.integers(0, 6000),
)
def test_a_damaged_file(content: bytes, changes: list[tuple[int, int]], length: int) -> None:
    damaged = bytearray(content)
    for at, byte in changes:
        damaged[at % len(damaged)] = byte
    _read(bytes(damaged))
    _read(bytes(damaged[: length % len(damaged)]))


@given(st.sampled_from([NEW, OPEN]), st.integers(0, 20), st.binary(max_size=200))
def test_a_damaged_part_in_a_whole_archive(content: bytes, which: int, part: bytes) -> None:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as archive,
        zipfile.ZipFile(target, "w") as damaged,
    ):
        names = archive.namelist()
        for name in names:
            whole = archive.read(name)
            half = whole[: len(whole) // 2] + part
            damaged.writestr(name, half if name == names[which % len(names)] else whole)
    _read(target.getvalue())


@given(
    st.sampled_from(list(ImportKind)),
    st.lists(st.lists(CELLS, max_size=26), max_size=6),
    st.sampled_from(list(Period)),
)
def test_any_grid_under_a_right_header(
    kind: ImportKind, rows: list[list[Cell]], period: Period
) -> None:
    layout = LAYOUTS[kind]
    grid = SheetGrid("A", [["BẢNG"], list(layout.columns), *rows])
    known = recognise(grid)
    assert known is not None
    if kind == ImportKind.CLASS_LIST:
        listed = read_class_list(known.table, "a", SchoolYear.parse("2025-2026"), Roll({}, {}))
        for row in listed.rows:
            row.to_json()
        return
    sheet = {
        ImportKind.SUBJECT: Sheet.of_subject("01"),
        ImportKind.TRAITS: TRAITS_SHEET,
        ImportKind.HOMEROOM: HOMEROOM_SHEET,
    }[kind]
    found = file_period(known.table, known.table.titles, None) or period
    for only in (False, True):
        read = read_results(known.table, "a", sheet, found, ROSTER, only_period=only)
        for line in read.rows:
            line.to_json()


@given(
    CELLS
    | st.sampled_from(
        [
            date.min,
            date.max,
            datetime(1, 1, 1),  # noqa: DTZ001 - cells have no zone
            time(),
            timedelta.max,
        ]
    )
)
def test_any_cell(value: Any) -> None:
    assert isinstance(cell_text(value), str)
    found = birth_date_value(value)
    assert found is None or found[-4:].isdigit()
