"""Cells of schools' spreadsheets as text, dates and codes; and faults named by cell."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any, Final

from hocba.errors import Sentence

Cell = str | float | bool | int | dt.date | dt.time | dt.datetime | dt.timedelta
_FULL_DATE: Final = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})")
_MONTH: Final = re.compile(r"([0-9]{1,2})/([0-9]{4})")
_YEAR: Final = re.compile(r"[0-9]{4}")
_ISO_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]00:00(?::00)?)?")
_SERIAL_TEXT: Final = re.compile(r"[0-9]{5}(?:[.,]0+)?")
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
"""Characters that nobody sees; they come with text copied from pages and break comparisons."""
_EXCEL_EPOCH: Final = dt.date(1899, 12, 30)
_SERIALS: Final = range(30000, 60000)
"""Excel serials of 1982-2064: what a birth date can be when the cell lost its date format."""


@dataclass(frozen=True, slots=True)
class CellFault:
    """One wrong cell: file, Excel row number, column header, value as seen, what is wrong."""

    file: str
    row: int
    column: str
    value: str
    sentence: Sentence

    @property
    def text(self) -> str:
        """The whole message for a person, place first."""
        shown = f"“{self.value[:60]}” " if self.value else ""
        return f"Dòng {self.row}, cột {self.column}: {shown}{self.sentence.vi}"

    @property
    def text_en(self) -> str:
        """The same in English."""
        shown = f"“{self.value[:60]}” " if self.value else ""
        return f"Row {self.row}, column {self.column}: {shown}{self.sentence.en}"

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column or a report."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> CellFault:
        """Read what `to_json` wrote."""
        sentence = Sentence(**value["sentence"])
        return cls(value["file"], value["row"], value["column"], value["value"], sentence)


class FaultList:
    """Collects the faults of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[CellFault] = []

    def add(self, row: int, column: str, value: str, vi: str, en: str) -> None:
        """Name one wrong cell."""
        self.faults.append(CellFault(self.file, row, column, value, Sentence(vi, en)))

    def in_row(self, row: int) -> list[CellFault]:
        """The faults of one row."""
        return [fault for fault in self.faults if fault.row == row]


def cell_text(value: Cell) -> str:
    """Text as a person sees it: NFC, trimmed, whole numbers without “.0”, dates dd/mm/yyyy."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        if not math.isfinite(value):
            return str(value)
        if value == int(value):
            return str(int(value))
        return str(value).replace(".", ",")
    if isinstance(value, dt.datetime | dt.date):
        return _day_text(value)
    if isinstance(value, str):
        return clean_cell(value)
    return str(value)


def clean_cell(text: str) -> str:
    """Unicode NFC, no invisible characters, no outer spaces, single inner spaces."""
    text = text.translate(_INVISIBLE).replace("\x00", "\ufffd")
    return " ".join(unicodedata.normalize("NFC", text).split())


def _day_text(day: dt.date) -> str:
    # strftime writes years before 1000 with fewer than four digits.
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def personal_id_text(value: Cell) -> str:
    """A personal number; a number cell has lost its leading zeros, at most three of them."""
    text = cell_text(value)
    if isinstance(value, float | int) and 9 <= len(text) < 12 and text.isdigit():
        return text.zfill(12)
    return text


def birth_date_value(value: Cell) -> str | None:
    """A birth date as dd/MM/yyyy, MM/yyyy or yyyy, or None when it is not a date."""
    if isinstance(value, dt.datetime | dt.date):
        return _day_text(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, float | int) and value in _SERIALS:
        return _serial_day(int(value))
    text = cell_text(value)
    try:
        if found := _FULL_DATE.fullmatch(text):
            return _day_text(dt.date(int(found[3]), int(found[2]), int(found[1])))
        if found := _ISO_DATE.fullmatch(text):
            return _day_text(dt.date(int(found[1]), int(found[2]), int(found[3])))
        if found := _MONTH.fullmatch(text):
            return _day_text(dt.date(int(found[2]), int(found[1]), 1))[3:]
    except ValueError:
        return None
    if _SERIAL_TEXT.fullmatch(text) and int(text[:5]) in _SERIALS:
        return _serial_day(int(text[:5]))
    return text if _YEAR.fullmatch(text) else None


def _serial_day(serial: int) -> str:
    return _day_text(_EXCEL_EPOCH + dt.timedelta(days=serial))
