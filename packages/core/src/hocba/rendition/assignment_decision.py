"""Quyết định phân công: the head's decision who does what with the digital records in a year.

QĐ 1789/QĐ-SGDĐT Đ20.2 (the head signs the assignment digitally); layout of a decision by
NĐ 30/2020/NĐ-CP annex I and form 1.2. PDF/A-3a and PDF/UA-1 with the lines as JSON inside.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from hocba.errors import Refused
from hocba.rendition.compiler import compile_pdf

DATA_NAME: Final = "phan-cong.json"
"""Name of the attached data; the template writes the same."""
_GROUNDS: Final = (
    "Luật Giao dịch điện tử ngày 22 tháng 6 năm 2023;",
    "Thông tư số 15/2026/TT-BGDĐT ngày 24 tháng 3 năm 2026 của Bộ trưởng Bộ Giáo dục và Đào tạo "
    "về điều lệ nhà trường;",
    "Quyết định số 1789/QĐ-SGDĐT ngày 14 tháng 6 năm 2024 của Giám đốc Sở Giáo dục và Đào tạo "
    "Thành phố Hồ Chí Minh ban hành Quy chế tạm thời quản lý, sử dụng Hệ thống theo dõi, đánh giá "
    "học sinh và học bạ số ngành Giáo dục và Đào tạo Thành phố Hồ Chí Minh;",
)


@dataclass(frozen=True, slots=True)
class PersonDuties:
    """One row of the table: a person and the duties, in words."""

    full_name: str
    title: str
    duties: Sequence[str]


@dataclass(frozen=True, slots=True)
class DecisionPaper:
    """What the decision says. Every text is printed as it stands here."""

    department: str
    """The body above the school."""
    school: str
    place: str
    """Ward or commune, for the line of place and date."""
    number: str
    """Number and sign, e.g. "12/QĐ-THHM"."""
    signed_on: date
    school_year: str
    added: Sequence[PersonDuties]
    removed: Sequence[PersonDuties]
    """Duties that end; empty in the first decision of a year."""
    amends: str
    """Number and date of the decision that is changed; empty in the first decision of a year."""
    signer_title: str
    signer_name: str


def render_assignment_decision(
    paper: DecisionPaper, data: bytes, *, fonts: Path | None, timestamp: datetime
) -> bytes:
    """Render the decision for the head's signature. Same arguments, same bytes.

    `data` is attached unchanged as `phan-cong.json` (relationship Data). Raises `Refused`:
    `decision_empty` when it changes nothing, `rendition` when a text cannot be set.
    """
    if not paper.added and not paper.removed:
        raise Refused(
            "decision_empty",
            "Quyết định chưa có phân công nào.",
            "The decision holds no assignment.",
        )
    inputs = {
        "face": json.dumps(_face(paper), ensure_ascii=False, separators=(",", ":")),
        "data": data.decode("utf-8"),
    }
    return compile_pdf(inputs, fonts=fonts, timestamp=timestamp, template="assignment_decision.typ")


def _face(paper: DecisionPaper) -> dict[str, Any]:
    year = paper.school_year.replace("-", " – ")
    about = (
        f"Về việc điều chỉnh, bổ sung phân công nhân sự thực hiện học bạ số năm học {year}"
        if paper.amends
        else f"Về việc phân công nhân sự thực hiện học bạ số năm học {year}"
    )
    return {
        "title": f"Quyết định số {paper.number}. {about}",
        "department": paper.department,
        "school": paper.school,
        "number": paper.number,
        "place_and_date": f"{paper.place}, {_long_date(paper.signed_on)}",
        "about": about,
        "authority": f"{_head(paper.signer_title)} {paper.school}",
        "grounds": [*_GROUNDS, *([f"Quyết định số {paper.amends};"] if paper.amends else [])],
        "considering": "Xét năng lực, phẩm chất của cán bộ, giáo viên, nhân viên và yêu cầu nhiệm "
        f"vụ năm học {year}.",
        "articles": _articles(paper, year),
        "added": [_row(each) for each in paper.added],
        "removed": [_row(each) for each in paper.removed],
        "receivers": [
            "Như Điều " + ("4;" if paper.added and paper.removed else "3;"),
            "Cơ quan quản lý cấp trên (để báo cáo);",
            "Lưu: VT, hồ sơ học bạ số.",
        ],
        "signer_title": _signing_title(paper.signer_title),
        "signer_name": paper.signer_name,
    }


def _articles(paper: DecisionPaper, year: str) -> list[dict[str, str]]:
    """Articles in order; `table` names the table that follows the text."""
    found: list[tuple[str, str]] = []
    if paper.added:
        verb = "Phân công bổ sung" if paper.amends else "Phân công"
        found.append(
            (
                f"{verb} cán bộ, giáo viên, nhân viên có tên sau đây thực hiện nhiệm vụ tạo lập, "
                f"ký số, quản lý và sử dụng học bạ số năm học {year}:",
                "added",
            )
        )
    if paper.removed:
        found.append(("Thôi phân công các nhiệm vụ sau đây kể từ ngày ký:", "removed"))
    found.append(
        (
            "Người được phân công nhập, rà soát, ký số đúng phần việc và đúng thời hạn được giao; "
            "tự giữ khoá ký số và tài khoản của mình, không giao cho người khác; chịu trách nhiệm "
            "trước thủ trưởng đơn vị và pháp luật về dữ liệu do mình ký. Quản trị viên không thực "
            "hiện bất kỳ việc nào chạm đến kết quả học tập và rèn luyện của học sinh.",
            "",
        )
    )
    closing = (
        f"Các nội dung khác của Quyết định số {paper.amends} không thay đổi. "
        if paper.amends
        else ""
    )
    found.append(
        (
            f"{closing}Quyết định này có hiệu lực kể từ ngày ký. Các ông, bà có tên tại "
            f"{'Điều 1' if len(found) == 2 else 'Điều 1, Điều 2'} và các bộ phận có liên quan của "
            "nhà trường chịu trách nhiệm thi hành Quyết định này./.",
            "",
        )
    )
    return [
        {"label": f"Điều {number}.", "text": text, "table": table}
        for number, (text, table) in enumerate(found, start=1)
    ]


def _row(person: PersonDuties) -> list[Any]:
    return [person.full_name, person.title, list(person.duties)]


def _long_date(day: date) -> str:
    """Days below 10 and the months 1 and 2 get a zero (NĐ 30/2020/NĐ-CP annex I part I)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def _head(title: str) -> str:
    """Whose authority it is: also when a deputy signs, the head's."""
    return title if title.casefold() in {"giám đốc", "hiệu trưởng"} else "Hiệu trưởng"


def _signing_title(title: str) -> list[str]:
    """A deputy signs for the head: "KT." above the deputy's own title (NĐ 30/2020/NĐ-CP)."""
    head = _head(title)
    return [title] if title.casefold() == head.casefold() else [f"KT. {head}", title]
