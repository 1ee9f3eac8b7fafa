"""Which subject a sheet is about, from its name, the title above its table or the file's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from hocba.assessment.catalogue import PrimarySubject

_OTHER_NAMES: Final = {
    "01": ("Toán học",),
    "02": ("TV",),
    "03": ("ĐĐ",),
    "04": ("TNXH", "TN và XH", "TN-XH", "Tự nhiên xã hội"),
    "05": ("LS và ĐL", "LSĐL", "LS-ĐL", "LS&ĐL", "Lịch sử Địa lí"),
    "11": ("Tiếng Anh", "Ngoại ngữ", "NN1", "Anh văn"),
    "12": ("Tin học", "TH-CN (Tin học)"),
    "87": ("Công nghệ", "TH-CN (Công nghệ)"),
    "88": ("GDTC", "Thể dục"),
    "89": ("Âm nhạc", "Nhạc"),
    "90": ("Mĩ thuật",),
    "91": ("HĐTN", "Hoạt động TN", "HĐ TN"),
    "14": ("Tiếng dân tộc thiểu số", "TDT"),
}
_CODE: Final = re.compile(r"(?:^|\s)(?:diem|mon)\s([0-9]{2})(?:\s|$)")
_AFTER_MON: Final = re.compile(r"\bmon(?: hoc)?\s+(.*)")


def plain_words(text: str) -> str:
    """Lower case without marks and signs, words separated by one space."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    letters = re.sub(r"[^a-z0-9]+", " ", letters)
    return re.sub(r"\b([a-z]*)y\b", r"\1i", " ".join(letters.split()))


def subject_named(texts: Iterable[str], subjects: Iterable[PrimarySubject]) -> str | None:
    """Code of the subject that the first telling text names; None when none does so clearly."""
    known = {
        str(subject.code): [
            plain_words(name)
            for name in (
                subject.name,
                subject.short_name,
                subject.name_on_form,
                *_OTHER_NAMES.get(str(subject.code), ()),
            )
        ]
        for subject in subjects
    }
    for text in texts:
        words = plain_words(text)
        coded = _CODE.search(words)
        if coded and coded[1] in known:
            return coded[1]
        after = _AFTER_MON.search(words)
        for part in (after[1] if after else "", words):
            if code := _longest(part, known):
                return code
    return None


def _longest(words: str, known: dict[str, list[str]]) -> str | None:
    """The longest name that stands in the words as whole words; a tie or overlap tells nothing."""
    hits = [
        (len(name), code)
        for code, names in known.items()
        for name in names
        if f" {name} " in f" {words} "
    ]
    if not hits:
        return None
    longest = max(length for length, _ in hits)
    codes = {code for length, code in hits if length == longest}
    if len(codes) > 1 or _is_pair(words, hits):
        return None
    return codes.pop()


def _is_pair(words: str, hits: list[tuple[int, str]]) -> bool:
    """“Tin học và Công nghệ” alone is two subjects (QĐ 2904: two rows)."""
    both = {code for _, code in hits} >= {"12", "87"}
    return both and words.count("tin hoc") == words.count("cong nghe") == 1
