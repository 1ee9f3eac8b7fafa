"""Text typed with fonts older than Unicode (TCVN3 “.VnTime”, VNI “VNI-Times”) is told, not guessed.

Such files hold letters of Western Europe that the font draws as Vietnamese: “NguyÔn ThÞ §µo”
(TCVN3), “Nguyeãn Thò Ñaøo” (VNI). Names in a record must be right (QĐ 1789 Đ14), so nothing is
converted: the school converts the file and looks at it.
"""

from __future__ import annotations

import re
from typing import Final

from hocba.errors import Malformed, Sentence

_SIGNS: Final = "§µ¸¶¹¨¾¼½©®ªÞ¬¦¤"
"""Never a letter of a word in Unicode; in TCVN3 they are letters."""
_FOREIGN: Final = "ÆÇËÎÏÑÖ×ÜØßäåæçëîïðñöøûüþÄÅÛ"
"""Letters that Vietnamese never uses; two of them in one text are no foreign name."""
_SIGN_IN_WORD: Final = re.compile(f"[A-Za-z][{_SIGNS}]|[{_SIGNS}][A-Za-z{_SIGNS}]")
_FOREIGN_LETTER: Final = re.compile(f"[{_SIGNS}{_FOREIGN}]")

SENTENCE: Final = Sentence(
    "gõ bằng phông chữ cũ (TCVN3 hoặc VNI). Chuyển cả tệp sang Unicode rồi tải lại.",
    "is typed with an old font (TCVN3 or VNI). Convert the whole file to Unicode and try again.",
)


def is_legacy_text(text: str) -> bool:
    """Does the text look like TCVN3 or VNI? Needs no dictionary: only letters are looked at."""
    return bool(_SIGN_IN_WORD.search(text)) or len(_FOREIGN_LETTER.findall(text)) >= 2


def legacy_file() -> Malformed:
    """The refusal of a whole file."""
    return Malformed(
        "legacy_font",
        "Tệp gõ bằng phông chữ cũ (TCVN3 hoặc VNI) hoặc không phải UTF-8. "
        "Chuyển tệp sang Unicode (ví dụ bằng UniKey), lưu lại rồi tải lên.",
        "The file uses an old font coding (TCVN3 or VNI) or is not UTF-8. "
        "Convert it to Unicode, save it and upload it again.",
    )
