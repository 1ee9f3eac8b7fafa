"""The Ministry's import templates (layout f) as far as a primary school meets them.

Schools get lists of subjects, wards, ethnic groups and their own school's row. They are the
Ministry's data, not the school's: nothing is saved, the page says what agrees and what does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hocba.assessment.catalogue import SUBJECTS
from hocba.errors import Malformed, Sentence
from hocba_server.school.spreadsheets.subject_words import plain_words
from hocba_server.web.spreadsheets.grids import read_grids
from hocba_server.web.spreadsheets.workbook import Heading, Table, TableRow, find_table

_PRIMARY: Final = re.compile(r"(^|[^0-9])0?1([^0-9]|$)|tiểu học|\bth\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """What the school holds that the Ministry's lists can be compared with."""

    code: str
    name: str
    ward_code: str
    ward_name: str
    ethnic_groups: Mapping[str, int]
    """Name -> number of pupils."""


@dataclass(frozen=True, slots=True)
class CatalogueCheck:
    """What was found in one sheet."""

    sheet: str
    title: Sentence
    rows: int
    findings: tuple[Sentence, ...]
    """What does not agree; empty when everything does."""
    used: bool = True
    """A primary school uses this list."""


Compare = Callable[[Sequence[TableRow], SchoolFacts], list[Sentence]]


@dataclass(frozen=True, slots=True)
class _Template:
    title: Sentence
    headings: tuple[str, ...]
    compare: Compare | None


def check_catalogues(content: bytes, facts: SchoolFacts) -> list[CatalogueCheck]:
    """Compare every list of a file with what the school holds. Raises `Malformed` when it holds
    none of the Ministry's lists."""
    found = []
    for grid in read_grids(content):
        known = [
            (template, table)
            for template in _TEMPLATES
            if (table := find_table(grid, [Heading(name) for name in template.headings]))
            and not table.missing
        ]
        if known:
            template, table = max(known, key=lambda pair: len(pair[1].columns))
            found.append(_check(template, table, facts))
    if not found:
        raise Malformed(
            "no_catalogue",
            "Tệp không có danh mục nào theo mẫu của Bộ (ví dụ MA_MON_HOC, TEN_MON_HOC).",
            "The file holds none of the Ministry's lists (such as MA_MON_HOC, TEN_MON_HOC).",
        )
    return found


def _check(template: _Template, table: Table, facts: SchoolFacts) -> CatalogueCheck:
    findings = template.compare(table.rows, facts) if template.compare else []
    used = template.compare is not None
    return CatalogueCheck(table.sheet, template.title, len(table.rows), tuple(findings), used)


def _subjects(rows: Sequence[TableRow], _facts: SchoolFacts) -> list[Sentence]:
    """Codes and names of the primary subjects: the record must carry the Ministry's codes."""
    listed = {
        row.text("MA_MON_HOC").zfill(2): row.text("TEN_MON_HOC")
        for row in rows
        if _PRIMARY.search(row.text("CAP_HOC"))
    }
    findings = []
    for each in SUBJECTS:
        name = listed.get(str(each.code))
        if name is None:
            findings.append(
                Sentence(
                    f"Thiếu môn {each.name}, mã {each.code}.",
                    f"{each.name}, code {each.code}, is missing.",
                )
            )
        elif plain_words(name) not in {plain_words(each.name), plain_words(each.name_on_form)}:
            findings.append(
                Sentence(
                    f"Mã {each.code} trong tệp là “{name}”, đang dùng là “{each.name}”.",
                    f"Code {each.code} is “{name}” in the file, “{each.name}” here.",
                )
            )
    return findings


def _school(rows: Sequence[TableRow], facts: SchoolFacts) -> list[Sentence]:
    own = next((row for row in rows if row.text("MA_TRUONG") == facts.code), None)
    if own is None:
        return [
            Sentence(
                f"Không có dòng nào mang mã trường {facts.code}.",
                f"No row carries the school code {facts.code}.",
            )
        ]
    return _differences(own, (("TEN_TRUONG_HOC", facts.name), ("MA_XA_PHUONG", facts.ward_code)))


def _wards(rows: Sequence[TableRow], facts: SchoolFacts) -> list[Sentence]:
    own = next((row for row in rows if row.text("MA_XA_PHUONG") == facts.ward_code), None)
    if own is None:
        return [
            Sentence(
                f"Không có mã xã phường {facts.ward_code} của trường.",
                f"The school's ward code {facts.ward_code} is not listed.",
            )
        ]
    return _differences(own, (("TEN_XA_PHUONG", facts.ward_name),))


def _differences(row: TableRow, pairs: Sequence[tuple[str, str]]) -> list[Sentence]:
    return [
        Sentence(
            f"{header}: trong tệp “{row.text(header)}”, ở trường “{own}”.",
            f"{header}: “{row.text(header)}” in the file, “{own}” at the school.",
        )
        for header, own in pairs
        if plain_words(row.text(header)) != plain_words(own)
    ]


def _ethnic_groups(rows: Sequence[TableRow], facts: SchoolFacts) -> list[Sentence]:
    listed = {row.text("TEN_DAN_TOC").casefold() for row in rows}
    return [
        Sentence(
            f"“{name}” của {count} học sinh không có trong danh mục dân tộc.",
            f"“{name}” of {count} pupils is not in the list of ethnic groups.",
        )
        for name, count in sorted(facts.ethnic_groups.items())
        if name.casefold() not in listed
    ]


_TEMPLATES: Final = (
    _Template(Sentence("Môn học", "Subjects"), ("MA_MON_HOC", "TEN_MON_HOC", "CAP_HOC"), _subjects),
    _Template(
        Sentence("Trường học", "Schools"),
        ("MA_TRUONG", "TEN_TRUONG_HOC", "CAP_HOC", "MA_XA_PHUONG"),
        _school,
    ),
    _Template(Sentence("Xã phường", "Wards"), ("MA_XA_PHUONG", "TEN_XA_PHUONG"), _wards),
    _Template(Sentence("Dân tộc", "Ethnic groups"), ("MA_DAN_TOC", "TEN_DAN_TOC"), _ethnic_groups),
    _Template(Sentence("Tỉnh thành", "Provinces"), ("MA_TINH_THANH", "TEN_TINH_THANH"), None),
    _Template(Sentence("Tôn giáo", "Religions"), ("MA_TON_GIAO", "TEN_TON_GIAO"), None),
    _Template(
        Sentence("Đối tượng chính sách", "Policy groups"),
        ("MA_DTUONG_CSACH", "TEN_DTUONG_CSACH"),
        None,
    ),
    _Template(
        Sentence("Lý do bỏ học", "Reasons for leaving"),
        ("MA_LY_DO_BO_HOC", "TEN_LY_DO_BO_HOC"),
        None,
    ),
)
