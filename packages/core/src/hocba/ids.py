"""Typed identifiers and their forms. Parsing functions raise `Malformed`; the types are strings.

Sources: CV 2088/BGDĐT-GDTH annex 1 II.1 and annex 1.1; QĐ 1789/QĐ-SGDĐT Điều 2.17, 4.3.
"""

from __future__ import annotations

import re
import uuid
from typing import NewType

from hocba.errors import Malformed, Sentence

RecordUuid = NewType("RecordUuid", str)
"""UUID v4 in lower case, 36 characters; one per record unit (pupil x school year)."""
MessageId = NewType("MessageId", str)
"""UUID v4 of one package; the same id again gets the first answer."""
PersonalId = NewType("PersonalId", str)
"""Số định danh cá nhân: exactly 12 digits."""
PupilCode = NewType("PupilCode", str)
"""Mã định danh Bộ GD&ĐT of a pupil: up to 20 characters."""
UnitCode = NewType("UnitCode", str)
"""Code of a school or department, up to 20 characters, leading zeros kept."""
SubjectCode = NewType("SubjectCode", str)
"""Code in the subject catalogue of one school level, e.g. "02" Tiếng Việt (primary)."""
TraitCode = NewType("TraitCode", str)
"""Code "01".."15" of a quality or competence."""

_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_PERSONAL_ID = re.compile(r"[0-9]{12}")
_SCHOOL_YEAR = re.compile(r"([0-9]{4})-([0-9]{4})")
_LAST_PROVINCE = 96
"""Cà Mau; the codes of 2016 stay in the numbers after the mergers of 2025."""
_SEX_DIGIT = {"Nam": 0, "Nữ": 1}


def parse_record_uuid(text: str, *, where: str | None = None) -> RecordUuid:
    """Read a UUID v4 in lower case (CV 2088 II.1.4). Raises `Malformed` with code `uuid`."""
    if not _UUID4.fullmatch(text):
        raise Malformed(
            "uuid",
            f"“{text[:60]}” không phải mã tra cứu UUID phiên bản 4.",
            f"“{text[:60]}” is not a version 4 UUID.",
            where=where,
        )
    return RecordUuid(text)


def record_uuid_from_bytes(random_bytes: bytes) -> RecordUuid:
    """Make a UUID v4 from 16 random bytes given by the caller."""
    return RecordUuid(str(uuid.UUID(bytes=random_bytes, version=4)))


def parse_personal_id(text: str, *, where: str | None = None) -> PersonalId:
    """Read a 12-digit personal number. Raises `Malformed` with code `personal_id`."""
    if not _PERSONAL_ID.fullmatch(text):
        raise Malformed(
            "personal_id",
            "Số định danh cá nhân phải gồm đúng 12 chữ số.",
            "A personal number has exactly 12 digits.",
            where=where,
        )
    return PersonalId(text)


def personal_id_doubts(number: PersonalId, *, gender: str, birth_date: str) -> tuple[Sentence, ...]:
    """What about a personal number does not fit the pupil: warnings, never errors.

    Structure (NĐ 07/2016/NĐ-CP Điều 7, TT 59/2021/TT-BCA Điều 4): three digits for the province
    of the birth registration, one for century and sex, two for the year of birth, six random.
    `gender` is "Nam" or "Nữ", `birth_date` ends in the year.
    """
    doubts = []
    if int(number[:3]) > _LAST_PROVINCE:
        doubts.append(
            Sentence(
                f"Ba chữ số đầu “{number[:3]}” không phải mã tỉnh, thành phố nào.",
                f"The first three digits “{number[:3]}” are no province.",
            )
        )
    century, sex = divmod(int(number[3]), 2)
    if gender in _SEX_DIGIT and sex != _SEX_DIGIT[gender]:
        doubts.append(
            Sentence(
                f"Chữ số thứ tư “{number[3]}” không hợp với giới tính {gender}.",
                f"The fourth digit “{number[3]}” does not fit the sex {gender}.",
            )
        )
    year = birth_date[-4:]
    if year.isdigit() and int(year) != 1900 + century * 100 + int(number[4:6]):
        doubts.append(
            Sentence(
                f"Chữ số thứ tư đến thứ sáu “{number[3:6]}” không hợp với năm sinh {year}.",
                f"The fourth to sixth digits “{number[3:6]}” do not fit the year of birth {year}.",
            )
        )
    return tuple(doubts)


class SchoolYear(str):
    """Năm học `YYYY-YYYY`, the second year one after the first, e.g. "2025-2026"."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, *, where: str | None = None) -> SchoolYear:
        """Read `YYYY-YYYY`. Raises `Malformed` with code `school_year`."""
        found = _SCHOOL_YEAR.fullmatch(text)
        if not found or int(found[2]) != int(found[1]) + 1:
            raise Malformed(
                "school_year",
                f"“{text[:20]}” không phải năm học dạng 2025-2026.",
                f"“{text[:20]}” is not a school year such as 2025-2026.",
                where=where,
            )
        return cls(text)

    @property
    def first(self) -> int:
        """Calendar year in which the school year starts."""
        return int(self[:4])

    def following(self) -> SchoolYear:
        """The school year after this one."""
        return SchoolYear(f"{self.first + 1}-{self.first + 2}")
