"""What schools write in “Thời điểm đánh giá”, read as a period."""

from __future__ import annotations

import re
from typing import Final

from hocba.assessment.periods import Period
from hocba_server.web.spreadsheets.workbook import header_key

_ROMAN: Final = {"i": "1", "ii": "2", "1": "1", "2": "2"}
_CODES: Final = {
    "gk1": Period.MID_TERM_1,
    "gki": Period.MID_TERM_1,
    "gk2": Period.MID_TERM_2,
    "gkii": Period.MID_TERM_2,
    "ck1": Period.END_TERM_1,
    "cki": Period.END_TERM_1,
    "ck2": Period.YEAR_END,
    "ckii": Period.YEAR_END,
    "cn": Period.YEAR_END,
    "bs": Period.REASSESSMENT,
}
_TERM: Final = re.compile(r"(?:học kì|kì|hk|term)\s*(ii|i|1|2)\b|(?:g|c)hk\s*(ii|i|1|2)\b")
_REASSESSED: Final = re.compile(r"bổ sung|đánh giá lại|kiểm tra lại|sau hè|\bhè\b|rèn luyện lại")
_MIDDLE: Final = re.compile(r"\bgiữa\b|\bghk|\bgk")
_END: Final = re.compile(r"\bcuối\b|\bchk|\bck|\bhết\b|\btổng kết\b")
_YEAR: Final = re.compile(r"\bnăm\b|\bcả năm\b")


def period_of(text: str) -> Period | None:
    """The period that a text names, or None: “Giữa học kỳ 1”, “GHKI”, “Cuối kỳ II”, “CN” …

    The end of term II is the end of the year (TT 27/2020 Điều 7.1).
    """
    words = header_key(text)
    joined = words.replace(" ", "")
    if joined in _CODES:
        return _CODES[joined]
    if _REASSESSED.search(words):
        return Period.REASSESSMENT
    found = _TERM.search(words)
    term = _ROMAN[found[1] or found[2]] if found else ""
    if _MIDDLE.search(words):
        return {"1": Period.MID_TERM_1, "2": Period.MID_TERM_2}.get(term)
    if _END.search(words) or not term:
        if term == "1":
            return Period.END_TERM_1
        return Period.YEAR_END if term == "2" or _YEAR.search(words) else None
    return {"1": Period.END_TERM_1, "2": Period.YEAR_END}[term]
