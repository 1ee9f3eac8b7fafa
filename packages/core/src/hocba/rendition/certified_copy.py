"""What makes a print of issued records a certified copy (sao y): the words, number, place and date,
who confirms it, and a code to check every year.

Sources: NĐ 30/2020/NĐ-CP Điều 25-26 and annex I part III (elements of a copy), QĐ 1789/QĐ-SGDĐT
Đ3.3 (a print has value when the issuing school confirms it) and Đ22.4a (paper copy for a school
without digital records).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hocba.errors import Refused
from hocba.rendition.face import VIETNAM, date_text, year_text

HEAD = "hiệu trưởng"


@dataclass(frozen=True, slots=True)
class CertifiedCopy:
    """One numbered copy. Every text is printed as it stands here."""

    number: str
    """Number and sign, e.g. "12/SY-THM"."""
    department: str
    """The body above the school."""
    body: str
    """The copying body: name of the school."""
    place: str
    made_at: datetime
    leader_title: str
    leader_name: str
    recipient: str
    purpose: str = ""
    """Empty when the family stated none."""
    copies: int = 1


def copy_face(
    copy: CertifiedCopy, full_name: str, school_years: Sequence[str], verify_url: str
) -> dict[str, Any]:
    """Lay out the page of a certified copy. Raises `Refused` with code `copy_terms`."""
    _refuse_gaps(copy)
    years = ", ".join(year_text(year) for year in school_years)
    what = f"học bạ số của {full_name}, năm học {years}"
    lines = [("Người nhận bản sao", copy.recipient)]
    if copy.purpose:
        lines.append(("Mục đích sử dụng", copy.purpose))
    lines.append(("Số bản phát hành", str(copy.copies)))
    return {
        "number": copy.number,
        "department": copy.department,
        "body": copy.body,
        "date": date_text(copy.made_at),
        "place_and_date": _place_and_date(copy.place, copy.made_at),
        "statement": (
            f"Sao y bản chính {what}. Bản sao in từ học bạ số có đủ chữ ký số, "
            "do trường phát hành và lưu giữ; nội dung đúng với bản chính."
        ),
        "lines": lines,
        "verify_page": verify_url.partition("?")[0].removeprefix("https://"),
        "receivers": [copy.recipient],
        "leader_title": _signing_title(copy.leader_title),
        "leader_name": copy.leader_name,
        "note": (
            "Bản điện tử có chữ ký số và dấu thời gian của trường; sửa một chi tiết là chữ ký mất "
            "giá trị. Bản giấy có giá trị khi có chữ ký và dấu của trường. Số của bản sao này ghi "
            "trong sổ bản sao của trường."
        ),
    }


def _refuse_gaps(copy: CertifiedCopy) -> None:
    wanted = {
        "số bản sao": copy.number,
        "tên cơ quan sao": copy.body,
        "địa danh": copy.place,
        "chức vụ người ký": copy.leader_title,
        "họ tên người ký": copy.leader_name,
        "người nhận": copy.recipient,
    }
    missing = [name for name, value in wanted.items() if not value.strip()]
    if missing or copy.copies < 1:
        listed = ", ".join(missing) or "số bản phát hành"
        raise Refused(
            "copy_terms",
            f"Bản sao y còn thiếu: {listed}. Ghi đủ rồi làm lại.",
            f"The certified copy lacks: {listed}.",
        )


def _place_and_date(place: str, moment: datetime) -> str:
    """Days below 10 and the months 1 and 2 get a zero (NĐ 30/2020/NĐ-CP annex I part I)."""
    day = moment.astimezone(VIETNAM)
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{place}, ngày {day.day:02d} tháng {month} năm {day.year}"


def _signing_title(title: str) -> list[str]:
    """A deputy signs for the head: "KT." above the deputy's own title (NĐ 30/2020/NĐ-CP)."""
    return [title] if title.casefold() == HEAD else [f"KT. {HEAD}", title]
